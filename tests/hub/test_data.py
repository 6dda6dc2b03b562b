"""A hub's folder: no slip makes one, nothing is changed by looking, and one hub serves it."""

from datetime import date
from pathlib import Path

import pytest

from hub.data import ServingLock, make_hub, open_hub, read_hub
from hub.errors import BadInput, StoreError
from hub.keys import FOLDER, SIGNING_KEY
from tests.paired import made_hub


@pytest.mark.parametrize("opened", [open_hub, read_hub])
@pytest.mark.parametrize("there", [True, False])
def test_a_folder_that_is_no_hubs_is_said_and_left_as_it_is(opened: object, there: bool, tmp_path: Path) -> None:
    folder = tmp_path / "typo"
    if there:
        folder.mkdir()
    with pytest.raises(BadInput, match=r"typo: no hub is there.*serve.*enroll.*restore"), opened(folder):  # type: ignore[operator]
        pass
    assert [*tmp_path.rglob("*")] == ([folder] if there else [])


def test_a_hub_without_its_keys_gets_no_others_behind_ones_back(tmp_path: Path) -> None:
    data = made_hub(tmp_path / "hub")
    (data / FOLDER / SIGNING_KEY).unlink()
    with pytest.raises(StoreError, match="backup"), open_hub(data):
        pass
    assert not (data / FOLDER / SIGNING_KEY).exists()
    with read_hub(data) as log:
        assert log.store.count() == 0


def test_looking_changes_nothing(tmp_path: Path) -> None:
    data = made_hub(tmp_path / "hub")
    with read_hub(data) as log:
        for change in (
            lambda: log.store.save_cameras([("c", b"{}")]),
            lambda: log.store.hold_since("p", date(2026, 5, 9), "lost"),
            lambda: log.registry.note_broker_address("mqtt://elsewhere"),
            log.registry.hub_password,
        ):
            with pytest.raises(StoreError, match="cannot be written"):
                change()


def test_one_hub_serves_a_folder_and_the_second_hears_where_the_first_is(tmp_path: Path) -> None:
    first = ServingLock(tmp_path / "hub")
    with pytest.raises(BadInput, match="just starting"):
        ServingLock(tmp_path / "hub")
    first.note("its map: http://127.0.0.1:8787/")
    with pytest.raises(BadInput, match=r"serves this folder already .*http://127\.0\.0\.1:8787/.*--data"):
        ServingLock(tmp_path / "hub")
    first.release()
    second = ServingLock(tmp_path / "hub")
    with pytest.raises(BadInput, match="just starting"):
        ServingLock(tmp_path / "hub")
    second.release()


def test_a_folder_that_cannot_be_locked_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="another folder"):
        ServingLock(tmp_path / "file")


def test_other_commands_work_beside_a_hub_that_serves(tmp_path: Path) -> None:
    data = made_hub(tmp_path / "hub")
    lock = ServingLock(data)
    with make_hub(data), open_hub(data), read_hub(data):
        pass
    lock.release()
