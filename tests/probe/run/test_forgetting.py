"""A walk is forgotten while its card does not take that: it ends all the same, and is deleted once the card does."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from probe.errors import BadInput
from probe.service import Phase
from tests.examples import look
from tests.probe.run.test_workbench import assert_nothing_is_left, started
from tests.processes import until


def test_a_walk_that_cannot_be_deleted_yet_has_ended_and_is_deleted_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with started(tmp_path, monkeypatch, show_ends=True) as on:
        running = on.service._running
        assert running.keep(look())
        until(lambda: running.writer.in_ram == 0, "the sighting to be written")
        with closing(sqlite3.connect(tmp_path / "o.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")  # as good as a card that takes its time
            with pytest.raises(BadInput) as refused:
                running.forget(0.2)
            assert refused.value.code == "forget-not-yet"
            until(lambda: on.view().phase is Phase.ENDED, "the end: a walk that goes on and keeps nothing is none")
            assert running.kept_back == 0
        on.session.forget()
        assert on.view().forgotten
    assert_nothing_is_left(tmp_path / "o.db")
