"""Each active row of the catalogue is found by some rule, on frames and adverts composed for it; the same again later.

Composed, not received: that the rules do what the catalogue says is shown here, not that cameras do.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.contract.evidence import MAX_INTERVALS, Role
from probe.contract.sighting import PresentClaim, Strength
from probe.detect.catalogue import Catalogue, Row
from probe.detect.registry import Recogniser
from probe.detect.rule import Bluetooth, Finding, Setup, Transmission, transmission_of_evidence
from probe.radio.frame import Advert, Frame
from probe.radio.transmission import transmission_of
from tests.probe.detect.compose import ACTIVE, CATALOGUE, COMPANY, LOCAL, NAMES, NEUTRAL, advert, composed, frame
from tests.probe.radio.compose import element

RECOGNISER = Recogniser()
ACCESSORY = bytes.fromhex("e8ccbb38953246a89fe51814df172e6f")[::-1]


@pytest.mark.parametrize("row", ACTIVE, ids=lambda row: row.id)
def test_every_active_row_is_found(row: Row) -> None:
    event = composed(row)
    assert RECOGNISER.examine(transmission_of(event)) is not None, "composed for this row, and not found"
    assert not isinstance(event, Frame) or RECOGNISER.prefilter.passes(event.transmitter, event.ssid, event.elements)


@pytest.mark.parametrize("row", ACTIVE, ids=lambda row: row.id)
def test_every_active_row_counts(row: Row) -> None:
    """Without the row the same frame gives nothing, or less: a row that changes nothing can never have fired."""
    less = Recogniser(Catalogue(tuple(other for other in CATALOGUE.rows if other.id != row.id)))
    heard = transmission_of(composed(row))
    assert less.examine(heard) != RECOGNISER.examine(heard)


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (advert(NEUTRAL, (0x03, b"\x00\x31")), "one service alone"),
        (advert(NEUTRAL, (0x03, b"\x0a\x18")), "device information"),
        (advert(NEUTRAL, (0x09, b"FS Ext Battery"), public=False), "a random address that changes"),
        (advert(NEUTRAL, (0x09, b"FS-0A1B2C")), "a generic name"),
        (advert(NEUTRAL, COMPANY), "the module maker alone"),
        (advert(NEUTRAL, (0x09, b"0102000000")), "a telephone with ten digits for a name"),
        (advert(b"\xc2" + NEUTRAL[1:], (0x09, b"0102000000"), COMPANY, public=False), "ten digits, a chosen address"),
        (advert(b"\x42" + NEUTRAL[1:], (0x07, ACCESSORY), public=False), "an address that changes"),
        (advert(NEUTRAL, (0x07, ACCESSORY[::-1])), "another number of 128 bits"),
        (advert(NEUTRAL, (0x09, b"Flockhart"), COMPANY), "a family"),
        (frame(LOCAL, b"HAP_Q7K2MD"), "a set-up network needs an address that a maker gave"),
        (frame(LOCAL, b"Flock-123456"), "the address decides"),
        (frame(NEUTRAL, b"Flock-123456"), "the address decides"),
        (frame(b"\x03" + LOCAL[1:], b"Flock Camera net."), "nobody sends from a group address"),
        (frame(LOCAL, b"Flock Camera net.", subtype=4), "a telephone that was once in such a network"),
        (frame(NEUTRAL, b"HAP_Q7K2MD", subtype=4), "a telephone that once set one up"),
        (frame(bytes.fromhex("9c862b102030"), b"office"), "a company that makes hand radios"),
        (frame(bytes.fromhex("00037f102030"), b"cam2"), "shared silicon"),
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
names = (
    st.none()
    | st.text(max_size=32)
    | st.sampled_from([name.decode() for name in NAMES.values()] + ["cam 2", "Flock-102030"])
)
own_numbers = st.sampled_from(["e8ccbb38-9532-46a8-9fe5-1814df172e6f", "00001530-1212-efde-1523-785feabcd123"])
numbers = st.sampled_from(["09c8", "0e25", "0d5b", "3100", "3200", "3300", "fffa", "fda9", "0870", "1234"])
bluetooths = st.builds(
    Bluetooth,
    public=st.booleans(),
    name=st.none()
    | st.sampled_from(["FS Ext Battery", "Penguin-0123456789", "FS-0A1B2C", "2307137006", "my flock", "x"]),
    companies=st.lists(numbers, max_size=3).map(tuple),
    services=st.lists(numbers, max_size=3).map(tuple),
    services_128=st.lists(own_numbers, max_size=2).map(tuple),
)
setups = st.builds(Setup, manufacturer=names, model=names, device_type=st.sampled_from(["4-4", "4-1", "3-1", "1-1"]))
orders = st.none() | st.sampled_from([row.value for row in ACTIVE if row.evidence == "order"]) | st.just("1,50,45")
heards = st.builds(
    Transmission,
    transmitter=addresses,
    ssid=names,
    role=st.none() | st.sampled_from(Role),
    order=orders,
    intervals_ms=st.lists(st.sampled_from([20, 125, 250, 1620, 117, 900]), max_size=MAX_INTERVALS).map(tuple),
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


@given(addresses, st.none() | st.binary(max_size=32) | st.sampled_from(sorted(NAMES.values())), st.binary(max_size=80))
def test_the_screen_holds_back_nothing_that_a_rule_finds(address: bytes, ssid: bytes | None, elements: bytes) -> None:
    for subtype in (4, 8):
        event = Frame(0.0, address, address, subtype, ssid, None, None, elements)
        if RECOGNISER.examine(transmission_of(event)) is not None:
            assert RECOGNISER.prefilter.passes(address, ssid, elements)


def test_patterns_of_names_are_plain_enough_for_the_screen() -> None:
    for row in CATALOGUE.active("ssid"):
        assert row.value.isascii()
        assert row.value.isprintable()
