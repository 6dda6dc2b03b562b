"""A card that is full, and one that becomes read-only: both are told, and nothing that was acknowledged is lost."""

import pytest

from tests.hil.acknowledged import writer
from tests.hil.bench import Bench
from tests.hil.town import Hub

pytestmark = pytest.mark.hil


def through(bench: Bench, hub: Hub, without: str | None = None) -> tuple[str, set[str]]:
    """Fill the card, free it, let it fail; what the first refusal said, and the acknowledged ids that are lost."""
    writing, full = writer(bench, "for=120", without=without), ""
    writing.read(20)
    bench.disk.fill()
    if without is None:
        full = writing.read_until_refused()
        bench.disk.free()
        writing.read(1)
    bench.disk.fail()
    if without is None:
        writing.read_until_refused()
    else:
        writing.read(20)
    writing.end()
    bench.disk.mend()
    bench.disk.free()
    bench.probe("send", *bench.outbox)
    return full, set(writing.ids) - hub.ids()


def test_a_full_and_then_a_read_only_card_are_told_and_nothing_acknowledged_is_lost(paired: Bench, hub: Hub) -> None:
    told, lost = through(paired, hub)
    assert "outbox.db" in told, told
    assert "free some space" in told, told
    assert not lost


def test_control_an_outbox_that_hopes_loses_what_it_acknowledged(paired: Bench, hub: Hub) -> None:
    _, lost = through(paired, hub, without="refusal")
    assert lost
