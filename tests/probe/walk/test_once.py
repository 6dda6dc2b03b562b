"""A recording counts once: the same recording gives the same ids, and goes into an outbox once."""

import json
import os
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from probe.contract.sighting import Kind, Sighting
from probe.importer.sightings import ImportedLog
from probe.outbox.outbox import Outbox
from probe.walk.making import RecordedIds, combined, digest_of, id_of, one_digest
from probe.walk.outcome import Outcome
from probe.walk.recorded import RecordedWalk, Recording, replay
from tests.examples import look
from tests.paired import pair
from tests.probe.camera.compose import photo
from tests.probe.importer.compose import APP, app, camera
from tests.probe.radio.compose import beacon, pcap, radiotap
from tests.processes import probe

WALK = Path(__file__).parents[3] / "hub" / "demo" / "data" / "walk-1"
PHOTOS = WALK / "photos"


def replayed(**recording: object) -> list[Sighting]:
    return list(replay(Recording(**recording), Outcome()))  # type: ignore[arg-type]


def ids(sightings: list[Sighting], kind: Kind | None = None) -> set[str]:
    return {sighting.id for sighting in sightings if kind in (None, sighting.kind)}


@pytest.fixture(scope="module")
def walk() -> list[Sighting]:
    return replayed(frames=(WALK / "frames.pcap",), track=WALK / "track.nmea", photos=PHOTOS)


def test_the_same_walk_gives_the_same_sightings(walk: list[Sighting]) -> None:
    again = replayed(frames=(WALK / "frames.pcap",), track=WALK / "track.nmea", photos=PHOTOS)
    assert again == walk
    assert len(ids(walk)) == len(walk) > 80
    assert {len(one) for one in ids(walk)} == {32}


def test_another_track_is_another_walk(walk: list[Sighting], tmp_path: Path) -> None:
    track = tmp_path / "track.nmea"
    track.write_bytes((WALK / "track.nmea").read_bytes() + b"\n")
    other = replayed(frames=(WALK / "frames.pcap",), track=track)
    assert not ids(other) & ids(walk)
    assert not {one.walk for one in other} & {one.walk for one in walk}
    composed = replayed(frames=(WALK / "frames.pcap",), track=WALK / "track.nmea", composed=True)
    assert not ids(composed) & ids(walk)


def test_a_photo_more_changes_no_other_sighting(walk: list[Sighting], tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    first, *rest = sorted(PHOTOS.iterdir())
    for path in rest:
        shutil.copy(path, folder / f"renamed-{path.name}")
    fewer = replayed(frames=(WALK / "frames.pcap",), track=WALK / "track.nmea", photos=folder)
    assert ids(fewer, Kind.RADIO) == ids(walk, Kind.RADIO)
    assert len(ids(walk, Kind.PIN) - ids(fewer, Kind.PIN)) == 1
    assert {one.walk for one in fewer} == {one.walk for one in walk}
    alone = replayed(photos=folder)
    assert ids(alone, Kind.PIN) == ids(fewer, Kind.PIN), "a photo is one look, with whatever else it is replayed"
    assert len({one.walk for one in alone}) == 1
    assert first.exists()


def test_a_capture_that_is_named_twice_counts_once(tmp_path: Path) -> None:
    frames = tmp_path / "a.pcap"
    frames.write_bytes(pcap([radiotap(beacon())]))
    copy = Path(shutil.copy(frames, tmp_path / "b.pcap"))
    outcome = Outcome()
    twice = list(replay(Recording(frames=(frames, copy, frames)), outcome))
    assert twice == replayed(frames=(frames,))
    assert outcome.frames == 1
    assert outcome.notes == [f"{copy}: the same as a capture that was named before; it counts once"]


def test_a_photo_under_two_names_goes_into_an_outbox_once(tmp_path: Path, outbox: Path) -> None:
    first = photo(tmp_path / "photos" / "BURST001_COVER.jpg")
    shutil.copy(first, first.with_name("BURST001.jpg"))
    photo(first.with_name("other.jpg"), model="other")
    kept = probe("replay", "--photos", first.parent, "--outbox", outbox)
    assert (kept.returncode, queued(outbox)) == (0, 2)
    assert "1 sightings in the outbox already, left out" in kept.stdout


def test_a_pipe_cannot_be_known_again(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    octets = pcap([radiotap(beacon())])
    found = []
    for _ in range(2):
        writer = threading.Thread(target=lambda: pipe.write_bytes(octets))
        walk = RecordedWalk(Recording(frames=(pipe,)), Outcome())
        assert walk.parts() == [None]
        writer.start()
        found.append(ids(list(walk.sightings())))
        writer.join()
    assert found[0]
    assert not found[0] & found[1]


def test_digests(tmp_path: Path) -> None:
    one, other = tmp_path / "a", tmp_path / "b"
    one.write_bytes(b"x" * (3 << 20))
    other.write_bytes(b"y")
    first, second = digest_of(one), digest_of(other)
    assert one_digest([first, second]) == one_digest([second, first]) != one_digest([first])
    assert one_digest([first, digest_of(tmp_path)]) is None
    assert digest_of(tmp_path / "nowhere") is None
    assert combined(b"ab", b"c") != combined(b"a", b"bc") != combined(b"abc")
    assert id_of(b"a") == combined(b"a")[:16].hex()


def test_ids_come_from_what_they_are_of_not_from_how_many_came_before() -> None:
    first, second = RecordedIds(b"content"), RecordedIds(b"content")
    a, b = first.new(b"a"), first.new(b"b")
    assert (second.new(b"b"), second.new(b"a"), first.walk) == (b, a, second.walk)
    assert first.new(b"a") == second.new(b"a") != a
    assert RecordedIds(b"other").new(b"a") != a
    assert RecordedIds(None).new(b"a") != RecordedIds(None).new(b"a")


def test_an_imported_log_has_the_ids_of_its_content(tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    for path in (first, second):
        path.write_text(APP + app() + app(camera(2)))
    found = [list(ImportedLog(path, Outcome()).sightings()) for path in (first, second)]
    assert found[0] == found[1]
    second.write_text(APP + app(camera(2)) + app())
    assert not ids(list(ImportedLog(second, Outcome()).sightings())) & ids(found[0])


def queued(outbox: Path) -> int:
    """How many sightings wait; of pictures there are as many as can be made here."""
    with Outbox(outbox) as box:
        return len(box.waiting(limit=999))


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    path = tmp_path / "walk.db"
    pair(path, tmp_path / "hub")
    return path


def test_a_log_goes_into_an_outbox_once(tmp_path: Path, outbox: Path) -> None:
    path = tmp_path / "walk.csv"
    path.write_text(APP + app() + app(camera(2)) + "short\n")
    first = probe("import", path, "--outbox", outbox)
    assert (first.returncode, queued(outbox)) == (2, 2)
    again = probe("import", path, "--outbox", outbox)
    assert (again.returncode, queued(outbox)) == (0, 2)
    assert f"{path}: in {outbox} already; nothing was added" in again.stdout
    told = json.loads(probe("import", path, "--outbox", outbox, "--json").stdout)
    assert (told["sightings"], told["troubles"]) == (0, [])
    assert "nothing was added" in told["notes"][0]
    assert probe("import", path, "--outbox", outbox, "--again").returncode == 2
    assert queued(outbox) == 4


def test_a_walk_goes_into_an_outbox_once_and_what_is_new_of_it_does(tmp_path: Path, outbox: Path) -> None:
    frames, folder = tmp_path / "air.pcap", tmp_path / "photos"
    frames.write_bytes(pcap([radiotap(beacon())]))
    folder.mkdir()
    one, other, *_ = sorted(PHOTOS.iterdir())
    shutil.copy(one, folder)
    words = ("replay", "--frames", frames, "--photos", folder, "--outbox", outbox)
    assert (probe(*words).returncode, queued(outbox)) == (0, 2)
    again = probe(*words)
    assert (again.returncode, queued(outbox)) == (0, 2)
    assert "nothing was added" in again.stdout
    shutil.copy(other, folder)
    more = probe(*words)
    assert (more.returncode, queued(outbox)) == (0, 3)
    assert "2 sightings in the outbox already, left out" in more.stdout
    assert probe(*words, "--speed", "1000").returncode == 0
    assert queued(outbox) == 3


def test_what_an_outbox_remembers_is_bounded_and_says_nothing_by_itself(tmp_path: Path) -> None:
    path, content = tmp_path / "o.db", [combined(bytes([number])) for number in range(20)]
    pair(path, tmp_path / "hub")
    with Outbox(path, most_recordings=5) as box:
        assert not box.has_recording(content[0])
        for one in content:
            box.add([look()], [one])
            box.add([], [one])
        assert [box.has_recording(one) for one in content] == [False] * 15 + [True] * 5
    kept = path.read_bytes()
    assert not any(one[:16] in kept or one.hex().encode() in kept for one in content)
    db = sqlite3.connect(path)
    assert db.execute("SELECT count(*), max(length(mark)) FROM recording").fetchone() == (5, 16)
    db.close()


def test_an_outbox_of_the_version_before_is_moved_on(tmp_path: Path, outbox: Path) -> None:
    db = sqlite3.connect(outbox, isolation_level=None)
    db.execute("DROP TABLE recording")
    db.execute("PRAGMA user_version = 2")
    db.close()
    with Outbox(outbox) as box:
        box.add([look()], [b"x" * 32])
        assert box.has_recording(b"x" * 32)
        assert box.standing().queued == 1
