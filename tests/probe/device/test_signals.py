"""What a walker feels: few rhythms that differ, played whole, one after the other, by whatever can play them."""

import os
import threading
from pathlib import Path
from struct import iter_unpack

import pytest

from probe.device.signals import (
    GAP_MS,
    LONG_MS,
    RHYTHMS,
    SHORT_MS,
    BeeperOutput,
    BoardOutput,
    LedOutput,
    Signals,
    Steps,
    drawn,
    outputs_at,
    steps_of,
)
from probe.errors import BadInput
from probe.session.signs import Sign
from tests.firmware.rig import load
from tests.processes import until


class Recorder:
    """Keeps what is played."""

    name = "recorder"

    def __init__(self) -> None:
        self.trouble: str | None = None
        self.played: list[Steps] = []

    def play(self, steps: Steps) -> None:
        self.played.append(steps)


def test_every_sign_has_a_rhythm_of_its_own_without_any_pitch() -> None:
    assert set(RHYTHMS) == {sign.value for sign in Sign}
    assert len({rhythm for rhythm, _ in RHYTHMS.values()}) == len(RHYTHMS)
    assert max(len(rhythm) for rhythm, _ in RHYTHMS.values()) <= 4, "nobody learns more"
    assert drawn("photo-refused") == "• • •"
    assert drawn("resumed") == "• —"


def test_what_comes_often_is_short() -> None:
    lengths = {sign: sum(ms for _, ms in steps_of(sign)) for sign in RHYTHMS}
    assert lengths["heard"] == 2 * SHORT_MS + GAP_MS
    assert lengths["photo-kept"] == LONG_MS
    assert max(lengths.values()) < 2000


@pytest.mark.parametrize("sign", list(Sign))
def test_a_board_takes_every_sign_as_it_is(sign: Sign) -> None:
    """The board refuses what it does not understand: so what we send is held against its own reading."""
    steps = [list(step) for step in steps_of(sign)]
    assert load("extras")._sound(steps) == [tuple(step) for step in steps]


def test_signs_are_played_one_after_the_other_and_the_same_does_not_wait_twice() -> None:
    recorder, go, waited = Recorder(), threading.Event(), threading.Event()

    def sleep(_seconds: float) -> None:
        waited.set()
        go.wait(60)

    signals = Signals([recorder], sleep)
    signals.start()
    signals.show(Sign.HEARD)
    assert waited.wait(60)
    for sign in (Sign.PHOTO_KEPT, Sign.PHOTO_KEPT, Sign.HEARD, Sign.NO_FIX, Sign.PAUSED, Sign.DELIVERED):
        signals.show(sign)
    go.set()
    signals.stop(60)
    wanted = (Sign.HEARD, Sign.HEARD, Sign.NO_FIX, Sign.PAUSED, Sign.DELIVERED)  # the oldest gave way
    assert recorder.played == [steps_of(sign) for sign in wanted]


def test_a_light_goes_on_and_off_with_the_rhythm_and_ends_dark(tmp_path: Path) -> None:
    folder = tmp_path / "ACT"
    folder.mkdir()
    (folder / "max_brightness").write_text("255\n")
    seen: list[tuple[str, float]] = []
    light = LedOutput("ACT", tmp_path, lambda s: seen.append(((folder / "brightness").read_text(), s)))
    light.play(steps_of("resumed"))
    assert seen == [("255", SHORT_MS / 1000), ("0", GAP_MS / 1000), ("255", LONG_MS / 1000)]
    assert (folder / "brightness").read_text() == "0"
    assert (folder / "trigger").read_text() == "none"
    assert light.trouble is None
    gone = LedOutput("PWR", tmp_path)
    gone.play(steps_of("heard"))
    assert gone.trouble is not None
    assert "cannot be switched" in gone.trouble


def test_the_kernels_beeper_gets_tones_and_silence(tmp_path: Path) -> None:
    device = tmp_path / "event1"
    device.touch()
    BeeperOutput(device, lambda _s: None).play(steps_of("heard"))
    events = list(iter_unpack("@llHHi", device.read_bytes()))
    assert [value for _, _, kind, code, value in events if (kind, code) == (0x12, 2)] == [2600, 0, 2600, 0]
    missing = BeeperOutput(tmp_path / "event9", lambda _s: None)
    missing.play(steps_of("heard"))
    assert "cannot be played (No such file" in (missing.trouble or "")


def test_a_board_that_is_not_there_is_told_until_it_is() -> None:
    there = [False]
    output = BoardOutput(lambda _steps: there[0], lambda _s: None)
    signals = Signals([output], lambda _s: None)
    before = signals.trouble
    assert before is None
    output.play(steps_of("heard"))
    assert signals.trouble == "no radio board with a buzzer is plugged in"
    there[0] = True
    output.play(steps_of("heard"))
    after = signals.trouble
    assert after is None


def test_words_for_outputs() -> None:
    said: list[str] = []
    assert outputs_at("none", lambda _s: True, said.append) == ()
    (log,) = outputs_at("log", lambda _s: True, said.append)
    log.play(steps_of("no-fix"))
    assert said == ["signal: — •"]
    assert [one.name for one in outputs_at("led:ACT", lambda _s: True, said.append)] == ["led:ACT"]
    for wrong in ("", "led:", "led:../x", "led:..", "beeper:/etc/passwd", "beeper", "buzz"):
        with pytest.raises(BadInput, match="give one of: auto, board"):
            outputs_at(wrong, lambda _s: True, said.append)


def test_an_idle_player_uses_no_time_and_ends_when_told() -> None:
    signals = Signals([Recorder()], lambda _s: None)
    signals.start()
    signals.stop(60)
    until(
        lambda: not any(thread.name == "signals" and thread.is_alive() for thread in threading.enumerate()), "its end"
    )
    assert os.getpid()
