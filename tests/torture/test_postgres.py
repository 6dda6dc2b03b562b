"""A log in PostgreSQL: its server killed in the middle of commits, and the demo's town moved there and back."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hub.demo import run
from hub.errors import StoreError
from hub.log.events import Batch, NewSighting, Origin
from hub.service import RunningHub, Settings
from hub.store.chosen import open_store
from tests.postgres import Server, server
from tests.processes import hub, until

pytestmark = pytest.mark.slow
KILLS = 5


@pytest.fixture
def durable() -> Iterator[Server]:
    """A server that writes to the disk as those of operators do."""
    server()  # skips where there is none
    one = Server(durable=True)
    yield one
    one.end()


def test_a_server_that_is_killed_loses_nothing_that_was_acknowledged(durable: Server, tmp_path: Path) -> None:
    durable.give(tmp_path / "hub")
    acknowledged: list[str] = []
    refused = 0
    with closing(open_store(tmp_path / "hub")) as store:

        def work(round_: int) -> None:
            nonlocal refused
            try:
                while True:
                    number = len(acknowledged) + 1_000_000 * round_
                    new = NewSighting(id=f"{number:032x}", hash=bytes(32), body=bytes(2000), origin=Origin.PROBE)
                    store.append(Batch(sightings={new.id: new}))
                    acknowledged.append(new.id)
            except StoreError:
                refused += 1

        for kill in range(1, KILLS + 1):
            before = len(acknowledged)
            worker = threading.Thread(target=work, args=(kill,))
            worker.start()
            until(lambda before=before: len(acknowledged) >= before + 20, "commits")  # type: ignore[misc]
            durable.kill()
            worker.join(60)
            durable.start()
            ids = {name for (name,) in store.db.rows("SELECT id FROM sighting")}  # it finds the server again
            assert ids >= set(acknowledged), "lost what was acknowledged"
            assert len(ids - set(acknowledged)) <= kill, "one commit each time whose answer was not heard"
    assert refused == KILLS, "each time while commits were under way"


def test_the_demos_town_is_the_same_in_postgresql_and_back(tmp_path: Path) -> None:
    data = tmp_path / "hub"
    address = server().new()
    run.prepare(data)
    outboxes = []
    with RunningHub(Settings(data=data)) as running:
        assert running.wait_until_listening(run.LISTEN_S)
        for walk in run.walks():
            outboxes.append(tmp_path / f"{walk.folder.name}.db")
            run.pair(running, walk.folder.name, outboxes[-1])
            run.send_walk(walk, outboxes[-1], speed=None, tick=lambda _: None)
        counts = run.count(running, outboxes, 0.0)
    assert counts["stored"] > 200

    def exported() -> str:
        done = hub("export", "--all", "--data", data)
        assert done.returncode == 0, done.stderr
        rebuilt = json.loads(hub("rebuild", "--data", data, "--json").stdout)
        assert rebuilt["identical"], rebuilt
        return done.stdout

    def moved(target: str) -> None:
        done = hub("move", "--to", target, "--data", data, "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["rows"] > 500

    def rows() -> dict[str, list[object]]:
        with closing(open_store(data)) as store, store.db.snapshot() as snapshot:
            # Each rebuild saves the cameras under another mark: what they are is in their own table
            return {
                table.name: [row for row in snapshot.stream(table) if (table.name, row[0]) != ("meta", "cameras")]
                for table in snapshot.tables()
            }

    first, before = exported(), rows()
    moved(str(address))
    assert not (data / "hub.db").exists()
    now = exported(), rows()
    assert now[0] == first
    for name in before:
        assert now[1][name] == before[name], name
    assert hub("move", "--erase-old", "--yes", "--data", data).returncode == 0
    assert not (data / "hub.moved.db").exists()
    moved("sqlite")
    now = exported(), rows()
    assert now[0] == first
    for name in before:
        assert now[1][name] == before[name], name
    assert hub("move", "--erase-old", "--yes", "--data", data).returncode == 0
    left = server().sql(
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", database=address.parameters["dbname"]
    )
    assert left == "0"
    moved(str(address))
    assert exported() == first
