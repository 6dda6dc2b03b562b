"""A machine whose clocks a test sets: the wall's, and the running time that nobody sets."""

from datetime import UTC, date, datetime, timedelta

from hub.keys.day import Reading

START = date(2026, 5, 9)
DAY_S = 86_400.0


def unix(day: date, hour: float = 12.0) -> float:
    """The Unix time of an hour of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() + hour * 3600


class Machine:
    """A hub's machine. `true_s` is the time that it really is, `ahead_s` how wrong the clock on its wall is."""

    def __init__(self, day: date = START) -> None:
        self.true_s = unix(day)
        self.ahead_s = 0.0
        self._boots, self._booted_s = 0, self.true_s

    def __call__(self) -> Reading:
        return Reading(
            wall_s=self.true_s + self.ahead_s, boot=f"boot {self._boots}", boot_s=self.true_s - self._booted_s
        )

    @property
    def day(self) -> date:
        """The day that it really is."""
        return datetime.fromtimestamp(self.true_s, UTC).date()

    def run(self, days: float) -> None:
        """Time passes; running or asleep is the same."""
        self.true_s += days * DAY_S

    def off(self, days: float) -> None:
        """It is switched off, and on again later."""
        self.true_s += days * DAY_S
        self._boots, self._booted_s = self._boots + 1, self.true_s

    def show(self, day: date) -> None:
        """Somebody sets the clock."""
        self.ahead_s = unix(day) - self.true_s

    def right(self) -> None:
        """The clock is set right."""
        self.ahead_s = 0.0

    def live(self, turn: object, days: float, step: float = 10.0) -> None:
        """So many days pass, with a look at the keys at the end of each step."""
        while days > 0:
            self.run(min(step, days))
            days -= step
            turn()  # type: ignore[operator]


def later(days: int) -> date:
    return START + timedelta(days=days)
