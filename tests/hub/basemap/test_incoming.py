"""Extracts on their way in: in portions, as large as was said and no larger, one at a time."""

from pathlib import Path

import pytest

from hub.basemap.incoming import Incoming
from hub.errors import BadInput, StoreError
from tests.hub.basemap.disk import small_disk


@pytest.fixture
def incoming(tmp_path: Path) -> Incoming:
    return Incoming(tmp_path)


def test_portions_become_a_file_also_where_one_is_sent_twice(incoming: Incoming) -> None:
    number = incoming.begin("Île de France (nord).osm.pbf", 10)
    assert incoming.add(number, 0, b"01234") == 5
    assert incoming.add(number, 0, b"01234") == 5, "it came twice, and is taken once"
    assert incoming.add(number, 9, b"9") == 5, "it came too early"
    with pytest.raises(BadInput, match="has not come whole"):
        incoming.finish(number)
    assert incoming.add(number, 5, b"567890123") == 5, "it is more than was said"
    assert incoming.add(number, 5, b"56789") == 10
    whole = incoming.finish(number)
    assert whole.read_bytes() == b"0123456789"
    assert whole.parent == incoming.folder
    assert whole.name.startswith("Île-de-France-nord")
    assert whole.stat().st_mode & 0o077 == 0
    with pytest.raises(BadInput, match="this upload is over"):
        incoming.add(number, 10, b"")


@pytest.mark.parametrize("name", ["../../etc/passwd.osm.pbf", "/.osm.pbf", ".osm.pbf", "a\0b\n.osm.pbf", "..osm.pbf"])
def test_a_name_leads_nowhere_else(incoming: Incoming, name: str) -> None:
    number = incoming.begin(name, 1)
    incoming.add(number, 0, b"x")
    whole = incoming.finish(number)
    assert whole.parent == incoming.folder
    assert [one.name for one in incoming.waiting()] == [whole.name]


def test_what_cannot_be_is_refused_before_an_octet_comes(incoming: Incoming) -> None:
    with pytest.raises(BadInput, match=r"ends in \.osm\.pbf"):
        incoming.begin("walk.gpx", 10)
    with pytest.raises(BadInput, match="more than this makes a map of"):
        incoming.begin("planet.osm.pbf", 90 << 30)
    with pytest.raises(BadInput):
        incoming.begin("nothing.osm.pbf", 0)
    assert incoming.waiting() == []


def test_what_the_disk_would_not_hold_is_refused_before_an_octet_comes(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "size=80m") as disk:
        Incoming(disk).begin("town.osm.pbf", 100_000)
        with pytest.raises(StoreError, match="106 MB are needed for it and its making, and 84 MB are free"):
            Incoming(disk).begin("region.osm.pbf", 3_000_000)


def test_a_new_upload_takes_the_place_of_one_that_was_left(incoming: Incoming, tmp_path: Path) -> None:
    first = incoming.begin("one.osm.pbf", 10)
    second = incoming.begin("two.osm.pbf", 10)
    with pytest.raises(BadInput, match="another has taken its place"):
        incoming.add(first, 0, b"x")
    incoming.add(second, 0, b"x")
    later = Incoming(tmp_path)
    later.clear()
    assert list(later.folder.iterdir()) == []


def test_only_extracts_in_the_folder_are_found(incoming: Incoming, tmp_path: Path) -> None:
    assert incoming.waiting() == []
    incoming.folder.mkdir()
    (tmp_path / "outside.osm.pbf").write_bytes(b"secret")
    (incoming.folder / "link.osm.pbf").symlink_to(tmp_path / "outside.osm.pbf")
    (incoming.folder / "notes.txt").touch()
    (incoming.folder / "town.osm.pbf").write_bytes(b"123")
    assert [(one.name, one.octets) for one in incoming.waiting()] == [("town.osm.pbf", 3)]
    assert incoming.find("town.osm.pbf").name == "town.osm.pbf"
    for name in ("link.osm.pbf", "../outside.osm.pbf", "", "nowhere.osm.pbf"):
        with pytest.raises(BadInput, match="no such extract"):
            incoming.find(name)
