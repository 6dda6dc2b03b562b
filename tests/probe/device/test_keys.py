"""A button: the kernel's own octets, through a pipe that stands for the device."""

import os
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from pathlib import Path
from queue import SimpleQueue
from struct import calcsize, pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probe.device.gestures import LONG_MS
from probe.device.keys import Keys, presses

CAMERA = 212  # KEY_CAMERA
LAYOUT = "@llHHi"


def event(kind: int, code: int, value: int, *, at_us: int = 1, at_s: int = 1_700_000_000) -> bytes:
    return pack(LAYOUT, at_s, at_us, kind, code, value)


SYNC = event(0, 0, 0)
PRESS = event(1, CAMERA, 1) + SYNC + event(1, CAMERA, 2) + SYNC + event(1, CAMERA, 0) + SYNC  # down, held, up


def read(data: bytes, at_once: int = 1 << 16, clock: Callable[[], float] = lambda: 0.0) -> list[int]:
    """For how long keys were held, in octets that come so many at a time."""
    out, into = os.pipe()
    with os.fdopen(out, "rb", buffering=0) as stream:
        found: Iterator[int] = presses(stream, lambda: False, clock)
        try:
            for start in range(0, len(data), at_once):
                os.write(into, data[start : start + at_once])
        finally:
            os.close(into)
        return list(found)


def test_a_press_is_one_with_its_time() -> None:
    assert read(PRESS + PRESS) == [0, 0]
    down, up = event(1, CAMERA, 1), event(1, CAMERA, 0, at_us=250_001)
    assert read(down + SYNC + up) == [250], "by the kernel's stamps, though both are read in one go"
    times = iter([5.0, 5.0, 5.5, 6.0, 6.0])
    back = event(1, CAMERA, 0, at_us=0, at_s=1_600_000_000)
    assert read(down + back, clock=lambda: next(times)) == [500], "a clock that was set back is not believed"
    assert read(event(2, 0, 1) + SYNC + event(4, 4, 1)) == [], "a mouse's way and a scan code are no keys"


def test_a_long_press_is_told_while_it_lasts_and_its_end_is_no_other() -> None:
    out, into = os.pipe()
    times = chain([0.0] * 3, repeat(1.0))  # it looks, reads the press, looks for more, and looks again
    with os.fdopen(out, "rb", buffering=0) as stream:
        found = presses(stream, lambda: False, lambda: next(times))
        os.write(into, event(1, CAMERA, 1))
        assert next(found) == LONG_MS, "and nothing more has come"
        os.write(into, event(1, CAMERA, 0))
        os.close(into)
        assert list(found) == []


@settings(max_examples=30)
@given(st.integers(1, 60))
def test_events_that_come_in_pieces_are_the_same(at_once: int) -> None:
    assert read(PRESS * 3, at_once) == [0] * 3


def test_cut_anywhere_it_is_pressed_once_or_not_yet() -> None:
    for length in range(len(PRESS)):
        assert read(PRESS[:length]) == ([0] if length >= calcsize(LAYOUT) else [])


@settings(max_examples=50)
@given(st.binary(max_size=600))
def test_whatever_comes_it_is_keys_or_nothing(data: bytes) -> None:
    assert len(read(data)) <= len(data) // calcsize(LAYOUT)


def test_a_device_that_is_gone_is_told_once_and_taken_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("probe.device.keys._RETRY_S", 0.01)
    device, told, pressed = tmp_path / "event0", SimpleQueue[str](), SimpleQueue[None]()
    button = Keys(device, lambda _ms: pressed.put(None), told.put)
    button.start()
    assert told.get(timeout=60).startswith(f"{device}: the button cannot be read (No such file or directory); it is ")
    os.mkfifo(device)
    for _ in range(2):  # unplugged in between
        with device.open("wb", buffering=0) as into:
            into.write(PRESS)
            pressed.get(timeout=60)
        assert "is gone" in told.get(timeout=60), "once, of all the times that it was tried before"
    button.stop()
