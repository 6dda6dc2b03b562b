"""The one place where rules are found, and where they are run."""

from functools import cache, lru_cache
from importlib import import_module
from pkgutil import iter_modules

import probe.detect.rules
from probe.contract.evidence import BleEvidence, BssidEvidence, ElementsEvidence, Evidence, SsidEvidence
from probe.contract.sighting import Kind, Sighting
from probe.detect.catalogue import Catalogue, Row, Status, bundled
from probe.detect.prefilter import Prefilter
from probe.detect.rule import Finding, Rule, Transmission, transmission_of_evidence


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule in `probe/detect/rules/`, in the order in which they are asked. Raises ValueError for a name twice."""
    found: list[Rule] = [
        import_module(f"{probe.detect.rules.__name__}.{module.name}").RULE
        for module in iter_modules(probe.detect.rules.__path__)
    ]
    if len({rule.name for rule in found}) < len(found):
        raise ValueError("two rules have the same name")
    return tuple(sorted(found, key=lambda rule: (rule.rank, rule.name)))


REMEMBERED = 8192  # judgements of evidence, about 2 KB each: a camera's evidence comes again on every walk
MAX_REMEMBERED_ITEMS, MAX_REMEMBERED_OCTETS = 16, 2048  # larger evidence is judged each time: it could be 96 KiB each


class Recogniser:
    """Runs the rules over what was transmitted, and holds evidence against them."""

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        self.catalogue = catalogue or bundled()
        self.rules = rules()
        self.prefilter = Prefilter(rule.glance(self.catalogue) for rule in self.rules)
        self._versions = {rule.name: rule.version for rule in self.rules}
        self._remembered = lru_cache(REMEMBERED)(self._judge)

    def examine(self, heard: Transmission) -> Finding | None:
        """What the rules make of a transmission; None for everyone else."""
        if not self._lasting(heard):
            return None
        for rule in self.rules:
            finding = rule.examine(heard, self.catalogue)
            if finding is not None:
                return None if self._to_be_forgotten(heard) else finding
        return None

    def judge(self, rule: str, version: int, transmitter: str | None, evidence: tuple[Evidence, ...]) -> Finding | str:
        """What the rules of today make of a sighting's evidence: a finding, or why there is none, in a few words.

        The same evidence is judged once, as far as it is remembered. Safe to use from several threads.
        """
        judge = self._remembered if _is_small(evidence) else self._judge
        return judge(rule, version, transmitter, evidence)

    def is_older(self, rule: str, version: int) -> bool:
        """Whether this was an earlier version of a rule."""
        return version < self._versions.get(rule, 0)

    def _judge(self, rule: str, version: int, transmitter: str | None, evidence: tuple[Evidence, ...]) -> Finding | str:
        if rule not in self._versions:
            return "it names a rule that this release does not have"
        if version > self._versions[rule]:
            return f"its rule {rule} is newer than this release's"
        address = next((item.bssid for item in evidence if isinstance(item, BssidEvidence)), None)
        heard = transmission_of_evidence(evidence)
        if heard is None or address != transmitter:
            return "its evidence is not about its transmitter"
        return self.examine(heard) or f"the rule {rule} does not find it on this evidence"

    @staticmethod
    def _lasting(heard: Transmission) -> bool:
        """Whether the address will be the same tomorrow: of Bluetooth's random ones, only the static kind is."""
        ble = heard.bluetooth
        return ble is None or ble.public or heard.transmitter[0] >> 6 == 0b11

    def _to_be_forgotten(self, heard: Transmission) -> bool:
        """Doorbells, indoor cameras and drones, whatever else matches; there is no option to keep them."""
        catalogue, ble = self.catalogue, heard.bluetooth
        rows: list[Row | None] = []
        if ble is None or ble.public:
            rows.append(catalogue.vendor_of(heard.transmitter))
        if heard.ssid:
            rows.append(catalogue.name_of(heard.ssid))
        if heard.elements:
            rows.append(catalogue.elements_of(heard.elements))
        if ble is not None:
            rows += [catalogue.value_of("ble_company", number) for number in ble.companies]
            rows += [catalogue.value_of("ble_service", number) for number in (*ble.services, *ble.services_128)]
            rows.append(catalogue.name_of(ble.name, "ble_name") if ble.name else None)
        return any(row is not None and row.status is Status.FORGET for row in rows)


def examined_again(sighting: Sighting, recogniser: Recogniser) -> Finding | str | None:
    """What the rules of today make of a radio sighting's own evidence: a finding, or why there is none, in a few words.

    None for sightings of other kinds: they rest on a person's eyes, and no rule applies.
    """
    if sighting.kind is not Kind.RADIO or sighting.radio is None:
        return None
    made = sighting.made
    return recogniser.judge(made.rule or "", made.rule_version or 0, sighting.radio.transmitter, sighting.evidence)


def unjustified(sighting: Sighting, recogniser: Recogniser) -> str | None:
    """Why a radio sighting's own evidence does not bear it out, in a few words; None where it does.

    A sighting by an earlier version of its rule only has to be found by today's rules at all, whichever of
    them does: what it may claim is decided when cameras are derived.
    """
    found = examined_again(sighting, recogniser)
    if found is None or isinstance(found, str):
        return found
    if recogniser.is_older(sighting.made.rule or "", sighting.made.rule_version or 0):
        return None
    if found.rule != sighting.made.rule:
        return f"the rule {sighting.made.rule} does not find it on this evidence"
    beyond = [claim for claim in sighting.claims if claim not in found.claims]
    return "it claims more than its rule does" if beyond else None


def _is_small(evidence: tuple[Evidence, ...]) -> bool:
    """Whether evidence is of the size that rules leave, so that it can be remembered."""
    if len(evidence) > MAX_REMEMBERED_ITEMS:
        return False
    octets = 0
    for item in evidence:
        if isinstance(item, SsidEvidence):
            octets += len(item.ssid)
        elif isinstance(item, ElementsEvidence):
            octets += len(item.order) + 8 * len(item.intervals_ms)
        elif isinstance(item, BleEvidence):
            octets += 64 * (len(item.companies) + len(item.services) + len(item.services_128))
    return octets <= MAX_REMEMBERED_OCTETS  # what the others hold is short by the contract
