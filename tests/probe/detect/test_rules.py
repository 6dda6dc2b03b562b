"""What the rules find, what they leave alone, and what the catalogue accepts."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.contract.base import bssid_octets
from probe.contract.evidence import Role
from probe.contract.sighting import KindClaim, PresentClaim, Strength, VendorClaim
from probe.detect.catalogue import COLUMNS, Status, bundled, parse
from probe.detect.registry import Recogniser, rules, unjustified
from probe.detect.rule import Transmission
from tests.examples import look, radio

RECOGNISER = Recogniser()


def network(address: bytes, ssid: str | None) -> Transmission:
    return Transmission(transmitter=address, ssid=ssid, role=Role.NETWORK)


def found(address: str, ssid: str | None) -> str | None:
    finding = RECOGNISER.examine(network(bssid_octets(address), ssid))
    return None if finding is None else finding.rule


@pytest.mark.parametrize(
    ("address", "ssid", "rule"),
    [
        ("74:4c:a1:12:ab:ef", "Flock-12ABEF", "flock-suffix"),
        ("74:4c:a1:12:ab:ef", "FLOCK-12abef", "flock-suffix"),
        ("74:4c:a1:12:ab:ef", "Flock-12ABE0", None),  # another suffix
        ("76:4c:a1:12:ab:ef", "Flock-12ABEF", None),  # locally administered
        ("74:4c:a1:12:ab:ef", "xFlock-12ABEF", "maker-word"),  # anchored at the start: a name, and weak
        ("74:4c:a1:12:ab:ef", "Flock-12ABEF ", "maker-word"),  # and at the end
        ("74:4c:a1:12:ab:ef", None, None),
        ("ac:cc:8e:00:00:01", None, "vendor-oui"),
        ("ac:cc:8e:00:00:01", "anything", "vendor-oui"),
        ("ae:cc:8e:00:00:01", None, None),  # the same, locally administered
        ("9c:8e:ce:00:00:01", "HAP_Q7K2MD", "setup-network"),
        ("9c:8e:ce:00:00:01", "HAP_Q7K2MD\n", None),
        ("9e:8e:ce:00:00:01", "HAP_Q7K2MD", None),
        ("9c:8e:cd:00:00:01", "Amcrest_1", None),  # a consumer device
        ("9c:8e:cd:00:00:01", "HAP_Q7K2MD", None),  # and nothing else makes it one to keep
        ("ac:cc:8e:00:00:01", "Ring-4a1192", None),
        ("24:0a:c4:00:00:01", "home", None),  # shared silicon
        ("cc:cc:cc:cc:cc:cc", "Flock-123456", None),
    ],
)
def test_who_is_recognised(address: str, ssid: str | None, rule: str | None) -> None:
    assert found(address, ssid) == rule


def test_longer_prefixes_win_and_divided_blocks_do_not_count() -> None:
    catalogue = bundled()
    tattile = next(row for row in catalogue.rows if row.value.endswith("/36") and row.status is Status.ACTIVE)
    nibbles = tattile.value.split("/")[0].replace(":", "")
    inside, outside = bytes.fromhex(nibbles + "001"), bytes.fromhex(nibbles[:6] + "fff001")
    assert catalogue.vendor_of(inside) == tattile
    assert catalogue.vendor_of(outside) is None


@given(st.binary(min_size=6, max_size=6), st.none() | st.text(max_size=40))
def test_any_address_and_name_is_answered_with_evidence_that_justifies_it(address: bytes, ssid: str | None) -> None:
    finding = RECOGNISER.examine(network(address, ssid))
    if finding is not None:
        assert not address[0] & 1
        assert finding.evidence
        assert all(claim.evidence for claim in finding.claims)


def test_an_address_alone_is_only_a_weak_sign_of_a_camera() -> None:
    finding = RECOGNISER.examine(network(bssid_octets("ac:cc:8e:00:00:01"), None))
    assert finding is not None
    strengths = {type(claim): claim.strength for claim in finding.claims}
    assert strengths[PresentClaim] is Strength.WEAK
    assert strengths[VendorClaim] is Strength.STRONG
    assert KindClaim not in strengths


def test_every_rule_says_what_fools_it_in_two_languages_and_has_a_place_of_its_own() -> None:
    assert len({rule.rank for rule in rules()}) == len(rules())
    for rule in rules():
        assert rule.version >= 1
        assert rule.french is not None, rule.name
        for texts in (rule.english, rule.french):
            assert len(texts.finds) > 40
            assert len(texts.fooled_by) > 40
            assert texts.why.format_map({"vendor": "V", "prefix": "P", "confirmed": "C"}) != ""


def test_every_row_has_a_source_and_rejected_ones_a_reason() -> None:
    for row in bundled().rows:
        assert row.source, row.id
        if row.status is Status.REJECTED:
            assert row.note, row.id


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a\tb", "columns"),
        ("x\tX\tcctv\tssid\tabc.*\tweak\tactive\t\t\t\tsource\t", "anchored"),
        ("x\tX\tcctv\toui\taa:bb/20\tweak\tactive\t\t\t\tsource\t", "24, 28 or 36"),
        ("x\tX\tcctv\ttelepathy\t1\tweak\tactive\t\t\t\tsource\t", "unknown evidence"),
        ("x\tX\tcctv\tssid\t^abc$\tweak\tactive\t\tluck\t\tsource\t", "nothing that can stand beside"),
    ],
)
def test_a_bad_catalogue_is_refused_by_line(line: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse("\t".join(COLUMNS) + "\n" + line)


def test_a_sighting_is_borne_out_by_its_own_evidence() -> None:
    assert unjustified(radio(), RECOGNISER) is None
    assert unjustified(look(), RECOGNISER) is None


def test_a_sighting_that_claims_too_much_is_not() -> None:
    honest = radio()
    forged = msgspec.structs.replace(honest, claims=(*honest.claims, PresentClaim(strength=Strength.STRONG)))
    assert unjustified(forged, RECOGNISER) == "it claims more than its rule does"
    unknown = msgspec.structs.replace(honest, made=msgspec.structs.replace(honest.made, rule="made-up"))
    assert "does not have" in (unjustified(unknown, RECOGNISER) or "")
    newer = msgspec.structs.replace(honest, made=msgspec.structs.replace(honest.made, rule_version=99))
    assert "newer" in (unjustified(newer, RECOGNISER) or "")
    assert honest.radio is not None
    other = msgspec.structs.replace(honest.radio, transmitter="00:11:22:33:44:55")
    assert "not about its transmitter" in (unjustified(msgspec.structs.replace(honest, radio=other), RECOGNISER) or "")
