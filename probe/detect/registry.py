"""The one place where rules are found, and where they are run."""

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules

import probe.detect.rules
from probe.contract.sighting import (
    BssidEvidence,
    Kind,
    Sighting,
    SsidEvidence,
    bssid_octets,
)
from probe.detect.catalogue import Catalogue, Status, bundled
from probe.detect.rule import Finding, Rule, Transmission

# The most telling first: a sighting carries the first rule that finds something.
ORDER = ("flock-suffix", "vendor-oui", "setup-network")


def rules() -> tuple[Rule, ...]:
    """Every rule in `probe/detect/rules/`, in the order in which they are asked."""
    found: list[Rule] = [
        import_module(f"{probe.detect.rules.__name__}.{module.name}").RULE
        for module in iter_modules(probe.detect.rules.__path__)
    ]
    rank = {name: place for place, name in enumerate(ORDER)}
    return tuple(sorted(found, key=lambda rule: rank[rule.name]))


class Recogniser:
    """Runs the rules over a transmitter and a name."""

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        self.catalogue = catalogue or bundled()
        self.rules = rules()

    def examine(self, transmitter: bytes, ssid: str | None) -> Finding | None:
        """What the rules make of a transmitter (six octets) and a network name; None for everyone else."""
        heard = Transmission(transmitter=transmitter, ssid=ssid)
        if self._consumer_device(heard):
            return None
        findings = (rule.examine(heard, self.catalogue) for rule in self.rules)
        return next((finding for finding in findings if finding is not None), None)

    def _consumer_device(self, heard: Transmission) -> bool:
        """Doorbells and indoor cameras are forgotten, whatever else matches; there is no option to keep them."""
        by_address = self.catalogue.vendor_of(heard.transmitter)
        by_name = self.catalogue.name_of(heard.ssid) if heard.ssid else None
        return any(row is not None and row.status is Status.FORGET for row in (by_address, by_name))


def unjustified(sighting: Sighting, recogniser: Recogniser) -> str | None:
    """Why a radio sighting's own evidence does not bear it out, in a few words; None where it does.

    The rule that the sighting names is run again on the address and the name it carries. Sightings of other kinds rest
    on a person's eyes, and no rule applies.
    """
    if sighting.kind is not Kind.RADIO or sighting.radio is None:
        return None
    by_name = {rule.name: rule for rule in recogniser.rules}
    rule = by_name.get(sighting.made.rule or "")
    if rule is None:
        return "it names a rule that this release does not have"
    if (sighting.made.rule_version or 0) > rule.version:
        return f"its rule {rule.name} is newer than this release's"
    transmitter = next((e.bssid for e in sighting.evidence if isinstance(e, BssidEvidence)), None)
    if transmitter != sighting.radio.transmitter:
        return "its evidence is not about its transmitter"
    finding = recogniser.examine(bssid_octets(transmitter), _name(sighting.evidence))
    if finding is None or finding.rule != rule.name:
        return f"the rule {rule.name} does not find it on this evidence"
    beyond = [claim for claim in sighting.claims if claim not in finding.claims]
    return "it claims more than its rule does" if beyond else None


def _name(evidence: Iterable[object]) -> str | None:
    return next((e.ssid for e in evidence if isinstance(e, SsidEvidence)), None)
