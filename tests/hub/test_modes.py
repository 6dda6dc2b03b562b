"""Every file of a hub and of a probe is for its user alone: made, found open, copied, brought back, at any umask."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path

import pytest

from hub.backup import read_backup, write_backup
from hub.broker.mosquitto import write_config
from hub.broker.tls import certificate
from hub.data import ServingLock, make_hub, open_hub, read_hub
from hub.errors import StoreError
from hub.store.sqlite.database import FILE
from hub.store.sqlite.schema import MIGRATIONS
from probe.errors import OutboxError
from probe.outbox.outbox import Outbox
from tests.examples import look
from tests.paired import enrolled, made_hub, pair
from tests.processes import enterable_folder

WORDS = "four words picked at random"


@pytest.fixture(params=[0o000, 0o022], ids=["umask 000", "umask 022"], autouse=True)
def _umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def opened(*roots: Path) -> list[str]:
    """What of these, and of all within, is open to others."""
    everything = [path for root in roots for path in (root, *root.rglob("*"))]
    assert len(everything) > len(roots)
    return [f"{path} {stat.S_IMODE(path.stat().st_mode):o}" for path in everything if path.stat().st_mode & 0o077]


def open_up(root: Path) -> None:
    for path in (root, *root.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)


@contextmanager
def served(data: Path) -> Iterator[None]:
    """A hub with all that it lays down, as long as it is open."""
    lock = ServingLock(data)
    with make_hub(data) as hub:
        enrolled(hub)
        certificate(hub.keys)
        yield
    lock.release()


def test_a_hubs_files_are_closed_from_the_start(tmp_path: Path) -> None:
    with served(tmp_path / "above" / "hub"):
        assert (tmp_path / "above" / "hub" / f"{FILE}-wal").exists()
        assert not opened(tmp_path / "above")


def test_a_hubs_files_that_are_open_are_closed_when_it_opens(tmp_path: Path) -> None:
    data = tmp_path / "hub"
    with served(data):
        pass
    before = data / "hub.before-2.db"
    before.write_bytes(b"an old copy of the log")
    kept = ("serving.lock", "keys")  # whoever only looks uses neither
    for opens, left in ((open_hub, kept[:1]), (read_hub, kept), (served, ())):
        open_up(data)
        with opens(data):
            assert not [one for one in opened(data) if not any(word in one for word in left)]
    assert before.read_bytes() == b"an old copy of the log"


@pytest.mark.parametrize("there", [True, False])
def test_a_copy_before_a_migration_is_closed_also_over_one_that_was_open(there: bool, tmp_path: Path) -> None:
    data = tmp_path / "hub"
    made_hub(data)
    (data / FILE).unlink()
    with closing(sqlite3.connect(data / FILE)) as before:
        for statement in chain(*MIGRATIONS[:-1]):
            before.execute(statement)
        before.execute(f"PRAGMA user_version = {len(MIGRATIONS) - 1}")
        before.commit()
    copy = data / f"hub.before-{len(MIGRATIONS)}.db"
    if there:
        copy.write_bytes(b"")
        copy.chmod(0o644)
    data.chmod(0o755)
    with open_hub(data):
        pass
    assert copy.stat().st_size > 0
    assert not opened(data)


@pytest.mark.parametrize("mixed", [True, False])
def test_the_brokers_files_are_closed_and_its_folder_where_nothing_else_is_in_it(mixed: bool, tmp_path: Path) -> None:
    target = enterable_folder() / "broker"
    with make_hub(tmp_path / "hub") as hub:
        for _ in range(2):
            write_config(target, hub.keys, hub.registry, bind="127.0.0.1", port=8883, spare=1)
            left = opened(target)
            open_up(target)
            if mixed:
                (target / "another.conf").write_bytes(b"")
    assert [one.split()[0] for one in left if "another" not in one] == ([str(target)] if mixed else [])


def test_a_backup_and_what_comes_back_from_it_are_closed(tmp_path: Path) -> None:
    data, copy = made_hub(tmp_path / "hub"), tmp_path / "copy"
    copy.write_bytes(b"")
    open_up(data)
    copy.chmod(0o666)
    write_backup(data, copy, WORDS, force=True)
    read_backup(copy, tmp_path / "new" / "hub", WORDS)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert not opened(tmp_path / "new")


@pytest.mark.parametrize("name", [FILE, f"{FILE}-wal", "keys/signing.key", "keys/state.json", "hub.before-2.db"])
def test_a_link_among_a_hubs_files_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    data, aside = made_hub(tmp_path / "hub"), tmp_path / "aside"
    path = data / name
    if path.exists():
        path.rename(aside)
    else:
        aside.write_bytes(b"")
    path.symlink_to(aside)
    with pytest.raises(StoreError, match=rf"{path.name} is a link to {aside}"), open_hub(data):
        pass


def test_a_probes_files_are_closed_from_the_start_and_when_they_are_opened(tmp_path: Path) -> None:
    outbox = tmp_path / "contrechamp" / "o.db"
    pair(outbox, tmp_path / "hub")
    for _ in range(2):
        with Outbox(outbox) as box:
            box.add([look()])
            assert outbox.with_name("o.db-wal").exists()
            assert not opened(outbox.parent)
            open_up(outbox.parent)


def test_a_folder_that_an_outbox_shares_stays_as_it_is(tmp_path: Path) -> None:
    shared = tmp_path / "mine"
    shared.mkdir()
    shared.chmod(0o755)
    pair(shared / "o.db", tmp_path / "hub")
    assert stat.S_IMODE(shared.stat().st_mode) == 0o755
    assert stat.S_IMODE((shared / "o.db").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["o.db", "o.db-shm"])
def test_a_link_in_an_outboxs_place_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    pair(tmp_path / "o.db", tmp_path / "hub")
    aside = tmp_path / "aside"
    (tmp_path / name).rename(aside) if (tmp_path / name).exists() else aside.write_bytes(b"")
    (tmp_path / name).symlink_to(aside)
    with pytest.raises(OutboxError, match=rf"o\.db: cannot be opened \({name} is a link to {aside}.*--outbox"):
        Outbox(tmp_path / "o.db")
