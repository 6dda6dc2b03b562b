"""A card that is full, and one that becomes read-only: both are told, and nothing that was acknowledged is lost."""

import pytest

from tests.hil.acknowledged import some, until_refused, until_taken, whole, writer
from tests.hil.bench import Bench
from tests.hil.town import Hub

pytestmark = pytest.mark.hil


def through(bench: Bench, hub: Hub, without: str | None = None) -> tuple[str, set[str]]:
    """Fill the card, free it, let it fail; what the first refusal said, and the acknowledged ids that are lost."""
    running = writer(bench, 120, without=without)
    ids, full = some(running, 20), ""
    bench.disk.fill()
    if without is None:
        full = until_refused(running, ids)
        bench.disk.free()
        ids += until_taken(running)
    bench.disk.fail()
    if without is None:
        until_refused(running, ids)
    else:
        ids += some(running, 20)
    ids += whole(running.stop().out)
    bench.disk.mend()
    bench.disk.free()
    bench.probe("send", *bench.outbox)
    return full, set(ids) - hub.ids()


def test_a_full_and_then_a_read_only_card_are_told_and_nothing_acknowledged_is_lost(paired: Bench, hub: Hub) -> None:
    told, lost = through(paired, hub)
    assert "outbox.db" in told, told
    assert "free some space" in told, told
    assert not lost


def test_control_an_outbox_that_hopes_loses_what_it_acknowledged(paired: Bench, hub: Hub) -> None:
    _, lost = through(paired, hub, without="refusal")
    assert lost
