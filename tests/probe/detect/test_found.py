"""Each active row of the catalogue is found by some rule, on frames and adverts composed for it; the same again later.

Composed, not received: that the rules do what the catalogue says is shown here, not that cameras do.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.contract.evidence import Role
from probe.contract.sighting import PresentClaim, Strength
from probe.detect.catalogue import Row, Status, bundled
from probe.detect.registry import Recogniser
from probe.detect.rule import Bluetooth, Finding, Setup, Transmission, transmission_of_evidence
from probe.radio.frame import Advert, Frame
from probe.radio.transmission import transmission_of
from tests.probe.radio.compose import beacon, element

RECOGNISER = Recogniser()
CATALOGUE = bundled()
ACTIVE = [row for row in CATALOGUE.rows if row.status is Status.ACTIVE]
NEUTRAL = bytes.fromhex("001daa102030")


def fails_alone(row: Row) -> bool:
    """Shared silicon, a module maker's number, and a number of a table without captures of a maker without a block."""
    silicon = row.evidence == "oui" and not row.strong and row.kind != "bridge"
    return silicon or row.id in ("flock-safety-ble-company-09c8", "rhombus-ble-service")


_NAMES = {
    "flock-safety-ssid-flockcameran": b"Flock Camera net.",
    "flock-safety-falcon-ssid-falcon": b"AB12-FALCON",
    "leonardo-elsag-ssid-elsag": b"ELSAG-1",
    "dahua-imou-ssid-dap": b"DAP-A1B2",
    "hikvision-ssid-hap": b"HAP_Q7K2MD",
    "verkada-ssid-verkada": b"Verkada-1",
    "flock-safety-ssid-flock": b"Flock-102030",
}


def address_in(row: Row) -> bytes:
    return bytes.fromhex(row.value.split("/")[0].replace(":", "").ljust(12, "1"))


def frame(address: bytes, ssid: bytes = b"town", extra: bytes = b"", subtype: int = 8) -> Frame:
    whole = beacon(address, ssid, extra, subtype=subtype)
    elements = whole[24 if subtype == 4 else 36 :]
    return Frame(0.0, address, address, subtype, ssid, -60, 2437, elements)


def advert(address: bytes, *structures: tuple[int, bytes], public: bool = True) -> Advert:
    data = b"".join(bytes([len(body) + 1, kind]) + body for kind, body in structures)
    return Advert(0.0, address, public, -60, data)


def composed(row: Row) -> Frame | Advert:
    """What a device with this mark would send, with what it needs beside it."""
    own = next(
        (other for other in ACTIVE if other.evidence == "oui" and other.strong and other.vendor == row.vendor), None
    )
    address = address_in(own) if own else NEUTRAL
    match row.evidence:
        case "oui":
            return frame(address_in(row), b"CCTV-3" if row.kind == "bridge" else b"town")
        case "ssid":
            return frame(NEUTRAL, _NAMES[row.id])
        case "ble_name":
            name = {"^FS Ext Battery$": b"FS Ext Battery", "^Penguin-[0-9]{10}$": b"Penguin-0123456789"}
            told = (0x09, name.get(row.value, b"FS-0A1B2C"))
            return advert(NEUTRAL, told, (0xFF, b"\xc8\x09"))
        case "ble_company":
            return advert(address, (0xFF, bytes.fromhex(row.value)[::-1]))
        case "ble_service":
            numbers = b"".join(bytes.fromhex(number)[::-1] for number in row.value.split()[:2])
            return advert(address, (0x03, numbers))
        case "order":
            body = b"".join(
                element(221, bytes.fromhex(part[4:])) if part.startswith("221.") else element(int(part), b"\1")
                for part in row.value.split(",")
            )
            silicon = next(r for r in ACTIVE if r.evidence == "oui" and r.vendor.startswith("Flock") and not r.strong)
            return Frame(0.0, address_in(silicon), b"\xff" * 6, 4, b"", -60, 2437, element(0, b"") + body)
        case "wps":
            category, sub = (int(part).to_bytes(2, "big") for part in row.value.split("-"))
            wps = b"\x00\x50\xf2\x04\x10\x54\x00\x08" + category + b"\x00\x50\xf2\x04" + sub
            return frame(NEUTRAL, extra=element(221, wps))
    raise AssertionError(row.evidence)


@pytest.mark.parametrize("row", ACTIVE, ids=lambda row: row.id)
def test_every_active_row_is_found_or_known_to_fail_alone(row: Row) -> None:
    event = composed(row)
    if isinstance(event, Frame):
        screened = RECOGNISER.prefilter.passes(event.transmitter, event.ssid, event.elements)
    found = RECOGNISER.examine(transmission_of(event))
    if fails_alone(row):
        assert found is None
        return
    assert found is not None, "composed for this row, and not found"
    assert not isinstance(event, Frame) or screened


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (advert(NEUTRAL, (0x03, b"\x00\x31")), "one service alone"),
        (advert(NEUTRAL, (0x03, b"\x0a\x18")), "device information"),
        (advert(NEUTRAL, (0x09, b"FS Ext Battery"), public=False), "a random address that changes"),
        (advert(NEUTRAL, (0x09, b"FS-0A1B2C")), "a generic name"),
        (advert(NEUTRAL, (0xFF, b"\xc8\x09")), "the module maker alone"),
        (advert(NEUTRAL, (0xFF, b"\x25\x0e")), "a maker of body-worn cameras, and not its address"),
        (advert(bytes.fromhex("accc8e102030"), (0x09, b"x")), "an address block means nothing in Bluetooth"),
        (frame(bytes.fromhex("accc8e102030"), b"", subtype=4), "a shared prefix that keeps no network"),
        (frame(bytes.fromhex("002722102030"), b"home"), "a link without a name that says camera"),
        (frame(bytes.fromhex("002722102030"), b"Camille"), "a name that only begins like camera"),
        (frame(bytes.fromhex("bcad28102030"), b"DAP-A1B2"), None),
        (frame(NEUTRAL, b"HAP_Q7K2MD", element(221, bytes.fromhex("fa0bbc0d01"))), "it flies"),
    ],
)
def test_what_fails_alone_is_not_enough(event: Frame | Advert, why: str | None) -> None:
    found = RECOGNISER.examine(transmission_of(event))
    if why is not None:
        assert found is None, why
    else:  # another maker's name on a maker's address: the address speaks, the name does not
        assert found is not None
        assert found.rule == "vendor-oui"


def test_two_evidences_of_one_maker_are_strong() -> None:
    found = RECOGNISER.examine(transmission_of(frame(bytes.fromhex("bcad28102030"), b"HAP_Q7K2MD")))
    assert found is not None
    assert found.rule == "setup-network"
    assert {claim.strength for claim in found.claims if isinstance(claim, PresentClaim)} == {Strength.STRONG}


hexes = st.sampled_from([row.value.split("/")[0].replace(":", "") for row in ACTIVE if row.evidence == "oui"])
addresses = st.binary(min_size=6, max_size=6) | hexes.map(lambda head: bytes.fromhex(head.ljust(12, "a")))
names = st.none() | st.text(max_size=32) | st.sampled_from([name.decode() for name in _NAMES.values()] + ["cam 2"])
numbers = st.sampled_from(["09c8", "0e25", "0d5b", "3100", "3200", "3300", "fffa", "fda9", "0870", "1234"])
bluetooths = st.builds(
    Bluetooth,
    public=st.booleans(),
    name=st.none() | st.sampled_from(["FS Ext Battery", "Penguin-0123456789", "FS-0A1B2C", "x"]),
    companies=st.lists(numbers, max_size=3).map(tuple),
    services=st.lists(numbers, max_size=3).map(tuple),
)
setups = st.builds(Setup, manufacturer=names, model=names, device_type=st.sampled_from(["4-4", "4-1", "3-1", "1-1"]))
orders = st.none() | st.sampled_from([row.value for row in ACTIVE if row.evidence == "order"]) | st.just("1,50,45")
heards = st.builds(
    Transmission,
    transmitter=addresses,
    ssid=names,
    role=st.none() | st.sampled_from(Role),
    order=orders,
    setup=st.none() | setups,
    bluetooth=st.none() | bluetooths,
)


@given(heards)
def test_a_finding_is_found_again_on_its_own_evidence(heard: Transmission) -> None:
    found = RECOGNISER.examine(heard)
    if found is None:
        return
    told = transmission_of_evidence(found.evidence)
    assert told is not None
    again: Finding | None = RECOGNISER.examine(told)
    assert again == found


@given(addresses, st.none() | st.binary(max_size=32) | st.sampled_from(sorted(_NAMES.values())), st.binary(max_size=80))
def test_the_screen_holds_back_nothing_that_a_rule_finds(address: bytes, ssid: bytes | None, elements: bytes) -> None:
    for subtype in (4, 8):
        event = Frame(0.0, address, address, subtype, ssid, None, None, elements)
        if RECOGNISER.examine(transmission_of(event)) is not None:
            assert RECOGNISER.prefilter.passes(address, ssid, elements)


def test_patterns_of_names_are_plain_enough_for_the_screen() -> None:
    for pattern in CATALOGUE.active_patterns():
        assert re.fullmatch(r"[\x20-\x7e]+", pattern)
