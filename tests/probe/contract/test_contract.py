"""The contract: strict about what it is, tolerant of what it will be."""

import json
from datetime import date
from pathlib import Path

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.contract import topics
from probe.contract.address import BrokerAddress
from probe.contract.base import ContractError, bssid_octets, bssid_text
from probe.contract.document import FOLDER, documents
from probe.contract.envelope import decode_sighting, encode, pack
from probe.contract.home import HomePacket, SecondLook, decode_home
from probe.contract.sighting import Kind, Moment, Place, Sighting
from tests.examples import look, radio

GOLDEN = sorted((Path(__file__).parents[3] / "probe" / "contract" / "golden").glob("*.json"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_example_decodes_and_encodes_to_the_same(path: Path) -> None:
    body = path.read_bytes()
    sighting = decode_sighting(body)
    assert json.loads(encode(sighting)) == json.loads(body)
    assert decode_sighting(encode(sighting)) == sighting


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_example_is_of_the_published_schema(path: Path) -> None:
    schema = json.loads((FOLDER / "sighting.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(json.loads(path.read_bytes()))


def test_there_is_a_golden_example_of_each_kind() -> None:
    kinds = {decode_sighting(path.read_bytes()).kind for path in GOLDEN}
    assert kinds == set(Kind)


def test_the_published_documents_are_those_of_the_types() -> None:
    for name, text in documents().items():
        assert (FOLDER / name).read_text() == text, f"{name} is old: run python -m probe.contract.document"


def test_the_asyncapi_document_names_the_topics_that_are_used() -> None:
    channels = json.loads(documents()["asyncapi.json"])["channels"]
    assert {channel["address"] for channel in channels.values()} == {
        topics.up("{mailbox}"),
        topics.down("{mailbox}"),
        topics.home("{mailbox}"),
        topics.pair_up("{rendezvous}"),
        topics.pair_down("{rendezvous}"),
    }


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(ContractError, match="of the contract"):
        decode_sighting(data)


def test_cut_at_every_byte_it_is_refused() -> None:
    whole = encode(radio())
    for end in range(len(whole)):
        with pytest.raises(ContractError):
            decode_sighting(whole[:end])


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(ContractError):
        decode_sighting(b'{"id":' + b"[" * 100_000)


def test_fields_of_a_later_minor_version_are_passed_over() -> None:
    body = json.loads(encode(look()))
    body["added_later"] = {"anything": [1]}
    assert decode_sighting(json.dumps(body)).kind is Kind.PIN


def test_a_later_version_of_the_contract_is_refused() -> None:
    body = json.loads(encode(look()))
    body["v"] = 2
    with pytest.raises(ContractError, match=r"\$\.v"):
        decode_sighting(json.dumps(body))


def test_the_part_must_fit_the_kind() -> None:
    with pytest.raises(ValueError, match="lacks the part 'radio'"):
        msgspec.structs.replace(look(), kind=Kind.RADIO)


def test_a_claim_must_rest_on_evidence_that_is_there() -> None:
    with pytest.raises(ValueError, match="evidence that is not there"):
        msgspec.structs.replace(radio(), evidence=())


@pytest.mark.parametrize(("lat", "lon"), [(91, 0), (0, 181), (-90.1, 0)])
def test_a_place_is_on_this_earth(lat: float, lon: float) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"lat": lat, "lon": lon}, Place)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="zone"):
        msgspec.convert({"utc": "2026-05-09T10:00:00", "source": "gnss"}, Moment)


def test_what_was_not_measured_is_absent_on_the_wire() -> None:
    told = json.loads(encode(look(bearing_deg=None)))
    assert "subject" not in told
    assert "radio" not in told
    assert told["v"] == 1


def test_an_id_holds_128_bits_and_no_more() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**msgspec.to_builtins(look()), "id": "2026-05-09"}, Sighting)


@given(st.binary(min_size=6, max_size=6))
def test_addresses_come_through_text(octets: bytes) -> None:
    assert bssid_octets(bssid_text(octets)) == octets
    assert bssid_octets(bssid_text(octets).upper()) == octets


@pytest.mark.parametrize(
    ("topic", "mailbox"),
    [
        (topics.up("a" * 32), "a" * 32),
        (topics.down("a" * 32), None),
        ("contrechamp/1/short/up", None),
        ("contrechamp/2/" + "a" * 32 + "/up", None),
        ("elsewhere", None),
    ],
)
def test_the_mailbox_of_a_topic(topic: str, mailbox: str | None) -> None:
    assert topics.mailbox_of(topic) == mailbox


def test_a_home_packet_comes_through() -> None:
    packet = HomePacket(
        v=1, hub="a" * 32, day=date(2026, 5, 9), catalogue="id\tvendor", basemap=b"\0\1",
        places=(SecondLook(place=Place(lat=47.0, lon=-17.0), reason="second-bearing"),),
    )  # fmt: skip
    assert decode_home(pack(packet)) == packet


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_sentence(url: str) -> None:
    try:
        address = BrokerAddress.parse(url)
    except ContractError as problem:
        assert "\n" not in str(problem)
    else:
        assert BrokerAddress.parse(str(address)).port == address.port


@pytest.mark.parametrize("url", ["mqtt://[::1]:1884", "mqtts://broker.example:8883", "mqtt://10.0.0.7:1883"])
def test_an_address_reads_as_it_is_written(url: str) -> None:
    assert str(BrokerAddress.parse(url)) == url


@pytest.mark.parametrize("char", ["\n", "\t", "\r", " ", "\u202e", "\u200b", "\0", "\u2028"])
def test_an_address_holds_nothing_that_does_not_show_itself(char: str) -> None:
    for url in (f"mqtt://bro{char}ker", f"mqtt://broker:18{char}83", f"mqtt://me:hunter2@bro{char}ker"):
        with pytest.raises(ContractError) as refused:
            BrokerAddress.parse(url)
        assert "hunter2" not in str(refused.value)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(ContractError) as refused:
        BrokerAddress.parse("mqtt://me:hunter2@broker")
    assert "hunter2" not in str(refused.value)
