"""What is taken back on a walk is gone from the card at once, and from a full one as well."""

from pathlib import Path

from probe.contract.envelope import Picture
from probe.outbox.writer import OutboxWriter
from tests.examples import new_id
from tests.probe.outbox.test_unreleased import seen, units
from tests.probe.outbox.walks import Held
from tests.processes import until


def test_what_is_taken_back_is_gone_at_once_lest_a_power_cut_hands_it_over(path: Path) -> None:
    held = Held(path)
    held.writer._let_others_in()
    with OutboxWriter(path, new_id, print, budget_bytes=1 << 30, every_s=3600.0, hold=held.hold) as writer:
        held.hold.moved(47.0, -17.0)
        held.hold.moved(47.1, -17.0)
        kept = seen()
        writer.put(kept, (Picture(v=1, id=new_id(), jpeg=b"\xff\xd8"),))
        until(lambda: len(units(path)) == 2, "the photo and its picture to be written")
        writer.withdraw([kept.id])
        until(lambda: units(path) == [], "both to be taken back")


def test_an_outbox_that_is_full_still_lets_go_of_what_is_taken_back(path: Path) -> None:
    held, said = Held(path), list[str]()
    held.writer._let_others_in()
    with OutboxWriter(path, new_id, said.append, budget_bytes=20 << 10, every_s=0.05, hold=held.hold) as writer:
        held.hold.moved(47.0, -17.0)
        held.hold.moved(47.1, -17.0)
        first, second, third = seen(), seen(), seen()
        for one in (first, second):
            writer.put(one)
        until(lambda: writer.in_ram == 0, "the write")
        before = units(path)
        writer.put(third)
        until(lambda: writer.trouble is not None, "the outbox to be full")
        writer.withdraw([first.id])
        until(lambda: writer.in_ram == 0, "room for the one that waits")
        assert len(units(path)) == 2
        assert units(path)[0] in before
    assert "full" in said[0]
