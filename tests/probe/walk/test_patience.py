"""A start that is known badly is waited for as long as SECURITY.md says: a minute of the walk."""

from dataclasses import dataclass

from probe.contract.sighting import Adapter
from probe.outbox.hold import NO_FIX_YET, START, Grid, WalkHold
from probe.position.fix import Fix
from probe.walk.making import making
from probe.walk.swept import SweptWalk

WAITED_S = 60.0


@dataclass
class Receiver:
    """One that knows its place badly, by 60 m. It is the walk's clock as well."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s

    def at(self, at_s: float) -> Fix:
        return Fix(at_s=at_s, lat=47.0, lon=-17.0, accuracy_m=60.0)


def test_a_start_that_is_known_badly_is_waited_for_a_minute() -> None:
    receiver, hold = Receiver(), WalkHold(Grid.of(b"s" * 32))
    walk = SweptWalk(receiver, receiver, making(Adapter.SCRIPTED, composed=True))
    walk.noticed = lambda fix: hold.moved(47.0, -17.0, 60.0) if fix else hold.lost_fix()
    while receiver.now_s < WAITED_S - 1.0:
        receiver.now_s += 0.25
        assert list(walk._turn(None)) == []
        assert hold.hidden == NO_FIX_YET, f"after {receiver.now_s} s"
    while receiver.now_s < WAITED_S + 1.0:
        receiver.now_s += 0.25
        assert list(walk._turn(None)) == []
    assert hold.hidden == START
