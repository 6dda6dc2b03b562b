"""Which signs a walker is given, and that they never chatter."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probe.session.bell import BETWEEN_S, Bell
from probe.session.signs import Sign
from probe.session.view import PartHealth, PartName, Phase, Power
from tests.probe.session.around import ScriptedAround, a_snapshot
from tests.probe.session.walks import AXIS, a_session, seconds

OTHER = bytes.fromhex("accc8e102031")
UNASKED = set(Sign) - {Sign.PHOTO_KEPT, Sign.PHOTO_REFUSED, Sign.PAUSED, Sign.RESUMED}
Doing = Callable[[ScriptedAround], object]


def is_(name: str, value: object) -> Doing:
    return lambda around: setattr(around, name, value)


def part(name: PartName, health: PartHealth) -> Doing:
    return lambda around: around.health.update({name: health})


def nothing(around: ScriptedAround) -> None:
    """Go on."""


LOST, FOUND = is_("place", None), is_("place", (47.2, -1.5))
LOW, CHARGED = is_("power_now", Power(low=True)), is_("power_now", Power(low=False))
BAD, WELL = part(PartName.CAMERA, PartHealth.TROUBLE), part(PartName.CAMERA, PartHealth.GOOD)
STARTING = is_("phase_now", Phase.STARTING)

# What happens, each with how many seconds it lasts; and the signs for it, in order.
TABLE: dict[str, tuple[list[tuple[Doing, int]], list[Sign]]] = {
    "it listens, once": ([(nothing, 60), (is_("phase_now", Phase.PAUSED), 9), (is_("phase_now", Phase.WALKING), 60)],
                         [Sign.LISTENING, Sign.PAUSED, Sign.RESUMED]),
    "it does not listen yet": ([(STARTING, 60)], []),
    "its radio is not there": ([(part(PartName.RADIO, PartHealth.STARTING), 60)], []),
    "a camera": ([(nothing, 5), (lambda around: around.hear(AXIS), 60)], [Sign.LISTENING, Sign.HEARD]),
    "the same again": ([(nothing, 5), (lambda around: around.hear(AXIS), 60), (lambda around: around.heard.clear(), 99),
                        (lambda around: around.hear(AXIS), 60)], [Sign.LISTENING, Sign.HEARD]),
    "two at once": ([(nothing, 5), (lambda around: (around.hear(AXIS), around.hear(OTHER)), 60)],
                    [Sign.LISTENING, Sign.HEARD]),
    "two one after the other": ([(nothing, 5), (lambda around: around.hear(AXIS), 20),
                                 (lambda around: around.hear(OTHER), 20)], [Sign.LISTENING, Sign.HEARD, Sign.HEARD]),
    "no fix for a moment": ([(nothing, 9), (LOST, 19), (FOUND, 9)], [Sign.LISTENING]),
    "no fix": ([(nothing, 9), (LOST, 400)], [Sign.LISTENING, Sign.NO_FIX]),
    "no fix again too soon": ([(nothing, 9), (LOST, 30), (FOUND, 9), (LOST, 60)], [Sign.LISTENING, Sign.NO_FIX]),
    "no fix again": ([(nothing, 9), (LOST, 30), (FOUND, 150), (LOST, 30)], [Sign.LISTENING, Sign.NO_FIX, Sign.NO_FIX]),
    "no first fix yet": ([(LOST, 110)], [Sign.LISTENING]),
    "no first fix": ([(LOST, 200)], [Sign.LISTENING, Sign.NO_FIX]),
    "no receiver": ([(part(PartName.POSITION, PartHealth.ABSENT), 1), (LOST, 300)], [Sign.LISTENING]),
    "no fix while paused": ([(nothing, 9), (is_("phase_now", Phase.PAUSED), 1), (LOST, 90)],
                            [Sign.LISTENING, Sign.PAUSED]),
    "low power": ([(nothing, 5), (LOW, 300)], [Sign.LISTENING, Sign.LOW_POWER]),
    "low power to and fro": ([(nothing, 5), *[(LOW, 5), (CHARGED, 5)] * 20], [Sign.LISTENING, Sign.LOW_POWER]),
    "a part fails": ([(nothing, 5), (BAD, 300)], [Sign.LISTENING, Sign.TROUBLE]),
    "a part to and fro": ([(nothing, 5), *[(BAD, 5), (WELL, 5)] * 20], [Sign.LISTENING, Sign.TROUBLE]),
    "a part fails again later": ([(nothing, 5), (BAD, 5), (WELL, 400), (BAD, 5)],
                                 [Sign.LISTENING, Sign.TROUBLE, Sign.TROUBLE]),
    "the signals fail": ([(nothing, 5), (part(PartName.SIGNALS, PartHealth.TROUBLE), 60)], [Sign.LISTENING]),
    "all at once": ([(nothing, 5), (BAD, 0), (LOW, 0), (lambda around: around.hear(AXIS), 30)],
                    [Sign.LISTENING, Sign.TROUBLE, Sign.LOW_POWER, Sign.HEARD]),
    "delivered": ([(nothing, 5), (is_("units", (3, 0)), 5), (is_("phase_now", Phase.ENDING), 5),
                   (is_("phase_now", Phase.ENDED), 60), (is_("units", (0, 3)), 60)], [Sign.LISTENING, Sign.DELIVERED]),
    "delivered before the end": ([(is_("units", (0, 3)), 60)], [Sign.LISTENING]),
    "nobody knows": ([(is_("phase_now", Phase.ENDED), 1), (is_("units", (None, 3)), 60)], []),
}  # fmt: skip


@pytest.mark.parametrize("what", TABLE)
def test_the_signs_for_what_happens(what: str) -> None:
    session, around = a_session()
    happens, signs = TABLE[what]
    for do, lasting in happens:
        do(around)
        seconds(session, around, lasting)
    assert around.signs == signs


def test_what_a_walker_does_is_answered_at_once() -> None:
    session, around = a_session()
    session.photo()
    around.come(a_snapshot())
    session.pause(paused=True)
    session.pause(paused=True)
    session.pause(paused=False)
    session.pin(())
    assert around.signs == [Sign.PHOTO_KEPT, Sign.PAUSED, Sign.RESUMED, Sign.PHOTO_KEPT]
    around.hear(AXIS)
    session.tick()
    assert around.signs[-1] is Sign.PHOTO_KEPT, "a pattern must have ended before the next one"
    seconds(session, around, 5)  # after that for listening
    assert Sign.HEARD in around.signs


def test_a_flood_is_silence() -> None:
    session, around = a_session()
    seconds(session, around, 5)
    for number in range(200):
        around.hear(b"\x00\x01\x02\x03\x04" + bytes([number]))
        seconds(session, around, 1)
    assert around.signs.count(Sign.HEARD) <= 2
    seconds(session, around, 90)
    around.hear(AXIS)
    seconds(session, around, 5)
    assert around.signs[-1] is Sign.HEARD, "and then it is over"


HAPPENS = st.sampled_from([
    LOST, FOUND, LOW, CHARGED, BAD, WELL, STARTING, nothing,
    part(PartName.RADIO, PartHealth.TROUBLE), part(PartName.RADIO, PartHealth.GOOD),
    part(PartName.OUTBOX, PartHealth.TROUBLE), part(PartName.OUTBOX, PartHealth.GOOD),
    is_("phase_now", Phase.WALKING), is_("phase_now", Phase.ENDED), is_("units", (0, 3)), is_("units", (3, 0)),
])  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(HAPPENS, st.integers(0, 40), st.binary(min_size=6, max_size=6)), max_size=60))
def test_whatever_happens_it_never_chatters(happens: list[tuple[Doing, int, bytes]]) -> None:
    around = ScriptedAround()
    times: list[tuple[float, Sign]] = []

    class Listening(ScriptedAround):
        def sign(self, sign: Sign) -> None:
            times.append((self.clock_s, sign))

    around = Listening()
    session, _ = a_session(around)
    for do, lasting, transmitter in happens:
        do(around)
        around.hear(transmitter)
        seconds(session, around, lasting)
    unasked = [(at_s, sign) for at_s, sign in times if sign in UNASKED]
    assert all(later - sooner >= BETWEEN_S for (sooner, _), (later, _) in pairwise(unasked))
    for sign, again_s in ((Sign.HEARD, 8), (Sign.NO_FIX, 120), (Sign.LOW_POWER, 600), (Sign.TROUBLE, 60)):
        given_s = [at_s for at_s, one in unasked if one is sign]
        assert all(later - sooner >= again_s for sooner, later in pairwise(given_s))
    assert sum(sign is Sign.LISTENING for _, sign in times) <= 1
    assert sum(sign is Sign.DELIVERED for _, sign in times) <= 1


def test_old_news_is_none() -> None:
    bell = Bell()
    bell.want(Sign.HEARD, 0.0)
    assert bell.next(6.0) is None
    bell.want(Sign.HEARD, 10.0)
    bell.answered(10.0)
    assert bell.next(11.0) is None
    assert bell.next(12.0) is Sign.HEARD
