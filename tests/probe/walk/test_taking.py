"""Photos beside a walk: what came of each is told to whoever pressed, also where this program has a fault."""

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("cv2", reason="OpenCV is not installed: pip install 'contrechamp[camera]'")
from probe.camera.adapter import NoCamera
from probe.camera.keeping import PhotoKeeper
from probe.camera.pose import Pose
from probe.contract.sighting import Kind, PhotoNotKept
from probe.errors import OutboxFull
from probe.redact.redactor import NoRedactor, Redactor
from probe.walk.shutters import CameraHealth
from probe.walk.snapshots import Photographer, Snapshot
from probe.walk.taking import PhotoTaker
from tests.probe.camera.cameras import Driver
from tests.probe.walk.test_snapshots import HERE, photographer


def trusted() -> Redactor:
    """Nothing is taken out in here: no camera gives a picture."""
    return Redactor.__new__(Redactor)


WORD = "somebody"


def broken(*_: object, **__: object) -> Pose:
    raise ZeroDivisionError(WORD)


def taking(
    keep: Callable[[Snapshot], bool | None], start: Callable[[], Redactor] = trusted, **more: Any
) -> tuple[PhotoTaker, list[str]]:
    told = list[str]()
    taker = PhotoTaker(photographer(Driver(fake=True), start, **more), keep, told.append)
    taker.start()
    return taker, told


def test_where_no_room_is_left_whoever_pressed_is_told() -> None:
    taker, _ = taking(lambda _: False)
    with pytest.raises(OutboxFull, match="this photo is lost"):
        taker.take().result(60)
    taker.finish()
    assert (taker.status().photos, taker.status().pins, taker.taken) == (0, 0, 0)
    assert taker.status().health is not CameraHealth.BUSY, "the next one may be kept"


def test_a_photo_that_the_hold_drops_is_said_to_be_dropped_and_counts_nowhere() -> None:
    taker, told = taking(lambda _: None)
    assert taker.take().result(60).hidden
    taker.finish()
    assert told[-1] == "nothing of this place is kept: the photo is dropped, and goes nowhere"
    assert not any("is kept, without" in one for one in told)
    assert (taker.status().photos, taker.status().pins) == (0, 0)


def test_a_fault_of_this_program_leaves_a_pin_and_no_word_of_a_picture(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Photographer, "take", broken)
    kept = list[Snapshot]()

    def keep(snapshot: Snapshot) -> bool:
        kept.append(snapshot)
        return True

    taker, told = taking(keep)
    for _ in range(2):
        snapshot = taker.take(("dome",)).result(60)
    taker.finish()
    assert [one.sighting.kind for one in kept] == [Kind.PIN] * 2
    assert (snapshot.sighting.observer, len(snapshot.sighting.claims)) == (HERE, 2)
    assert told[-1] == "no picture is kept, only a pin: a fault of this program (ZeroDivisionError)"
    assert WORD not in capfd.readouterr().err + "".join(told)


def test_a_redactor_that_cannot_be_trusted_is_told_at_the_start_and_shows_nothing() -> None:
    def refuse() -> Redactor:
        raise NoRedactor("the face detector missed 1 of 5 faces of its own test", PhotoNotKept.SELF_TEST)

    taker, told = taking(lambda _: True, refuse)
    pin = taker.take().result(60).sighting.pin
    assert pin is not None
    assert pin.photo_not_kept is PhotoNotKept.SELF_TEST
    assert told[0].startswith("photos leave pins only: the face detector missed 1 of 5")
    with pytest.raises(NoCamera, match="the face detector missed"):
        taker.preview()
    assert taker.status().health is CameraHealth.REFUSED
    taker.finish()


def test_a_keeper_starts_its_redactor_once() -> None:
    starts = list[int]()

    def start() -> Redactor:
        starts.append(1)
        return trusted()

    keeper = PhotoKeeper(start)
    assert keeper.usable()
    assert keeper.usable()
    assert starts == [1]
