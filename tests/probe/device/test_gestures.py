"""One button: short is a photo, long is a pause."""

import pytest

from probe.device.gestures import Gesture, Gestures, gesture_of


@pytest.mark.parametrize(("ms", "means"), [(0, Gesture.PHOTO), (999, Gesture.PHOTO), (1000, Gesture.PAUSE)])
def test_what_a_press_means(ms: int, means: Gesture) -> None:
    assert gesture_of(ms) is means
    done: list[str] = []
    Gestures(lambda: done.append("photo"), lambda: done.append("pause")).held(ms)
    assert done == [means.value]
