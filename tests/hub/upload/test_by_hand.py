"""Cameras by hand: what is said becomes a sighting, what is wrong is named, and neighbours are told from doubles."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.log.decisions import DecisionKind
from hub.publish.view import CameraDetail
from hub.upload.by_hand import HandMade, Wrong, decisions_of, duplicates, hand_made, sighting_of
from probe.contract.envelope import decode_sighting, encode
from probe.contract.geodesy import destination
from probe.contract.sighting import Adapter, CameraKind, Kind, Mount, SubjectHow
from tests.examples import look, new_id
from tests.hub.web.scripted import ScriptedMap

AT = datetime(2026, 5, 9, 12, 30, 1, 99, tzinfo=UTC)
NAMES = ("lat", "lon", "direction", "kind", "mount", "operator_type", "note", "near", "seen")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=3,
)


def camera(**more: Any) -> CameraDetail:
    (detail,) = ScriptedMap(look()).cameras()
    return replace(detail, camera=replace(detail.camera, lat=47.0, lon=-17.0, **more))


def test_what_is_said_is_claimed_and_nothing_else() -> None:
    made = hand_made({"lat": "47,5", "lon": -17, "direction": "360", "kind": "dome", "mount": "", "note": " look "})
    assert made == HandMade(lat=47.5, lon=-17.0, direction=0.0, kind=CameraKind.DOME, note="look")
    sighting = sighting_of(made, id=new_id(), walk=new_id(), at=AT, software="x")
    assert decode_sighting(encode(sighting)) == sighting
    assert (sighting.kind, sighting.made.adapter) == (Kind.PIN, Adapter.HAND)
    assert sighting.subject is not None
    assert sighting.subject.how is SubjectHow.MARKED
    assert sighting.observer is None  # nobody says where they stood
    assert [str(type(claim).__struct_config__.tag) for claim in sighting.claims] == ["present", "kind", "direction"]
    assert b"look" not in encode(sighting).replace(b'"look"', b"")  # the note is for people at the hub


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, "place"),
        ({"lat": 91, "lon": 0}, "lat"),
        ({"lat": "NaN", "lon": 0}, "lat"),
        ({"lat": True, "lon": 0}, "lat"),
        ({"lat": 1, "lon": [2]}, "lon"),
        ({"lat": 1, "lon": 2, "direction": -1}, "direction"),
        ({"lat": 1, "lon": 2, "direction": "north"}, "direction"),
        ({"lat": 1, "lon": 2, "kind": "<script>"}, "kind"),
        ({"lat": 1, "lon": 2, "mount": 3}, "mount"),
        ({"lat": 1, "lon": 2, "operator_type": "secret"}, "operator_type"),
        ({"lat": 1, "lon": 2, "note": "x" * 2001}, "note"),
        ({"lat": 1, "lon": 2, "note": "\ud800"}, "note"),
    ],
)
def test_the_field_that_is_wrong_is_named(fields: dict[str, object], wrong: str) -> None:
    with pytest.raises(Wrong) as found:
        hand_made(fields)
    assert str(found.value) == wrong


@given(st.dictionaries(st.sampled_from(NAMES), ANYTHING | st.floats(-200, 400)))
def test_whatever_a_form_says_is_a_sighting_of_the_contract_or_named(fields: dict[str, object]) -> None:
    try:
        made = hand_made(fields)
    except Wrong as field:
        assert str(field) in (*NAMES, "place")
        return
    sighting = sighting_of(made, id=new_id(), walk=new_id(), at=AT, software="x")
    assert decode_sighting(encode(sighting)) == sighting


@pytest.mark.parametrize(
    ("away_m", "direction", "shown", "warned"),
    [
        (2.9, 90.0, {"direction": 120.0}, True),
        (2.9, None, {"direction": 120.0}, True),
        (2.9, 90.0, {"direction": None}, True),
        (0.5, 90.0, {"direction": 200.0}, False),  # back to back on one pole
        (3.2, 90.0, {"direction": 90.0}, False),
        (25.0, 90.0, {"direction": 90.0}, False),
        (1.0, 90.0, {"direction": 90.0, "review": "rejected"}, False),
        (1.0, 90.0, {"direction": 90.0, "gone": "2026-01-01"}, False),
    ],
)
def test_a_double_is_within_three_metres_and_does_not_look_elsewhere(
    away_m: float, direction: float | None, shown: dict[str, Any], warned: bool
) -> None:
    lat, lon = destination(47.0, -17.0, 30.0, away_m)
    made = HandMade(lat=lat, lon=lon, direction=direction)
    assert bool(duplicates(made, [camera(**shown)])) is warned


def test_another_one_at_the_pole_is_kept_apart_and_shares_the_site() -> None:
    near, id = camera(), new_id()
    made = HandMade(lat=47.0, lon=-17.0, operator_type="public", note="under the eaves")
    decided = decisions_of(made, id, near, None)
    assert [one.kind for one in decided] == [
        DecisionKind.NEW, DecisionKind.SITE, DecisionKind.RETAG, DecisionKind.NOTE,
    ]  # fmt: skip
    assert all(one.sightings == (id,) for one in decided)
    assert decided[0].others == decided[1].others == (near.sighting_ids,)


def test_one_that_was_seen_is_the_camera_that_was_heard() -> None:
    heard, id = camera(), new_id()
    (decided,) = decisions_of(HandMade(lat=47.0, lon=-17.0, mount=Mount.POLE), id, None, heard)
    assert (decided.kind, decided.others) == (DecisionKind.SAME, (heard.sighting_ids,))
