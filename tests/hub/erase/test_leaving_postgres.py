"""A volunteer leaves a hub whose log lies in PostgreSQL: nothing of theirs is in the hub's folder, nor in any table's
file of the server."""

from pathlib import Path

from hub.data import make_hub
from tests.hub.cli.test_folders import run
from tests.hub.erase.test_leaving import NAME, leave_traces
from tests.hub.photo.world import World, octets_in
from tests.postgres import server


def test_nothing_of_a_probe_that_is_forgotten_is_left_in_a_table_or_the_folder(tmp_path: Path) -> None:
    address, folder = server().give(tmp_path / "hub"), tmp_path / "hub"

    def there(canary: bytes) -> bool:
        server().sql("CHECKPOINT")
        return bool(octets_in(server().data / "base", [canary]) or octets_in(folder, [canary]))

    with make_hub(folder) as hub:
        canaries, others = leave_traces(World(hub))
        server().sql("ANALYZE", database=address.parameters["dbname"])
        assert [one for one in canaries if not there(one)] == [], "never there: this test would see nothing of it"
        run("forget", NAME, "--yes", "--data", folder)
        assert [one for one in canaries if there(one)] == []
        assert hub.store.count() == len(others)
