"""A small street of random sightings, and random decisions about them, for hypothesis to draw."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

import msgspec
from hypothesis import strategies as st

from hub.log.decisions import Decided, DecisionKind, NewDecision
from hub.merge.camera import Camera
from hub.merge.observe import Observation, observe
from probe.contract.sighting import (
    CameraKind,
    DirectionClaim,
    KindClaim,
    Moment,
    PrivateDwellingClaim,
    Sighting,
    Strength,
)
from tests.examples import look, radio

WALKS = tuple(letter * 32 for letter in "abcd")
ADDRESSES = tuple(f"ac:cc:8e:00:00:{number:02x}" for number in range(3))
# Close enough for one another to be confused, some of it too far for anything but a decision.
SPOTS = ((0.0, 0.0), (4.0, 0.0), (9.0, 3.0), (60.0, 0.0), (400.0, 0.0))
DAYS = (1, 3, 28)
SIGHTINGS = 14
WHO = ("ada", "grace")


@cache
def _heard(address: str, at: tuple[float, float], walk: str) -> Sighting:
    return radio(address, at=at, walk=walk)


def sighting_id(number: int) -> str:
    return f"{number + 1:032x}"


@st.composite
def sightings(draw: st.DrawFn) -> list[Sighting]:
    """Up to so many sightings: looks, passes of a few transmitters, and some without a place."""
    return [draw(_sighting(number)) for number in range(draw(st.integers(1, SIGHTINGS)))]


@st.composite
def _sighting(draw: st.DrawFn, number: int) -> Sighting:
    at, walk = draw(st.sampled_from(SPOTS)), draw(st.sampled_from(WALKS))
    if draw(st.booleans()):
        one = _heard(draw(st.sampled_from(ADDRESSES)), at, walk)
        if draw(st.integers(0, 7)) == 0 and one.radio is not None:
            one = msgspec.structs.replace(one, observer=None, radio=msgspec.structs.replace(one.radio, hearings=()))
    else:
        claims: list[object] = []
        if draw(st.booleans()):
            claims.append(DirectionClaim(value=draw(st.sampled_from((10.0, 190.0))), strength=Strength.STRONG))
        if draw(st.booleans()):
            kind = draw(st.sampled_from((CameraKind.DOME, CameraKind.ALPR)))
            claims.append(KindClaim(value=kind, strength=Strength.STRONG))
        if draw(st.integers(0, 5)) == 0:
            claims.append(PrivateDwellingClaim(value=True, strength=Strength.STRONG))
        one = look(observer=at, walk=walk, claims=tuple(claims))
        if draw(st.integers(0, 7)) == 0:
            one = msgspec.structs.replace(one, observer=None, subject=None)
    assert one.time is not None
    day = draw(st.sampled_from(DAYS))
    time = Moment(utc=datetime(2026, 5, day, 10, tzinfo=UTC), source=one.time.source)
    return msgspec.structs.replace(one, id=sighting_id(number), time=time)


_ids = st.integers(0, SIGHTINGS - 1).map(sighting_id)
_group = st.lists(_ids, min_size=1, max_size=4, unique=True).map(tuple)
_BINDING = (DecisionKind.CONFIRM, DecisionKind.NEW, DecisionKind.SAME, DecisionKind.APART, DecisionKind.SPLIT)
_STANDING = (
    *(DecisionKind.RETAG, DecisionKind.REJECT, DecisionKind.PRIVATE, DecisionKind.GONE, DecisionKind.FOLLOW_UP),
    *(DecisionKind.SITE, DecisionKind.OFF_SITE),
)


@st.composite
def decision(draw: st.DrawFn, kinds: Sequence[DecisionKind] = (*_BINDING, *_BINDING, *_STANDING)) -> NewDecision:
    kind = draw(st.sampled_from(kinds))
    groups = draw(st.lists(_group, min_size=1, max_size=3))
    if kind in (DecisionKind.NEW, DecisionKind.APART, DecisionKind.SPLIT):
        seen: set[str] = set()
        groups = [group for g in groups if (group := tuple(one for one in g if not (one in seen or seen.add(one))))]  # type: ignore[func-returns-value]
    value, about_what = None, None
    if kind in (DecisionKind.PRIVATE, DecisionKind.GONE, DecisionKind.FOLLOW_UP):
        value = draw(st.sampled_from((None, "no")))
    if kind is DecisionKind.RETAG:
        about_what, value = "kind", draw(st.sampled_from(("dome", "panning", None)))
    camera = draw(st.sampled_from((None, "c-00000000000000aa", "c-00000000000000bb")))
    others = tuple(groups[1:]) if kind not in (DecisionKind.CONFIRM, DecisionKind.REJECT) else ()
    return NewDecision(
        kind=kind, camera=camera, sightings=groups[0], others=others, value=value, about=about_what, batch=None
    )


decisions = st.lists(decision(), max_size=8)


def decided(*what: NewDecision, by: str = "ada") -> list[Decided]:
    """Decisions as a log has them."""
    at = datetime(2026, 6, 1, 20, tzinfo=UTC)
    return [Decided(number=number, at=at, by=by, what=one) for number, one in enumerate(what, start=1)]


def observed(some: Sequence[Sighting]) -> list[Observation]:
    """Their observations, in this order of arrival."""
    return [found for seq, one in enumerate(some, 1) if (found := observe(seq, one, None)) is not None]


def members(camera: Camera) -> frozenset[str]:
    return frozenset(one.sighting.id for one in camera.observations)
