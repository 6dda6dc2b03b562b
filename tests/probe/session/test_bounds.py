"""A walk that lasts all night: memory does not grow with it."""

from probe.session.view import PartHealth, PartName
from tests.probe.session.around import ScriptedAround, a_jpeg, a_snapshot, moved
from tests.probe.session.reach import octets
from tests.probe.session.walks import a_session, refused, seconds

JPEG = a_jpeg(side=16) + bytes(150_000)
MOST_OCTETS = 13_000_000  # 8 MB of pictures that can be said anew, 2 MB of small ones, and the rest


def test_ten_thousand_of_everything_are_no_more_than_some() -> None:
    session, around = a_session()
    sizes = []
    for number in range(10_000):
        around.place = moved(5.0 * number)
        around.heard.clear()
        around.hear(number.to_bytes(6, "big"))
        around.hidden_now = "start" if number % 50 == 0 else None
        around.health[PartName.CAMERA] = PartHealth.TROUBLE if number % 7 == 0 else PartHealth.GOOD
        session.photo(("dome",))
        around.come(a_snapshot(("dome",), place=around.place, jpeg=JPEG + number.to_bytes(4, "big")))
        made = session.pin(("alpr",))
        if number % 3 == 0:
            session.retag(made, ("wall",))
        if number % 5 == 0:
            session.undo()
        if number % 11 == 0:
            around.broken = {"withdraw"}
            session.undo()
            around.broken = set()
        seconds(session, around, 1)
        _forget(around)
        if number % 2_500 == 2_499:
            sizes.append(octets(session, around))
    assert max(sizes) < MOST_OCTETS
    assert sizes[-1] < 1.05 * sizes[1], "no growth"
    view = session.view()
    assert len(view.lately) <= 80
    assert view.tally.heard == 10_000
    assert "not in memory" in refused(lambda: session.undo(1))


def _forget(around: ScriptedAround) -> None:
    """Hold nothing of it here, so that the machine of the test does not grow."""
    around.kept.clear()
    around.presses.clear()
    around.withdrawn.clear()
    around.signs.clear()
