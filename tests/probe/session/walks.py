"""Sessions over scripted probes, second by second."""

from collections.abc import Callable

from probe.errors import BadInput
from probe.session.session import Session
from probe.session.stands import StandFinder, nowhere
from probe.session.view import Lately, WalkView
from tests.probe.session.around import ScriptedAround

AXIS = bytes.fromhex("accc8e102030")


def a_session(
    around: ScriptedAround | None = None, find_stands: StandFinder = nowhere
) -> tuple[Session, ScriptedAround]:
    around = around or ScriptedAround()
    return Session(around, now=around.monotonic, find_stands=find_stands), around


def seconds(
    session: Session, around: ScriptedAround, count: int, each: Callable[[int], object] = lambda _: None
) -> None:
    """Let so many seconds pass, and look at the probe after each."""
    for second in range(count):
        around.pass_time(1.0)
        each(second)
        session.tick()


def line(view: WalkView, number: int) -> Lately:
    return next(one for one in view.lately if one.number == number)


def refused(do: Callable[[], object]) -> str:
    """The sentence with which something is refused."""
    try:
        do()
    except BadInput as problem:
        return str(problem)
    raise AssertionError("it was not refused")
