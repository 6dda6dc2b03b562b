"""Where a camera is costs milliseconds to work out: that is done once, and again only where the camera is another."""

from contextlib import closing
from pathlib import Path

import pytest

from hub.derive.deriver import Deriver
from hub.log.decisions import DecisionKind, NewDecision
from hub.merge.place import Located
from hub.merge.where import locate as where
from hub.merge.where.evidence import Evidence
from hub.store.sqlite.log import SqliteStore
from tests.examples import look, radio
from tests.hub.derive.test_live import add

ADDRESSES = [f"ac:cc:8e:00:00:{n:02x}" for n in range(6)]


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[Evidence]:
    """The evidence from which a place was worked out, each time."""
    told: list[Evidence] = []
    locate = where.locate

    def counted(evidence: Evidence) -> Located | None:
        told.append(evidence)
        return locate(evidence)

    monkeypatch.setattr(where, "locate", counted)
    return told


def test_a_place_is_worked_out_once_and_for_what_is_new_alone(tmp_path: Path, worked_out: list[Evidence]) -> None:
    with closing(SqliteStore(tmp_path)) as store:
        add(store, *(radio(address, at=(200.0 * n, 0.0)) for n, address in enumerate(ADDRESSES)))
        deriver = Deriver(store)
        deriver.refresh()
        assert len(worked_out) == len(deriver.cameras()) == 6
        first = deriver.cameras()[0]
        for step in ("nothing", "a decision", "far away"):
            worked_out.clear()
            if step == "a decision":
                sightings = deriver.sightings_of(first.camera.id)
                confirm = NewDecision(kind=DecisionKind.CONFIRM, sightings=sightings, camera=first.camera.id)
                store.decisions.append("Anne", [confirm])
            elif step == "far away":
                add(store, look(observer=(9000.0, 0.0)))
            deriver.refresh()
            deriver.everything()
            assert len(worked_out) == (1 if step == "far away" else 0), step


def test_who_only_shares_a_window_with_what_is_new_stays_where_it_is(
    tmp_path: Path, worked_out: list[Evidence]
) -> None:
    with closing(SqliteStore(tmp_path)) as store:
        add(store, radio(ADDRESSES[0]))
        deriver = Deriver(store)
        deriver.refresh()
        worked_out.clear()
        add(store, radio(ADDRESSES[1], at=(160.0, 0.0)))
        change = deriver.refresh()
        assert change is not None
        assert len(worked_out) == 1
