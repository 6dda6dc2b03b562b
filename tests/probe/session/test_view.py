"""The view of a walk: what is in it, when it is another, and that it comes whatever of the probe fails."""

import threading
from collections.abc import Sequence
from contextlib import suppress

import msgspec
import pytest

from probe.errors import BadInput
from probe.position.fix import Fix
from probe.session.refused import Refused
from probe.session.session import Session
from probe.session.signs import Sign
from probe.session.stands import Aimed
from probe.session.view import Calibrating, Check, Note, PartHealth, PartName, Phase, Power, Tally, WalkView
from probe.session.walker import Walker
from tests.probe.session.around import ScriptedAround, a_snapshot, moved
from tests.probe.session.walks import AXIS, a_session, line, refused, seconds

QUESTIONS = {
    "phase": PartName.PAGE,
    "composed": PartName.PAGE,
    "hidden": PartName.OUTBOX,
    "now_s": PartName.RADIO,
    "fix": PartName.POSITION,
    "heading_deg": PartName.HEADING,
    "passes": PartName.RADIO,
    "parts": PartName.PAGE,
    "power": PartName.POWER,
    "machine": PartName.OUTBOX,
    "waiting": PartName.DELIVERY,
    "older": PartName.DELIVERY,
    "kept_back": PartName.OUTBOX,
    "lost": PartName.OUTBOX,
    "places": PartName.DELIVERY,
    "sign": PartName.SIGNALS,
    "checks": PartName.PAGE,
    "calibrating": PartName.HEADING,
}
COMMANDS = {
    "streets": lambda session: session.streets(0, 0, 1, 1),
    "take_photo": lambda session: session.photo(),
    "make_pin": lambda session: session.pin(()),
    "keep": lambda session: session.pin(()),
    "preview": lambda session: session.preview(),
    "pause": lambda session: session.pause(paused=True),
    "end": lambda session: session.end(),
    "forget": lambda session: session.forget(),
    "selftest": lambda session: session.selftest(),
    "calibrate": lambda session: session.calibrate(on=True),
}


def test_what_became_of_walks_before_is_told_beside_this_ones_own_numbers() -> None:
    before = (Note(code="walk-cut-off", values={"released": 19, "deleted": 2}),)
    session, around = a_session(ScriptedAround(before=before, units=(25, 0)))
    seconds(session, around, 1)
    view = session.view()
    assert view.told == before
    assert (view.tally.waiting, view.tally.delivered) == (25, 0)


def test_what_cannot_be_done_is_said_by_a_code_wherever_the_refusal_comes_from() -> None:
    session, around = a_session()
    with pytest.raises(Refused) as of_the_session:
        session.follow("0" * 16)
    assert of_the_session.value.note == Note(code="refused-not-heard")

    def too_late() -> None:
        raise BadInput("something of it was handed over", "forget-too-late")

    around.forget = too_late  # type: ignore[method-assign]
    with pytest.raises(Refused, match="handed over") as of_the_probe:
        session.forget()
    assert of_the_probe.value.note == Note(code="forget-too-late")
    around.broken.add("pause")
    with pytest.raises(Refused) as of_a_fault:
        session.pause(paused=True)
    assert of_a_fault.value.note == Note(code="refused-failed")

    def in_english_alone() -> None:
        raise BadInput("a sentence for a terminal")

    around.selftest = in_english_alone  # type: ignore[method-assign]
    with pytest.raises(Refused, match="terminal") as without_a_code:
        session.selftest()
    assert without_a_code.value.note == Note(code="refused-failed")
    with pytest.raises(Refused, match="says nothing") as of_a_word:
        session.choose(("cow",))
    assert of_a_word.value.note == Note(code="refused-words")


def test_a_walk_that_is_forgotten_has_no_numbers_and_one_sentence() -> None:
    session, around = a_session(ScriptedAround(back=(3, 4)))
    seconds(session, around, 20, lambda second: around.walk_to(1.4 * second))
    session.forget()
    around.phase_now = Phase.ENDED
    seconds(session, around, 2)
    view = session.view()
    assert view.forgotten
    assert view.tally == Tally(waiting=0)
    assert [note.code for note in view.advice] == ["walk-forgotten"]


def test_the_view_says_that_nothing_of_the_ends_is_hidden() -> None:
    around = ScriptedAround()
    assert Session(around, now=around.monotonic, ends_shown=True).view().ends_shown
    assert not a_session(around)[0].view().ends_shown


def test_a_session_is_a_walker() -> None:
    walker: Walker = a_session()[0]
    assert walker.view().phase is Phase.WALKING


def test_what_is_around_is_in_the_view() -> None:
    around = ScriptedAround(
        heading=359.7,
        power_now=Power(low=False, share=0.5),
        units=(7, 2),
        back=(3, 4),
        lost_now=1,
        lines=(Check(name="compass", passed=True),),
        turning=Calibrating(share=0.5),
        written=True,
    )
    session, _ = a_session(around)
    around.hear(AXIS, -61)
    seconds(session, around, 1)
    view = session.view()
    assert (view.tally.waiting, view.tally.delivered, view.tally.kept_back, view.tally.hidden) == (7, 2, 3, 4)
    assert (view.tally.lost, view.tally.heard) == (1, 1)
    assert view.here is not None
    assert (view.here.heading_deg, view.here.accuracy_m, view.here.still) == (0.0, 4.0, False)
    assert (view.power, view.checks, view.calibrating) == (around.power_now, around.lines, around.turning)
    assert view.composed
    assert [(one.rule, one.signal_dbm, one.sure, one.vendor) for one in view.heard] == [
        ("named-camera", -61, True, "Axis")
    ]
    assert view.advice == ()
    assert msgspec.json.decode(msgspec.json.encode(view), type=WalkView) == view


def test_a_serial_is_another_only_where_something_has_changed() -> None:
    session, around = a_session()
    around.hear(AXIS)
    seconds(session, around, 10)  # stands by now, and was told
    before = session.view()
    seconds(session, around, 4)
    now = session.view()
    assert now.serial == before.serial
    assert now.tally.seconds == before.tally.seconds + 4, "what is fetched all the same is of now"
    assert now.heard[0].ago_s == pytest.approx(before.heard[0].ago_s + 4)
    around.pass_time(0.5)
    assert session.view().heard[0].ago_s == pytest.approx(now.heard[0].ago_s + 0.5), "between two looks as well"
    around.place = moved(3.0)
    seconds(session, around, 1)
    assert session.view().serial > now.serial
    for change in (
        lambda: setattr(around, "units", (1, 0)),
        lambda: around.hear(bytes(6)),
        lambda: setattr(around, "power_now", Power(low=True)),
        lambda: around.health.update({PartName.CAMERA: PartHealth.TROUBLE}),
        lambda: setattr(around, "place", None),
    ):
        before = session.view()
        change()
        seconds(session, around, 1)
        assert session.view().serial > before.serial
    for do in (lambda: session.choose(("dome",)), session.photo, session.wipe):
        before = session.view()
        do()
        assert session.view().serial > before.serial


def test_who_waits_is_woken_by_a_change() -> None:
    session, around = a_session()
    seconds(session, around, 1)
    serial = session.view().serial
    assert not session.wait(serial, 0.0)
    woken: list[bool] = []
    waiting = threading.Thread(target=lambda: woken.append(session.wait(serial, 60.0)))
    waiting.start()
    session.choose(("dome",))
    waiting.join()
    assert woken == [True]
    assert session.wait(serial, 0.0)


@pytest.mark.parametrize("name", QUESTIONS)
def test_whatever_fails_the_view_comes_with_that_part_in_trouble(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    session, around = a_session()
    around.hear(AXIS)
    seconds(session, around, 5)
    around.broken = {name}
    session.pause(paused=True)
    session.pause(paused=False)
    seconds(session, around, 5)
    view = session.view()
    part = next(part for part in view.parts if part.name is QUESTIONS[name])
    assert part.health is PartHealth.TROUBLE
    assert part.note == Note(code="part-silent", detail="a fault of this program (RuntimeError)")
    assert "47.2184" not in str(view.parts), "what a fault says of itself may hold a place"
    assert capfd.readouterr().err.count("asking.py") == 1, "where it is stands in the log, once"
    around.broken = set()
    seconds(session, around, 5)
    if name != "sign":  # nothing was to be said meanwhile
        assert all(part.health is PartHealth.GOOD for part in session.view().parts)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_fails_says_so_in_a_sentence(name: str) -> None:
    session, around = a_session()
    around.broken = {name}
    assert "fault of this program (RuntimeError)" in refused(lambda: COMMANDS[name](session))
    assert session.view().phase is Phase.WALKING


def test_nobody_can_say_whether_a_place_is_hidden_so_it_is() -> None:
    session, around = a_session(ScriptedAround(broken={"hidden"}))
    seconds(session, around, 3, lambda second: around.walk_to(20.0 * second))
    assert session.track()[1] == []
    assert session.view().hidden is not None


def test_a_pause_that_fails_is_none() -> None:
    session, around = a_session(ScriptedAround(broken={"pause"}))
    refused(lambda: session.pause(paused=True))
    assert session.view().phase is Phase.WALKING
    assert Sign.PAUSED not in around.signs


def test_while_it_is_paused_nothing_is_made() -> None:
    session, around = a_session()
    number = session.photo()
    around.come(a_snapshot())
    session.pause(paused=True)
    around.hear(AXIS)
    around.broken = {"fix", "passes", "heading_deg"}
    seconds(session, around, 3, lambda second: around.walk_to(20.0 * second))
    view = session.view()
    assert all(part.health is PartHealth.GOOD for part in view.parts), "none of this was asked for"
    around.broken = set()
    assert (view.phase, view.heard, view.here, view.stands) == (Phase.PAUSED, (), None, ())
    assert session.track()[1] == []
    assert "paused" in refused(session.photo)
    assert "paused" in refused(lambda: session.pin(()))
    session.undo(number)  # what was made before can be taken back
    session.pause(paused=False)
    told = [sign for sign in around.signs if sign in (Sign.PAUSED, Sign.RESUMED)]
    assert told == [Sign.PAUSED, Sign.RESUMED]
    assert [value for name, value in around.done if name == "pause"] == [True, False]
    assert session.view().phase is Phase.WALKING


def test_after_the_end_nothing_can_be_changed() -> None:
    session, around = a_session()
    number = session.photo()
    around.come(a_snapshot())
    assert line(session.view(), number).undoable
    session.end()
    assert session.view().phase is Phase.ENDING
    around.phase_now = Phase.ENDED
    seconds(session, around, 1)
    view = session.view()
    assert (view.phase, line(view, number).undoable) == (Phase.ENDED, False)
    for do in (session.photo, lambda: session.pin(()), session.undo, lambda: session.retag(number, ("dome",))):
        assert "ended" in refused(do)
    assert around.at_hub() != []


def test_stands_are_shown_without_the_address_they_go_by() -> None:
    class One:
        lat, lon = moved(100.0)
        code, values, transmitter = "stand-loud", {"metres": 100}, AXIS

    asked: list[tuple[object, ...]] = []

    def find(passes: object, fix: Fix, places: object, *, still: bool, photos: Sequence[Aimed]) -> list[One]:
        asked.append((still, *photos))
        return [One()] * 9

    session, around = a_session(find_stands=find)
    around.hear(AXIS)
    for snapshot in (a_snapshot(), a_snapshot(bearing_deg=None), a_snapshot(place=None), a_snapshot()):
        session.photo()
        around.come(snapshot)
    session.undo()
    photo = Aimed(lat=47.2184, lon=-1.5536, bearing_deg=120.0)
    seconds(session, around, 12)
    view = session.view()
    assert asked == [(False, photo), (True, photo), (True, photo)], "every five seconds, as it costs something"
    assert len(view.stands) == 5
    assert (view.stands[0].distance_m, view.stands[0].bearing_deg) == (100.0, 0.0)
    assert view.stands[0].key == view.heard[0].key
    assert view.stands[0].note == Note(code="stand-loud", values={"metres": 100})
    around.hidden_now = "start"
    seconds(session, around, 1)
    assert session.view().stands == ()


def test_streets_preview_and_picture_are_passed_on() -> None:
    session, around = a_session()
    assert session.streets(1, 2, 3, 4) == b'{"ways": []}'
    assert around.done == [("streets", (1, 2, 3, 4))]
    assert session.preview().startswith(b"\xff\xd8")
    with pytest.raises(BadInput, match="no picture"):
        session.picture(1)
    session.selftest()
    session.calibrate(on=True)
    assert around.done[-2:] == [("selftest", None), ("calibrate", True)]


def test_many_threads_do_not_hurt_each_other() -> None:
    session, _ = a_session()
    problems: list[BaseException] = []

    def run(do: object) -> None:
        try:
            for _ in range(60):
                do()  # type: ignore[operator]
        except BaseException as problem:  # noqa: BLE001
            problems.append(problem)

    def make() -> None:
        session.undo(session.pin(("dome",)))

    def pausing() -> None:
        session.pause(paused=True)
        session.pause(paused=False)

    def maybe_make() -> None:
        with suppress(BadInput):  # paused by another
            make()

    doings = (session.tick, session.view, session.track, session.wipe, pausing, maybe_make, lambda: session.choose(()))
    threads = [threading.Thread(target=run, args=(do,)) for do in doings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert isinstance(session, Session)
