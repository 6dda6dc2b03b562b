"""A hub through whatever can happen to its clocks, and what must hold of its keys all the time.

There is a true time, a clock that anybody sets, boots, two honest probes that come home within a week of their newest
sighting, a hostile one, and an operator who is right.
"""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from hub.keys import IN_USE_DAYS, OPENS_DAYS, HubKeys
from probe.seal.verify import verified_descriptor
from tests.hub.keys.clocks import DAY_S, START, Machine

Step = tuple[str, float]
_FIRST, _LAST = date(1969, 1, 1), date(2400, 1, 1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("run"), st.floats(0.01, 40)),
        st.tuples(st.just("off"), st.floats(0.01, 200)),
        st.tuples(st.just("show"), st.integers(0, (_LAST - _FIRST).days)),
        st.tuples(st.just("ahead"), st.integers(-400, 400)),
        st.tuples(st.just("right"), st.just(0)),
        st.tuples(st.just("look"), st.integers(1, 5)),
        st.tuples(st.just("restart"), st.just(0)),
        st.tuples(st.just("home"), st.integers(0, 7)),
        st.tuples(st.just("lie"), st.integers(-400, 4000)),
        st.tuples(st.just("word"), st.just(0)),
    ),
    max_size=40,
)
_MEMORY = Path("/dev/shm")  # noqa: S108 (hundreds of states are written, each to the disk)


def ids(keys: HubKeys) -> list[str]:
    """The sealing keys, the newest first."""
    return [key.id for key in verified_descriptor(keys.descriptor()).keys]


class World:
    """`newest_on` is on which day each key was last the one to seal to, in truth."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.machine = folder, Machine()
        self.keys = HubKeys(folder, clock=self.machine)
        self.newest_on = {ids(self.keys)[0]: START}
        self._homecomings = 0

    def step(self, what: str, how: float = 0) -> None:
        """Let one thing happen, and look at what became of the keys."""
        before = ids(self.keys)[0]
        getattr(self, f"_{what}")(how)
        self.newest_on[before] = self.newest_on[ids(self.keys)[0]] = self.machine.day
        for name in self.newest_on.keys() - set(ids(self.keys)):
            lived = (self.machine.day - self.newest_on.pop(name)).days
            assert lived >= OPENS_DAYS, f"{name} was destroyed after {lived} days"

    def _run(self, days: float) -> None:
        self.machine.run(days)

    def _off(self, days: float) -> None:
        self.machine.off(days)
        self._restart()

    def _show(self, days: float) -> None:
        self.machine.show(_FIRST + timedelta(days=days))

    def _ahead(self, days: float) -> None:
        self.machine.ahead_s = days * DAY_S

    def _right(self, _: float) -> None:
        self.machine.right()

    def _look(self, times: float) -> None:
        for _ in range(int(times)):
            self.machine.run(2 / DAY_S)
            self.keys.rotate()

    def _restart(self, _: float = 0) -> None:
        self.keys = HubKeys(self.folder, clock=self.machine)

    def _home(self, late_days: float) -> None:
        self._homecomings += 1
        probe, day = f"honest {self._homecomings % 2}", self.machine.day - timedelta(days=late_days)
        self.keys.hear_days({probe: day})

    def _lie(self, days: float) -> None:
        self.keys.hear_days({"hostile": self.machine.day + timedelta(days=days)})

    def _word(self, _: float) -> None:
        self.keys.take_word(self.machine.day)


def live_through(steps: list[Step]) -> None:
    """No key is destroyed before its time; and once a day is certain, keys turn and those that are overdue go."""
    with TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        world = World(Path(folder))
        for what, how in steps:
            world.step(what, how)
        world.step("right")
        world.step("word")
        assert world.keys.doubt is None
        old, newest = set(ids(world.keys)), ids(world.keys)[0]
        for _ in range(4):
            world.step("run", IN_USE_DAYS / 4 + 3.0)  # the newest may be of a week to come
            world.step("look", 1)
        assert ids(world.keys)[0] != newest
        for _ in range(7):
            world.step("run", 60.0)
            world.step("look", 1)
        assert not old & set(ids(world.keys)), "what is overdue is destroyed"
