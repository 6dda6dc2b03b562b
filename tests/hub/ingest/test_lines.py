"""Plain sightings that the operator imports: once, whatever is imported again; the first with an id stays."""

import hashlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hub.ingest.lines import import_lines
from hub.ingest.undo import find
from hub.log.events import Batch, NewSighting, NewWithdrawal, Origin
from hub.store.chosen import open_store
from hub.store.sql.store import SqlStore
from probe.contract.envelope import encode
from probe.contract.sighting import Sighting
from tests.examples import look, radio

pytestmark = pytest.mark.engines


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = open_store(tmp_path / "hub")
    yield store
    store.close()


def lines(folder: Path, *sightings: Sighting, name: str = "s.jsonl") -> Path:
    path = folder / name
    path.write_bytes(b"".join(encode(one) + b"\n" for one in sightings))
    return path


def newer(sighting: Sighting) -> Sighting:
    """The same, as the next release of the program writes it."""
    return msgspec.structs.replace(sighting, made=msgspec.structs.replace(sighting.made, software="next"))


def bodies(store: SqlStore) -> list[bytes]:
    return [row.body for row in store.read()]


def test_good_lines_are_stored_and_bad_ones_told_by_number(store: SqlStore, tmp_path: Path) -> None:
    one, two = radio(), look()
    (tmp_path / "s.jsonl").write_bytes(b"\n".join([encode(one), b"{}", encode(two), b"", encode(one)]))
    report = import_lines(tmp_path / "s.jsonl", store)
    assert (report.stored, report.doubles, report.refused) == (2, 1, 1)
    assert "line 2" in report.troubles[0]
    assert {(row.origin, row.import_number) for row in store.read()} == {("operator", 1)}


def test_a_mark_at_the_files_start_is_no_part_of_the_first_line(store: SqlStore, tmp_path: Path) -> None:
    path = lines(tmp_path, look())
    path.write_bytes(BOM_UTF8 + path.read_bytes())
    assert import_lines(path, store).stored == 1


def test_the_same_file_again_says_so_and_adds_nothing(store: SqlStore, tmp_path: Path) -> None:
    path = lines(tmp_path, radio(), look())
    first = import_lines(path, store)
    again = import_lines(path.rename(tmp_path / "other-name.jsonl"), store)
    assert (first.stored, first.import_number, first.notes) == (2, 1, [])
    assert (again.stored, again.doubles, again.import_number, again.troubles) == (0, 2, None, [])
    assert "as import-1" in again.notes[0]
    (one,) = store.imports()
    assert (one.file, one.sha256) == ("s.jsonl", hashlib.sha256((tmp_path / "other-name.jsonl").read_bytes()).digest())


def test_an_import_that_was_broken_off_goes_on_where_it_was(store: SqlStore, tmp_path: Path) -> None:
    some = [look(observer=(n * 30.0, 0.0)) for n in range(3)]
    path = lines(tmp_path, *some)
    number = store.begin_import(path.name)
    body = encode(some[0])
    new = NewSighting(id=some[0].id, hash=hashlib.sha256(body).digest(), body=body, origin=Origin.OPERATOR)
    store.append(Batch(sightings={new.id: new}, import_number=number))
    report = import_lines(path, store)
    assert (report.stored, report.doubles, report.notes) == (2, 1, [])
    assert [one.sha256 is None for one in store.imports()] == [False, True]


@pytest.mark.parametrize("at_once", [True, False])
def test_the_first_with_an_id_stays_and_another_is_refused(at_once: bool, store: SqlStore, tmp_path: Path) -> None:
    first = look()
    other = msgspec.structs.replace(look(bearing_deg=10.0), id=first.id)
    if at_once:
        report = import_lines(lines(tmp_path, first, other, first), store)
        assert report.stored == 1
    else:
        import_lines(lines(tmp_path, first), store)
        report = import_lines(lines(tmp_path, other, first), store)
        assert report.stored == 0
    assert (report.doubles, report.refused) == (1, 1)
    assert "another sighting has this id" in report.troubles[0]
    assert f"line {2 if at_once else 1}" in report.troubles[0]
    assert bodies(store) == [encode(first)]


def test_the_same_from_a_newer_release_is_no_other(store: SqlStore, tmp_path: Path) -> None:
    one = radio()
    import_lines(lines(tmp_path, one), store)
    report = import_lines(lines(tmp_path, newer(one), newer(one)), store)
    assert (report.stored, report.doubles, report.refused) == (0, 2, 0)
    assert bodies(store) == [encode(one)]


def test_what_was_undone_stays_away_until_asked_for_again(store: SqlStore, tmp_path: Path) -> None:
    known, some = radio(), [look(), look(observer=(60.0, 0.0))]
    import_lines(lines(tmp_path, known), store)
    path = lines(tmp_path, *some, known, name="walk.jsonl")
    assert import_lines(path, store).import_number == 2
    store.undo(find(store, "import-2")[1])
    assert bodies(store) == [encode(known)]
    refused = import_lines(path, store)
    assert (refused.stored, refused.undone, refused.doubles) == (0, 2, 1)
    assert "--again" in refused.troubles[0]
    assert bodies(store) == [encode(known)]
    generation = store.generation()
    again = import_lines(path, store, again=True)
    assert (again.stored, again.undone, again.import_number, again.troubles) == (2, 0, 3, [])
    assert store.generation() > generation, "whoever has read the log has to read it again"
    assert [(row.seq, row.import_number) for row in store.read()] == [(1, 1), (2, 3), (3, 3)]
    store.undo(find(store, "import-3")[1])
    assert bodies(store) == [encode(known)]


def test_what_its_probe_has_withdrawn_cannot_be_imported(store: SqlStore, tmp_path: Path) -> None:
    one = look()
    body = encode(one)
    new = NewSighting(id=one.id, hash=bytes(32), body=body, origin=Origin.PROBE, sender="p")
    store.append(Batch(sightings={one.id: new}))
    store.append(Batch(withdrawals={"w": NewWithdrawal(id="w", hash=bytes(32), sender="p", sightings=(one.id,))}))
    report = import_lines(lines(tmp_path, one), store, again=True)
    assert (report.stored, report.refused) == (0, 1)
    assert "erased before (withdrawn)" in report.troubles[0]
    assert bodies(store) == []
