"""What a walker is told of unasked, and what a walk lacked: by what has changed from one second to the next."""

from probe.session.bell import Bell
from probe.session.seen import WORKBENCH, Seen
from probe.session.signs import Sign
from probe.session.view import Part, PartHealth, PartName, Phase

LOST_FIX_S = 20.0
NO_FIRST_FIX_S = 120.0
SAME_PART_AGAIN_S = 300.0
_LONGEST_STEP_S = 5.0  # a machine that slept for longer was not walked with


class Noticing:
    """Looks at the probe once a second. Its sums outlive the view: they are numbers alone.

    Its times are those of the walk's clock, which goes faster where a walk is played faster than it was walked.
    `walked_s` is the time walked without pauses, `no_fix_s` how much of it nobody knew the place, `trouble_s` how long
    each part was in trouble.
    """

    def __init__(self) -> None:
        self.walked_s = self.no_fix_s = 0.0
        self.low_power = False
        self.trouble_s: dict[PartName, float] = {}
        self._looked: tuple[float, float] | None = None  # when, by the session's clock and by the walk's
        self._fixed_s: float | None = None
        self._had_fix = self._told_no_fix = self._was_low = False
        self._troubled: set[PartName] = set()
        self._told_s: dict[PartName, float] = {}

    def notice(self, seen: Seen, parts: tuple[Part, ...], bell: Bell, now_s: float) -> None:
        """Take in how the probe is now, and want the signs for what is new."""
        step_s, self._looked = _step_s(self._looked, (now_s, seen.now_s)), (now_s, seen.now_s)
        walking = seen.phase is Phase.WALKING
        if walking:
            self.walked_s += step_s
            self._listen(parts, bell, now_s)
        self._fix(seen, parts, bell, now_s, step_s)
        self._parts(parts, bell, now_s, step_s, over=seen.phase is Phase.ENDED)
        low = seen.power is not None and seen.power.low
        self.low_power |= low
        if low and not self._was_low:
            bell.want(Sign.LOW_POWER, now_s)
        self._was_low = low
        if seen.phase is Phase.ENDED and seen.waiting == 0 and seen.kept_back == 0 and seen.delivered > 0:
            bell.want(Sign.DELIVERED, now_s)

    @staticmethod
    def _listen(parts: tuple[Part, ...], bell: Bell, now_s: float) -> None:
        if any(part.name is PartName.RADIO and part.health is PartHealth.GOOD for part in parts):
            bell.want(Sign.LISTENING, now_s)

    def _fix(self, seen: Seen, parts: tuple[Part, ...], bell: Bell, now_s: float, step_s: float) -> None:
        """A lost fix is told once; the first one is waited for longer. A kit without a receiver has none to lose, and
        on the workbench nobody waits for one."""
        absent = any(part.name is PartName.POSITION and part.health is PartHealth.ABSENT for part in parts)
        if seen.phase is not Phase.WALKING or absent or seen.hidden == WORKBENCH:
            self._fixed_s = None
            return
        if self._fixed_s is None or seen.fix is not None:
            self._fixed_s = now_s
        if seen.fix is not None:
            self._had_fix, self._told_no_fix = True, False
            return
        self.no_fix_s += step_s
        patience_s = LOST_FIX_S if self._had_fix else NO_FIRST_FIX_S
        if not self._told_no_fix and now_s - self._fixed_s >= patience_s:
            self._told_no_fix = True
            bell.want(Sign.NO_FIX, now_s)

    def _parts(self, parts: tuple[Part, ...], bell: Bell, now_s: float, step_s: float, *, over: bool) -> None:
        troubled = {part.name for part in parts if part.health is PartHealth.TROUBLE}
        for name in troubled:
            self.trouble_s[name] = self.trouble_s.get(name, 0.0) + step_s
        for name in troubled - self._troubled - {PartName.SIGNALS}:
            if not over and now_s - self._told_s.get(name, -SAME_PART_AGAIN_S) >= SAME_PART_AGAIN_S:
                self._told_s[name] = now_s
                bell.want(Sign.TROUBLE, now_s)
        self._troubled = troubled


def _step_s(before: tuple[float, float] | None, now: tuple[float, float]) -> float:
    """Seconds of the walk since the look before; of a machine that slept in between, a few."""
    if before is None:
        return 0.0
    step_s, of_walk_s = now[0] - before[0], max(0.0, now[1] - before[1])
    return of_walk_s if step_s <= _LONGEST_STEP_S else of_walk_s * _LONGEST_STEP_S / step_s
