"""Why the rules answer as they do: what each looked at, and that it agrees with what a walk does."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.contract.evidence import Role
from probe.detect.catalogue import Status, bundled
from probe.detect.reasons import Explainer, Reasons, RuleAnswer, administered, claims
from probe.detect.registry import Recogniser
from probe.detect.rule import Bluetooth, Setup, Transmission

EXPLAINER, RECOGNISER = Explainer(), Recogniser()
AXIS = bytes.fromhex("accc8e102030")


def answer(reasons: Reasons, rule: str) -> RuleAnswer:
    return next(one for one in reasons.answers if one.rule == rule)


def test_what_fires_says_what_it_looked_at() -> None:
    heard = Transmission(transmitter=bytes.fromhex("744ca112abef"), ssid="Flock-12ABEF", role=Role.NETWORK)
    reasons = EXPLAINER.reasons(heard, (heard.transmitter, b"Flock-12ABEF", b""))
    assert reasons.finding == RECOGNISER.examine(heard)
    assert (reasons.forgotten, reasons.held_back, reasons.agree) == (None, False, True)
    fired = answer(reasons, "flock-suffix")
    assert fired.finding is not None
    assert "the network name: Flock-12ABEF" in map(str, fired.looks)
    assert "the address: 74:4c:a1:12:ab:ef (given by a maker)" in map(str, fired.looks)
    assert "present (strong)" in list(claims(fired.finding))


def test_what_does_not_fire_says_what_was_missing() -> None:
    heard = Transmission(transmitter=bytes.fromhex("021122334455"), ssid="home", role=Role.NETWORK)
    reasons = EXPLAINER.reasons(heard, (heard.transmitter, b"home", b""))
    assert (reasons.finding, reasons.forgotten, reasons.held_back) == (None, None, True)
    assert "locally administered" in answer(reasons, "flock-suffix").why
    assert answer(reasons, "wps-camera").why == "Wi-Fi Protected Setup says nothing that it could go by"
    assert answer(reasons, "vendor-oui").why == "the catalogue has no row for the address 02:11:22:33:44:55"


def test_a_row_that_does_not_suffice_is_named() -> None:
    row = next(
        row
        for row in bundled().rows
        if row.evidence == "oui" and row.status is Status.ACTIVE and not row.strong and row.value.endswith("/24")
    )
    address = bytes.fromhex(row.value[:8].replace(":", "")) + b"\x01\x02\x03"
    why = answer(EXPLAINER.reasons(Transmission(transmitter=address, role=Role.NETWORK)), "vendor-oui").why
    assert "does not suffice" in why
    assert row.id in why
    assert "weak" in why


def forgotten() -> Iterator[tuple[str, Transmission]]:
    rows = bundled().rows
    domestic = next(row for row in rows if row.evidence == "ssid" and row.status is Status.FORGET)
    yield (
        "changes",
        Transmission(transmitter=bytes(6), bluetooth=Bluetooth(public=False, services=("3100", "3200", "3300"))),
    )
    ring = next(r for r in rows if r.evidence == "oui" and r.status is Status.FORGET and r.value.endswith("/24"))
    address = bytes.fromhex(ring.value[:8].replace(":", "")) + b"\x01\x02\x03"
    name = f"Flock-{address[3:].hex().upper()}"
    yield ring.id, Transmission(transmitter=address, ssid=name, role=Role.NETWORK)
    assert domestic.value


@pytest.mark.parametrize(("word", "heard"), list(forgotten()), ids=lambda part: part if isinstance(part, str) else "")
def test_what_is_found_and_forgotten_all_the_same_says_why(word: str, heard: Transmission) -> None:
    reasons = EXPLAINER.reasons(heard)
    assert any(one.finding for one in reasons.answers)
    assert reasons.finding is None
    assert reasons.forgotten is not None
    assert word in reasons.forgotten or "change" in reasons.forgotten


def test_who_gave_an_address() -> None:
    assert [administered(bytes([first, *b"12345"])) for first in (0, 2, 1)] == [
        "given by a maker",
        "locally administered",
        "a group's address",
    ]


TEXT = st.one_of(st.none(), st.text(max_size=12), st.just("Flock-102030"))


@given(
    heard=st.builds(
        Transmission,
        transmitter=st.one_of(st.binary(min_size=6, max_size=6), st.just(AXIS)),
        ssid=TEXT,
        role=st.sampled_from([None, *Role]),
        order=TEXT,
        elements=st.tuples(st.just("506f9a")) | st.just(()),
        setup=st.none() | st.builds(Setup, device_type=st.sampled_from([None, "4-4", "4-1"]), model=TEXT),
        bluetooth=st.none()
        | st.builds(
            Bluetooth,
            public=st.booleans(),
            name=TEXT,
            companies=st.tuples(st.sampled_from(["0d5b", "09c8", "ffff"])),
            services=st.lists(st.sampled_from(["3100", "3200", "fe9f"]), max_size=3).map(tuple),
        ),
    )
)
def test_being_watched_changes_no_answer(heard: Transmission) -> None:
    reasons = EXPLAINER.reasons(heard)
    assert reasons.finding == RECOGNISER.examine(heard)
    assert [one.finding for one in reasons.answers] == [
        rule.examine(heard, RECOGNISER.catalogue) for rule in RECOGNISER.rules
    ]
    assert all(one.looks and one.why for one in reasons.answers)
    assert (reasons.forgotten is not None) == (any(o.finding for o in reasons.answers) and reasons.finding is None)
