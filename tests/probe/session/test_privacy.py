"""What the view of a walk never tells, and that nothing is left of it once it is wiped."""

import base64
import hashlib
import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probe.contract.sighting import Kind, Radio, Sighting
from probe.session.session import Session
from probe.session.view import Phase
from probe.walk.making import new_id
from tests.probe.session.around import WALK, ScriptedAround, a_finding, a_jpeg, a_pin, a_snapshot, moved
from tests.probe.session.reach import reachable
from tests.probe.session.walks import AXIS, a_session, seconds


def forms_of(address: bytes) -> set[str]:
    """An address, and its last three octets, as somebody might write them."""
    forms = set()
    for octets in (address, address[::-1], address[3:], address[3:][::-1]):
        forms |= {octets.hex(mark) for mark in ":-. "} | {octets.hex(), str(int.from_bytes(octets, "big"))}
        forms |= {":".join(map(str, octets)), str(list(octets)), base64.b64encode(octets).decode()}
    for hashed in (hashlib.sha256, hashlib.sha1, hashlib.md5, hashlib.blake2b):
        forms |= {
            hashed(text).hexdigest()[:16] for text in (address, address.hex().encode(), address.hex(":").encode())
        }
    return {form.lower() for form in forms if len(form) >= 6}


def all_that_is_shown(session: Session) -> str:
    view = session.view()
    return (msgspec.json.encode(view) + msgspec.json.encode(session.track())).decode().lower()


NAMES = st.one_of(
    st.text(max_size=40),
    st.builds(
        lambda before, octets, mark, upper, after: before + _hex(AXIS[-octets:], mark, upper=upper) + after,
        st.text(max_size=8),
        st.integers(2, 6),
        st.sampled_from(["", ":", "-", ".", " ", "_"]),
        st.booleans(),
        st.text(max_size=8),
    ),
)


def _hex(octets: bytes, mark: str, *, upper: bool) -> str:
    text = mark.join(f"{octet:02x}" for octet in octets)
    return text.upper() if upper else text


@settings(max_examples=60, deadline=None)
@given(NAMES)
def test_nothing_that_is_shown_holds_an_address(name: str) -> None:
    session, around = a_session()
    around.hear(AXIS, finding=a_finding(AXIS, name[:256]))
    seconds(session, around, 2)
    session.follow(session.view().heard[0].key)
    around.phase_now = Phase.ENDED
    shown = all_that_is_shown(session)
    assert [form for form in forms_of(AXIS) if form in shown] == []
    assert not re.search(r"(?:[0-9a-f]{2}[:-]){3}", shown)


def test_the_test_would_see_an_address() -> None:
    shown = f"a network called flock-{AXIS[3:].hex()}"
    assert any(form in shown for form in forms_of(AXIS))


@pytest.fixture
def walked() -> tuple[Session, ScriptedAround, list[str]]:
    """A walk with everything in it; and the name that what is heard has in the view."""
    session, around = a_session()
    for second in range(60):
        around.place = moved(10.0 * second, 3.0)
        around.hear(AXIS)
        seconds(session, around, 1)
    session.photo(("dome", "pole"))
    around.come(a_snapshot(("dome", "pole"), place=around.place, jpeg=a_jpeg(77, 900)))
    session.pin(("alpr",))
    session.photo(("panning",))  # still being made
    session.choose(("tree",))
    sighting = Sighting(
        v=1, id=new_id(), walk=WALK, kind=Kind.RADIO, made=a_pin().made, radio=Radio(transmitter=AXIS.hex(":"))
    )
    session.made(sighting)
    seconds(session, around, 1)
    view = session.view()
    assert len(session.track()[1]) > 50
    assert view.heard
    session.follow(view.heard[0].key)
    return session, around, [view.heard[0].key, sighting.id, *around.kept]


def left(session: Session, around: ScriptedAround, names: list[str]) -> list[object]:
    """What of a walk is in memory: places, pictures, addresses, names, words."""
    south, north = 47.2, 47.3
    found: list[object] = []
    for one in reachable(session, around):
        if isinstance(one, float) and (south < one < north or -1.6 < one < -1.5):
            found.append(one)
        elif isinstance(one, bytes) and (one.startswith(b"\xff\xd8") or AXIS in one):
            found.append(one[:8])
        elif isinstance(one, str) and (one in names or re.match(r"17/\d+/\d+$", one) or AXIS.hex(":") in one):
            found.append(one)
    return found


def test_wiping_leaves_nothing_of_the_walk_in_memory(walked: tuple[Session, ScriptedAround, list[str]]) -> None:
    session, around, names = walked
    assert len(left(session, around, names)) > 100, "it would be seen"
    before, kept = session.view(), dict(around.kept)
    session.wipe()
    assert left(session, around, names) == []
    around.place = None
    around.heard.clear()
    view = session.view()
    assert (view.heard, view.lately, view.stands, view.here, view.words) == ((), (), (), None, ())
    assert view.tally.photos == before.tally.photos == 1
    assert (view.tally.pins, view.tally.heard) == (1, 1)
    assert (view.tally.metres, view.tally.cells) == (before.tally.metres, before.tally.cells)
    assert (around.kept, around.withdrawn) == (kept, []), "what waits for the hub stays"
    around.place = moved(0.0)
    number = session.pin(())
    assert number > max(one.number for one in before.lately), "numbers go on"


def test_what_comes_of_a_photo_after_a_wipe_counts_and_leaves_nothing(
    walked: tuple[Session, ScriptedAround, list[str]],
) -> None:
    session, around, names = walked
    session.wipe()
    around.come(a_snapshot(place=moved(5.0), jpeg=a_jpeg(78, 900)))
    assert left(session, around, [*names, *around.kept]) == []
    assert session.view().tally.photos == 2


def test_forgetting_leaves_no_numbers_either(walked: tuple[Session, ScriptedAround, list[str]]) -> None:
    session, around, names = walked
    session.forget()
    assert left(session, around, names) == []
    around.place = None
    around.heard.clear()
    around.phase_now = Phase.ENDED
    assert [note.code for note in session.view().advice] == ["walk-forgotten"]
    tally = session.view().tally
    assert (tally.photos, tally.pins, tally.heard, tally.metres, tally.cells, tally.seconds) == (0, 0, 0, 0.0, 0, 0.0)


def test_once_wiped_nothing_is_gathered_until_somebody_looks() -> None:
    session, around = a_session()
    session.wipe()

    def on(second: int) -> None:
        around.place = moved(10.0 * second)
        around.hear(bytes([second] * 6))

    seconds(session, around, 30, on)
    assert session.track()[1] == []
    number = session.pin(("dome",))
    seconds(session, around, 30, lambda second: on(second + 30))
    view = session.view()  # the phone is there again
    assert all(one.at is None for one in view.lately if one.number != number)
    assert view.tally.metres > 500
    session.undo(number)
    seconds(session, around, 30, lambda second: on(second + 60))
    assert len(session.track()[1]) > 20


def test_what_was_made_while_no_phone_was_there_is_forgotten_after_ten_minutes() -> None:
    session, around = a_session()
    session.wipe()
    session.pin(("dome",))
    seconds(session, around, 599)
    assert len(session.view().lately) == 1
    session.wipe()
    session.pin(("dome",))
    seconds(session, around, 602)
    assert session.view().lately == ()
    assert len(around.at_hub()) == 2
