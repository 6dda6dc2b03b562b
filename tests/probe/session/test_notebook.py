"""Photos and pins: what came of each, and that they can be taken back and said anew in any order."""

from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule
from PIL import Image

from probe.camera.claims import WORDS
from probe.contract.sighting import (
    GoneClaim,
    HeightClaim,
    KindClaim,
    MountClaim,
    PhotoNotKept,
    PresentClaim,
    Sighting,
    Strength,
)
from probe.errors import BadInput, OutboxFull
from probe.session.pictures import MOST_WHOLE_BYTES
from probe.session.signs import Sign
from probe.session.view import Note, Thing
from probe.session.words import chosen, claims_said
from probe.walk.snapshots import FACE_COVERED, LITTLE_LEFT, Snapshot
from tests.probe.session.around import ScriptedAround, a_jpeg, a_snapshot
from tests.probe.session.walks import AXIS, a_session, line, refused, seconds

OUTCOMES: list[tuple[Snapshot | BaseException, str, Sign]] = [
    (a_snapshot(), "photo-kept", Sign.PHOTO_KEPT),
    (a_snapshot(notes=("no height: because",)), "photo-kept", Sign.PHOTO_KEPT),
    (a_snapshot(place=None), "photo-no-place", Sign.PHOTO_KEPT),
    (a_snapshot(notes=(LITTLE_LEFT,)), "photo-little-left", Sign.PHOTO_KEPT),
    (a_snapshot(notes=(FACE_COVERED,)), "photo-face-covered", Sign.PHOTO_KEPT),
    *((a_snapshot(why=why), f"photo-pin-{why}", Sign.PHOTO_REFUSED) for why in PhotoNotKept),
    (OutboxFull("no room is left anywhere"), "photo-lost", Sign.PHOTO_REFUSED),
    (BadInput("a reason"), "photo-failed", Sign.PHOTO_REFUSED),
    (MemoryError(), "photo-failed", Sign.PHOTO_REFUSED),
    (RuntimeError("47.2184"), "photo-failed", Sign.PHOTO_REFUSED),
]


@pytest.mark.parametrize(("came", "code", "sign"), OUTCOMES)
def test_whatever_comes_of_a_photo_its_walker_is_told(came: Snapshot | BaseException, code: str, sign: Sign) -> None:
    session, around = a_session()
    number = session.photo(("dome",))
    view = session.view()
    assert (view.camera_busy, line(view, number).note) == (True, Note(code="photo-being-made"))
    around.come(came)
    view = session.view()
    shown = line(view, number)
    assert shown.note is not None
    assert (shown.note.code, around.signs[-1], view.camera_busy) == (code, sign, False)
    assert "47.2184" not in (shown.note.detail or "")
    made = isinstance(came, Snapshot)
    assert (shown.undoable, shown.picture) == (made, made and bool(came.pictures))  # type: ignore[union-attr]
    assert (view.tally.photos, view.tally.pins) == (
        int(made and bool(came.pictures)),  # type: ignore[union-attr]
        int(made and not came.pictures),  # type: ignore[union-attr]
    )


def test_a_small_picture_is_shown() -> None:
    session, around = a_session()
    number = session.photo()
    around.come(a_snapshot(jpeg=a_jpeg(200, 1600)))
    with Image.open(BytesIO(session.picture(number))) as image:
        assert max(image.size) == 240
        assert not image.getexif()
    session.undo(number)
    assert "no picture" in refused(lambda: session.picture(number))
    number = session.photo()
    around.come(a_snapshot(jpeg=b"\xff\xd8 no picture at all"))
    assert not line(session.view(), number).picture, "it is kept all the same"
    assert line(session.view(), number).note == Note(code="photo-kept")


def test_words_are_used_up_by_a_photo() -> None:
    session, around = a_session()
    session.choose(("dome", "pole"))
    assert session.view().words == ("dome", "pole")
    session.photo(("bullet",))
    assert around.presses[-1][0] == ("pole", "fixed")
    assert session.view().words == ()
    session.choose(("alpr",))
    assert "nothing of a camera" in refused(lambda: session.choose(("<script>",)))
    around.has_camera = False
    around.come(a_snapshot())
    assert "no camera" in refused(session.photo)
    assert around.signs[-1] is Sign.PHOTO_REFUSED, "whoever pressed a button looks at no page"
    assert session.view().words == ("alpr",)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (("dome", "bullet"), ("fixed",)),
        (("panning", "dome"), ("dome",)),
        (("pole", "dome", "wall"), ("dome", "wall")),
        (("alpr", "dome"), ("alpr", "dome")),
        (("dome", "gone", "dome"), ("gone", "dome")),
        (("Street Lamp",), ("street_lamp",)),
        ((), ()),
    ],
)
def test_words_that_contradict_each_other_replace_each_other(said: tuple[str, ...], kept: tuple[str, ...]) -> None:
    assert chosen(said) == kept


@pytest.mark.parametrize("words", [("guard",), ("man_made=x",), ("",), ("dome",) * 99])
def test_other_words_are_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(BadInput):
        chosen(words)


def test_what_was_measured_stays_when_something_else_is_said() -> None:
    height = HeightClaim(value=4.0, strength=Strength.STRONG)
    before = (PresentClaim(strength=Strength.STRONG), KindClaim(value="dome", strength=Strength.STRONG), height)  # type: ignore[arg-type]
    after = claims_said(("alpr", "wall"), before)
    assert [type(claim) for claim in after] == [PresentClaim, KindClaim, MountClaim, HeightClaim]
    assert [type(claim) for claim in claims_said(("gone", "dome"), after)] == [GoneClaim]


def test_retag_takes_one_back_and_keeps_another_with_the_same_pictures() -> None:
    session, around = a_session()
    number = session.photo(("dome",))
    around.come(a_snapshot(("dome",)))
    (before,) = around.at_hub()
    session.retag(number, ("panning", "wall"))
    (after,) = around.at_hub()
    assert around.withdrawn == [before.id]
    assert (after.photo, after.observer, after.evidence) == (before.photo, before.observer, before.evidence)
    assert [type(claim) for claim in after.claims] == [PresentClaim, KindClaim, MountClaim]
    old, new = around.kept[before.id][1], around.kept[after.id][1]
    assert [picture.jpeg for picture in new] == [picture.jpeg for picture in old]
    assert {picture.id for picture in new}.isdisjoint(picture.id for picture in old), (
        "a hub refuses an id that it knows"
    )
    assert line(session.view(), number).words == ("panning", "wall")
    session.retag(number, ("wall", "panning"))
    session.retag(number, ("wall", "panning"))
    assert len(around.kept) == 3, "what is said already is not said again"
    session.undo(number)
    assert around.at_hub() == []


def test_where_there_is_no_room_it_still_says_what_it_said() -> None:
    session, around = a_session()
    number = session.pin(("dome",))
    around.room = False
    assert "no room" in refused(lambda: session.retag(number, ("wall",)))
    assert (line(session.view(), number).words, len(around.at_hub())) == (("dome",), 1)
    lost = session.pin(("dome",))
    assert line(session.view(), lost).note == Note(code="pin-lost")
    assert not line(session.view(), lost).undoable


def test_a_picture_that_is_not_in_memory_any_more_is_too_late_to_say_something_else_of() -> None:
    session, around = a_session()
    first = session.photo()
    around.come(a_snapshot())
    large = a_jpeg() + bytes(MOST_WHOLE_BYTES // 4)
    for _ in range(4):
        session.photo()
        around.come(a_snapshot(jpeg=large))
    assert "too late" in refused(lambda: session.retag(first, ("dome",)))
    session.undo(first)


def test_undo_of_a_photo_that_is_still_being_made() -> None:
    session, around = a_session()
    number = session.photo()
    assert "not made yet" in refused(lambda: session.retag(number, ("dome",)))
    session.undo()
    assert "already" in refused(lambda: session.undo(number))
    around.come(a_snapshot())
    assert around.at_hub() == []
    assert (session.view().tally.photos, line(session.view(), number).undone) == (0, True)
    with pytest.raises(BadInput):
        session.picture(number)


def test_undo_takes_the_last_one_back() -> None:
    session, around = a_session()
    assert "nothing" in refused(session.undo)
    first, last = session.pin(()), session.pin(())
    around.hear(AXIS)
    seconds(session, around, 1)
    session.undo()
    session.undo()
    view = session.view()
    assert [(one.number, one.undone) for one in view.lately] == [(3, False), (last, True), (first, True)]
    assert "only photos and pins" in refused(lambda: session.undo(3))
    assert "not in memory" in refused(lambda: session.undo(99))
    assert around.at_hub() == []


def test_what_cannot_be_taken_back_now_is_taken_back_later_and_before_the_end() -> None:
    session, around = a_session()
    session.pin(("dome",))
    around.broken = {"withdraw"}
    session.undo()
    assert "try again" in refused(session.end)
    assert around.at_hub() != []
    around.broken = set()
    session.end()
    assert around.at_hub() == []
    assert len(around.withdrawn) == 1


def test_what_is_made_in_a_hidden_cell_goes_nowhere_and_says_so() -> None:
    session, around = a_session(ScriptedAround(hidden_now="start"))
    number = session.photo(("dome",))
    around.hidden_now = None  # left it while the photo was being made
    around.come(a_snapshot())
    pressed = line(session.view(), number)
    assert (pressed.hidden, pressed.at, pressed.note) == (True, None, Note(code="hidden-start"))
    assert around.signs == [Sign.PHOTO_REFUSED]
    around.hidden_now = "no-fix-yet"
    number = session.pin(())
    marked = line(session.view(), number)
    assert (marked.hidden, marked.at, marked.note) == (True, None, Note(code="hidden-no-fix"))
    assert (session.view().tally.photos, session.view().tally.pins) == (0, 0)


def test_a_photo_that_the_probe_dropped_is_said_to_go_nowhere_whatever_the_session_knew() -> None:
    session, around = a_session()
    number = session.photo()
    around.come(replace(a_snapshot(), hidden=True))
    made = line(session.view(), number)
    assert (made.hidden, made.note) == (True, Note(code="hidden-start"))
    assert session.view().tally.photos == 0


def test_a_photo_of_a_walk_that_was_forgotten_is_taken_back() -> None:
    session, around = a_session()
    session.photo()
    session.forget()
    around.come(a_snapshot())
    assert around.at_hub() == []
    assert session.view().tally.photos == 0


def test_what_was_handed_over_cannot_be_forgotten() -> None:
    session, _ = a_session(ScriptedAround(handed_over=True))
    number = session.pin(("dome",))
    assert "operator" in refused(session.forget)
    assert line(session.view(), number).undoable


class Orders(RuleBasedStateMachine):
    """Whatever a walker does in whatever order: the hub gets what the page shows, as it says, and nothing else."""

    made = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.session, self.around = a_session()
        self.undone: set[int] = set()
        self.paused = False
        self.forgotten = 0

    def _try(self, do: object) -> bool:
        try:
            do()  # type: ignore[operator]
        except BadInput:
            return False
        return True

    @property
    def _waits(self) -> bool:
        return bool(self.around.presses) and not self.around.presses[-1][1].done()

    @rule(target=made, words=st.lists(st.sampled_from(WORDS), max_size=3))
    def press(self, words: list[str]) -> int:
        if self.paused or self._waits:
            refused(lambda: self.session.photo(tuple(words)))
            return 0
        return self.session.photo(tuple(words))

    @precondition(lambda self: self._waits)
    @rule(why=st.sampled_from([None, None, *PhotoNotKept]), fails=st.booleans())
    def come(self, why: PhotoNotKept | None, fails: bool) -> None:
        words = self.around.presses[-1][0]
        self.around.come(OutboxFull("full") if fails and why else a_snapshot(words, why=why, jpeg=b"\xff\xd8x"))

    @rule(target=made, words=st.lists(st.sampled_from(WORDS), max_size=3))
    def mark(self, words: list[str]) -> int:
        if self.paused or "keep" in self.around.broken:
            refused(lambda: self.session.pin(tuple(words)))
            return 0
        return self.session.pin(tuple(words))

    @rule(number=made)
    def undo(self, number: int) -> None:
        if self._try(lambda: self.session.undo(number)):
            self.undone.add(number)

    @rule()
    def undo_last(self) -> None:
        self._try(self.session.undo)

    @rule(number=made, words=st.lists(st.sampled_from(WORDS), max_size=3))
    def retag(self, number: int, words: list[str]) -> None:
        self._try(lambda: self.session.retag(number, tuple(words)))

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        self.session.pause(paused)
        self.paused = paused

    @rule(broken=st.sampled_from([set(), {"withdraw"}, {"keep"}]))
    def breaks(self, broken: set[str]) -> None:
        self.around.broken = set(broken)

    @rule(room=st.booleans())
    def fills(self, room: bool) -> None:
        self.around.room = room

    @rule()
    def time(self) -> None:
        seconds(self.session, self.around, 1)

    @rule()
    def forget(self) -> None:
        self.session.forget()

    @invariant()
    def the_hub_gets_what_is_shown(self) -> None:
        view = self.session.view()
        shown = [one for one in view.lately if one.thing is not Thing.HEARD and not one.undone]
        held = [one for one in shown if one.undoable and (one.note is None or one.note.code != "photo-being-made")]
        if "withdraw" not in self.around.broken:
            seconds(self.session, self.around, 1)
            at_hub = self.around.at_hub()
            assert sorted(_said(one.words) for one in held) == sorted(map(_claimed, at_hub))
        # A walk that is forgotten has no numbers.
        assert view.tally.photos + view.tally.pins == (0 if view.forgotten else len(held))
        assert {one.number for one in shown}.isdisjoint(self.undone)
        assert not set(self.around.withdrawn) & {one.id for one in self.around.at_hub()}


def _said(words: tuple[str, ...]) -> str:
    return _names(claims_said(words, ()))


def _claimed(sighting: Sighting) -> str:
    return _names(sighting.claims)


def _names(claims: object) -> str:
    return ",".join(f"{type(claim).__name__}={getattr(claim, 'value', '')}" for claim in claims)  # type: ignore[attr-defined]


TestOrders = Orders.TestCase
TestOrders.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
