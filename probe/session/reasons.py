"""Why a rule takes a transmitter for a camera's, in sentences for its walker: by the kind of evidence, so that a new
rule is explained without a word more.

Nothing in them is of the transmitter's address. Names come from the air: whoever sends one writes what they like.
"""

import re

from probe.contract.evidence import (
    BleEvidence,
    BssidEvidence,
    CatalogueEvidence,
    ElementsEvidence,
    Evidence,
    SsidEvidence,
    WpsEvidence,
)
from probe.contract.readable import readable
from probe.contract.sighting import PresentClaim, Strength, VendorClaim
from probe.detect.catalogue import is_prefix
from probe.detect.rule import Finding
from probe.session.view import Note

LONGEST_NAME = 32
_HIDDEN = "…"
_ADDRESS = re.compile(r"(?:[0-9a-f]{2}[:\-_. ]?){5}[0-9a-f]{2}", re.IGNORECASE)
_LEAST_DIGITS = 4  # of an address, that a name may not repeat: two octets


def reasons_of(finding: Finding) -> tuple[Note, ...]:
    """The reasons, the strongest first, and last that they are but a hint, where that is so."""
    address = next((item.bssid for item in finding.evidence if isinstance(item, BssidEvidence)), "")
    notes = [note for item in finding.evidence if (note := _note(item, address)) is not None]
    notes.sort(key=lambda note: _ORDER.index(note.code))
    maker = vendor_claim(finding)
    if maker is not None and maker.strength is not Strength.STRONG:
        notes.append(Note(code="why-perhaps", values={"vendor": shown(maker.value, address)}))
    if not is_sure(finding):
        notes.append(Note(code="why-hint"))
    return tuple(notes)


_ORDER = (
    "why-address",
    "why-services",
    "why-setup",
    "why-manner",
    "why-device-name",
    "why-name",
    "why-number",
    "why-listed",
    "why-known",
)


def is_sure(finding: Finding) -> bool:
    """Whether the rule is sure that it is a camera's."""
    present = [claim.strength for claim in finding.claims if isinstance(claim, PresentClaim)]
    return Strength.STRONG in present


def vendor_claim(finding: Finding) -> VendorClaim | None:
    """What the rule says of the maker."""
    return next((claim for claim in finding.claims if isinstance(claim, VendorClaim)), None)


def sure_vendor(finding: Finding) -> str | None:
    """The maker, where strong evidence names one."""
    maker = vendor_claim(finding)
    return readable(maker.value)[:LONGEST_NAME] if maker is not None and maker.strength is Strength.STRONG else None


def is_bluetooth(finding: Finding) -> bool:
    """Whether it was heard by Bluetooth."""
    return any(isinstance(item, BleEvidence) for item in finding.evidence)


def shown(name: str, address: str) -> str:
    """A name from the air: 32 characters at most, each of which shows itself, without what it repeats of an address.

    `address` is that of its sender, as `aa:bb:cc:dd:ee:ff`. Names are often made of its last octets.
    """
    masked = _ADDRESS.sub(_HIDDEN, readable(name[:256]))
    digits = address.replace(":", "")
    turned = "".join(reversed([digits[at : at + 2] for at in range(0, len(digits), 2)]))
    compact = re.sub(r"[:\-_. ]", "", masked).lower()
    if not any(one[at : at + _LEAST_DIGITS] in compact for one in (digits, turned) for at in range(len(one) - 3)):
        return _cut(masked)
    for length in range(len(digits), _LEAST_DIGITS - 1, -1):
        for one in (digits, turned):
            for begin in range(len(one) - length + 1):
                part = r"[:\-_. ]?".join(one[begin : begin + length])
                masked = re.sub(part, _HIDDEN, masked, flags=re.IGNORECASE)
    return _cut(masked)


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + _HIDDEN


def _note(item: Evidence, address: str) -> Note | None:
    if isinstance(item, SsidEvidence):
        return Note(code="why-name", values={"name": shown(item.ssid, address)})
    if isinstance(item, CatalogueEvidence):
        return _of_row(item)
    if isinstance(item, ElementsEvidence):
        return Note(code="why-manner")
    if isinstance(item, WpsEvidence):
        said = " ".join(part for part in (item.manufacturer, item.model) if part)
        return Note(code="why-setup", values={"name": shown(said or "?", address)})
    if isinstance(item, BleEvidence):
        if item.name:
            return Note(code="why-device-name", values={"name": shown(item.name, address)})
        services = len(item.services) + len(item.services_128)
        return Note(code="why-services", values={"count": services}) if services else Note(code="why-number")
    return None


def _of_row(row: CatalogueEvidence) -> Note:
    if not row.vendor:
        return Note(code="why-known")
    code = "why-address" if is_prefix(row.value) else "why-listed"
    return Note(code=code, values={"vendor": readable(row.vendor)[:LONGEST_NAME]})
