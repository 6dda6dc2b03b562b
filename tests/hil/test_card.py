"""A card that is full, and one that becomes read-only: both are told, and nothing that was acknowledged is lost."""

from collections.abc import Iterator
from itertools import islice

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


def given_up(bench: Bench, without: str | None = None) -> Iterator[int]:
    """Let the kernel give the card up while the outbox writes without a pause, again and again; each time, how many of
    the acknowledged ones are not on the card."""
    while True:
        writing = writer(bench, "for=120", "pause=0", without=without)
        writing.read(10)
        bench.disk.fail()
        writing.read_until_refused()
        writing.end()
        bench.disk.mend()
        yield len(set(writing.hashes) - on_card(bench))


def on_card(bench: Bench) -> set[str]:
    """The hashes of the units in the outbox."""
    asking = (
        "import sqlite3, sys;print(*sum(sqlite3.connect(sys.argv[1]).execute('SELECT lower(hex(hash)) FROM unit'), ()))"
    )
    return set(bench.run("python3", "-c", asking, bench.outbox[1]).out.split())


def test_a_commit_in_the_instant_in_which_the_card_is_given_up_is_not_believed(
    paired: Bench, pytestconfig: pytest.Config, figures: dict[str, int | float | str]
) -> None:
    lost = list(islice(given_up(paired), pytestconfig.getoption("--aborts")))
    figures["card.aborts"], figures["card.lost"] = len(lost), sum(lost)
    assert not any(lost)


def test_control_the_kernels_word_alone_loses_what_was_acknowledged(
    paired: Bench, figures: dict[str, int | float | str]
) -> None:
    """One time in six: that it does not come in 60 times would come once in 30,000 runs."""
    for times, lost in enumerate(islice(given_up(paired, without="doubt"), 60), 1):
        if lost:
            figures["card.control_aborts"] = times
            return
    pytest.fail("the kernel's word can be believed here: is the defence still needed?")
