"""No claim is stronger than its evidence: what a sender chooses is weak, and only its address says who made it."""

import re
from importlib import resources
from pathlib import Path

import pytest

from probe.contract.evidence import Role
from probe.contract.sighting import KindClaim, PresentClaim, Sighting, Strength, VendorClaim
from probe.detect.catalogue import Row, Status, bundled, parse
from probe.detect.registry import Recogniser
from probe.detect.rule import Finding, Transmission, own_block
from probe.importer.sightings import import_log
from probe.radio.frame import Advert
from probe.radio.transmission import transmission_of
from probe.walk.outcome import Outcome
from tests.probe.detect.compose import ACTIVE, COMPANY, LOCAL, NEUTRAL, advert, composed, row_of

RECOGNISER = Recogniser()
NETGEAR = bytes.fromhex("9c3dcf000001")
FLOCKS_OWN = bytes.fromhex("b41e52102030")


def strengths(found: Finding | Sighting) -> dict[str, str]:
    return {type(claim).__name__: str(claim.strength) for claim in found.claims}


def examined(address: bytes, ssid: str, role: Role = Role.NETWORK) -> Finding | None:
    return RECOGNISER.examine(Transmission(transmitter=address, ssid=ssid, role=role))


@pytest.mark.parametrize("row", ACTIVE, ids=lambda row: row.id)
def test_who_made_it_and_what_it_is_is_strong_only_where_the_address_says_so(row: Row) -> None:
    heard = transmission_of(composed(row))
    found = RECOGNISER.examine(heard)
    assert found is not None
    if any(isinstance(claim, VendorClaim | KindClaim) and claim.strength is Strength.STRONG for claim in found.claims):
        block = RECOGNISER.catalogue.vendor_of(heard.transmitter)
        assert block is not None, "strong, and the address is nobody's"
        assert own_block(row, block) or block.kind == "bridge"


@pytest.mark.parametrize(
    "name",
    [
        *("MILLENNIUM-FALCON", "PROBE-FALCON", "FALCON-Guest", "Flockhart", "FLOCKHART", "flocking", "FLOCK-123456"),
        *("Flock-654321", "DAP-1360", "DAP-1665-5G", "DAP-X1860", "DAP_Backyard", "DAP-MyHouse", "HAP_Guests1"),
        *("HAP_hotel99", "HAP_GUESTS", "ELSAG-Home", "Verkada-guest", "Camille"),
    ],
)
def test_a_home_router_with_a_familiar_word_is_nobody(name: str) -> None:
    assert examined(NETGEAR, name) is None


@pytest.mark.parametrize(
    "name",
    [
        *("Flock", "flock", "FLOCK", "test_flck", "TEST_FLCK", "Flock Camera net", "Flock Camera net.", "MyFlock"),
        *("MyFlockNet", "Flock-Guest", "flocksafety", "Flock-12345", "Flock-1234567", "HAP_123456789", "DAP-A1B2"),
    ],
)
def test_a_home_router_with_a_cameras_name_is_a_weak_hint(name: str) -> None:
    found = examined(NETGEAR, name)
    assert found is not None
    assert set(strengths(found).values()) == {"weak"}


@pytest.mark.parametrize("name", ["Flock", "test_flck", "Flock Camera net.", "MyFlock"])
def test_the_word_counts_from_an_address_that_nobody_gave_and_more_in_the_makers_own_block(name: str) -> None:
    found, own = examined(LOCAL, name), examined(FLOCKS_OWN, name)
    assert found is not None
    assert own is not None
    assert set(strengths(found).values()) == {"weak"}
    assert set(strengths(own).values()) == {"strong"}
    assert RECOGNISER.prefilter.passes(LOCAL, name.encode(), b"")


def test_a_camera_that_looks_for_its_makers_network_is_known_by_its_module() -> None:
    module = bytes.fromhex("00037f500001")
    found = examined(module, "test_flck", Role.STATION)
    assert found is not None
    assert set(strengths(found).values()) == {"weak"}
    assert examined(NETGEAR, "test_flck", Role.STATION) is None
    assert examined(module, "Flock Camera net.", Role.STATION) is None, "a laptop with such a module was there once"
    assert examined(FLOCKS_OWN, "Flock", Role.STATION) is not None


def test_shared_silicon_does_not_make_a_name_strong() -> None:
    liteon = bytes.fromhex("d8f3bc102030")
    found = examined(liteon, "Flock")
    assert found is not None
    assert set(strengths(found).values()) == {"weak"}


def test_a_strong_pattern_is_weak_on_a_strangers_address() -> None:
    rows = resources.files("probe.detect").joinpath("catalogue.tsv").read_text()
    sure = re.sub(r"(hikvision-ssid-hap\t[^\n]*\$\t)weak", r"\1strong", rows)
    assert sure != rows
    found = Recogniser(parse(sure)).examine(Transmission(transmitter=NETGEAR, ssid="HAP_123456789", role=Role.NETWORK))
    assert found is not None
    assert set(strengths(found).values()) == {"weak"}


@pytest.mark.parametrize(
    ("event", "present"),
    [
        (advert(NEUTRAL, (0x09, b"FS Ext Battery"), COMPANY), "strong"),
        (advert(NEUTRAL, (0x09, b"FS Ext Battery")), "weak"),
        (advert(NEUTRAL, (0x09, b"Penguin-0123456789"), COMPANY), "strong"),
        (advert(b"\xc2" + NEUTRAL[1:], (0x09, b"Penguin-0123456789"), COMPANY, public=False), "weak"),
        (advert(NEUTRAL, (0x09, b"2307137006"), COMPANY), "weak"),
        (advert(NEUTRAL, (0x09, b"Flock Raven"), COMPANY), "weak"),
        (advert(NEUTRAL, (0x06, bytes.fromhex("e8ccbb38953246a89fe51814df172e6f")[::-1])), "weak"),
        (advert(NEUTRAL, (0x03, b"\x00\x31\x00\x32")), "strong"),
        (advert(NEUTRAL, (0x03, b"\xa9\xfd")), "weak"),
    ],
)
def test_what_a_bluetooth_device_says_of_itself_names_no_maker_for_sure(event: Advert, present: str) -> None:
    found = RECOGNISER.examine(transmission_of(event))
    assert found is not None
    told = strengths(found)
    assert told.pop(PresentClaim.__name__) == present
    assert set(told.values()) == {"weak"}


def test_rows_that_were_not_verified_or_name_another_company_make_nothing_strong() -> None:
    for row in bundled().rows:
        if "not yet confirmed here" in row.note or "no capture cited" in row.note:
            assert not row.strong or row.evidence == "ble_service", row.id
        if "registrant looks unrelated" in row.note:
            assert row.status is Status.REJECTED, row.id
    assert row_of("flock-safety-falcon-ssid-falcon").status is Status.REJECTED


@pytest.mark.parametrize(
    ("name", "weak"),
    [("fp-falcon-names.csv", 0), ("fp-setup.csv", 1), ("fn-flock-camera-net-local.csv", 2)],
)
def test_small_logs_of_names_alone(testdata: Path, name: str, weak: int) -> None:
    found = list(import_log(testdata / "cases" / "radio" / name, Outcome()))
    assert len(found) == weak
    assert all(set(strengths(sighting).values()) == {"weak"} for sighting in found)
