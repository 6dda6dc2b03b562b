"""A card that takes an outbox along which is paired already: a kit that never meets its hub's network."""

from pathlib import Path

import pytest

from probe.cli.card import _outbox
from probe.errors import BadInput, NotPaired
from probe.outbox.outbox import Outbox
from tests.examples import radio
from tests.paired import made_hub, pair


def test_the_probe_of_the_card_is_the_one_that_was_paired(tmp_path: Path) -> None:
    identity = pair(tmp_path / "o.db", made_hub(tmp_path / "hub"))
    (tmp_path / "scratch").mkdir()
    (tmp_path / "card.db").write_bytes(_outbox(tmp_path / "o.db", tmp_path / "scratch"))
    with Outbox(tmp_path / "card.db") as box:
        assert box.paired() == identity
        assert box.standing().queued == 0


def test_one_with_sightings_or_without_a_hub_is_refused(tmp_path: Path) -> None:
    pair(tmp_path / "o.db", made_hub(tmp_path / "hub"))
    with Outbox(tmp_path / "o.db") as box:
        box.add([radio()])
    with pytest.raises(BadInput, match="a probe uses it"):
        _outbox(tmp_path / "o.db", tmp_path)
    with pytest.raises(BadInput, match="no such outbox"):
        _outbox(tmp_path / "nowhere.db", tmp_path)
    with Outbox(tmp_path / "bare.db", to_pair=True):
        pass
    with pytest.raises(NotPaired):
        _outbox(tmp_path / "bare.db", tmp_path)
