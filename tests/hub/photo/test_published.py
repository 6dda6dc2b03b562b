"""What is published was looked at, and bears the camera's place and the day, and nothing else; it goes when it must."""

import ast
import json
import subprocess
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from hub.errors import BadInput, StoreError
from hub.ingest.undo import arrivals, find
from hub.photo.complaints import complain, decide
from hub.photo.published import export, published_copy
from hub.publish.geojson import export as export_map
from hub.service import RunningHub, Settings
from hub.web.pictures import PictureState
from probe.contract.sighting import Box, Place, PrivateDwellingClaim, Strength
from probe.redact.geotag import PictureTags, geotagged
from tests import panoramax
from tests.examples import WALK_B
from tests.hub.cli.test_folders import run
from tests.hub.photo.world import World, jpeg_of, noise, photo, sha

ONE, TWO = (jpeg_of(noise(seed)) for seed in (21, 22))
DAY = date(2026, 5, 9)
ROOT = Path(__file__).parents[3]
PLACE = Place(lat=47.1234567, lon=-17.7654321, accuracy_m=4.0)


def tags(jpeg: bytes) -> dict[int, object]:
    exif = Image.open(BytesIO(jpeg)).getexif()
    return {**exif, **exif.get_ifd(0x8769), **exif.get_ifd(0x8825)}


def segments(jpeg: bytes) -> list[int]:
    """The markers before the scan."""
    at, found = 2, []
    while jpeg[at + 1] != 0xDA:
        found.append(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return found


def test_a_copy_has_the_place_and_the_day_alone() -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x0110] = "a secret place", "a secret camera"
    exif.get_ifd(0x8825)[17] = 123.0
    copy = published_copy(jpeg_of(noise(21), exif=exif, comment=b"a secret word"), PLACE, DAY)
    assert b"secret" not in copy
    found = tags(copy)
    # versions, size, position, the day: no bearing, no hour, no accuracy, no maker
    assert set(found) == {0x8769, 0x8825, 0x9000, 0xA002, 0xA003, 0, 1, 2, 3, 4, 18, 29}
    assert found[29] == "2026:05:09"
    assert [marker for marker in segments(copy) if marker >= 0xE0] == [0xE1, 0xE1], "EXIF and XMP, no application's own"
    assert b"2026-05-09" in copy


def test_panoramaxs_own_reader_finds_no_time_of_day_in_it(tmp_path: Path) -> None:
    """It takes no picture without one, and we make none up."""
    if not panoramax.is_here():
        pytest.skip("Panoramax's reader was not fetched: make setup, with a network")
    (tmp_path / "a.jpg").write_bytes(published_copy(ONE, PLACE, DAY))
    with pytest.raises(subprocess.CalledProcessError) as refused:
        panoramax.read(tmp_path / "a.jpg")
    assert "No valid date in picture EXIF tags" in refused.value.stderr
    tags = PictureTags(place=PLACE, taken=datetime(2026, 5, 9, tzinfo=UTC))
    with_time = geotagged(published_copy(ONE, PLACE, DAY), tags)
    (tmp_path / "b.jpg").write_bytes(with_time)
    read = panoramax.read(tmp_path / "b.jpg")
    assert (read["lat"], read["heading"]) == (pytest.approx(47.123457, abs=1e-6), None), "that alone is in the way"


def test_only_what_was_looked_at_is_written_and_a_private_dwelling_never(world: World, tmp_path: Path) -> None:
    world.take(ONE, TWO)
    home = jpeg_of(noise(23))
    private = photo(home, walk=WALK_B, observer=(900.0, 0.0))
    claim = PrivateDwellingClaim(value=True, strength=Strength.STRONG)
    private = msgspec.structs.replace(private, claims=(*private.claims, claim))
    world.send([world.walker.sealer().sighting(private), world.picture_unit(home)])
    store, gallery = world.hub.store, world.gallery()
    cameras = world.deriver().cameras()
    assert export(store, cameras, tmp_path) == []
    for jpeg in (ONE, home):
        gallery.look(sha(jpeg))
    (path,) = export(store, cameras, tmp_path)
    assert path.name == f"{cameras[0].camera.id}-{sha(ONE)[:12]}.jpg"
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_file()) == [path.name]
    assert sha(ONE).encode() not in export_map(cameras, everything=True), "the map has no photos"
    with pytest.raises(BadInput, match="no such folder"):
        export(store, cameras, tmp_path / "nowhere")


def test_a_published_copy_goes_when_its_picture_is_covered_hidden_or_deleted(world: World, tmp_path: Path) -> None:
    world.take(ONE)
    store, gallery, cameras = world.hub.store, world.gallery(), world.deriver().cameras()

    def published() -> Path:
        if gallery.require(sha(ONE)).standing != "looked":
            gallery.look(sha(ONE))
        (path,) = export(store, cameras, tmp_path)
        assert path.is_file()
        return path

    path = published()
    gallery.cover(sha(ONE), [Box(left=0, top=0, width=0.2, height=0.2)])
    assert not path.exists()
    path = published()
    complaint = complain(store, gallery, about="me", pictures=[sha(ONE)])
    assert not path.exists()
    decide(store, gallery, complaint.number, "nobody is on it", delete=False)
    path = published()
    path.write_bytes(b"another file by now")
    gallery.delete(sha(ONE))
    assert path.read_bytes() == b"another file by now", "what is no copy of ours is left alone"


def test_a_complaint_hides_at_once_and_keeps_no_contact(world: World) -> None:
    taken = world.take(ONE, TWO)
    store, gallery = world.hub.store, world.gallery()
    gallery.look(sha(ONE))
    first = complain(
        store, gallery, about="me at the window", sightings=[taken.id], day=DAY, contact="+33 6 11 22 33 44"
    )
    assert set(first.pictures) == {sha(ONE), sha(TWO)}
    (camera,) = world.deriver().cameras()
    assert [one.state for one in gallery.of_camera(camera.camera.id)] == [PictureState.HIDDEN] * 2
    with pytest.raises(BadInput, match="complaint about this picture is open"):
        gallery.look(sha(ONE))
    second = complain(store, gallery, about="my car", pictures=[sha(ONE)])
    assert [one.contact for one in store.complaints.listed()] == ["+33 6 11 22 33 44", None]
    decide(store, gallery, first.number, "nobody can be made out", delete=False)
    assert gallery.require(sha(ONE)).standing == "hidden", "another complaint is open"
    assert gallery.require(sha(TWO)).standing == "new", "to be looked at again"
    assert not any(b"11 22 33 44" in path.read_bytes() for path in world.hub.path.iterdir() if path.is_file())
    decide(store, gallery, second.number, "deleted", delete=True)
    assert gallery.jpeg(sha(ONE)) is None
    assert store.complaints.listed() == []
    assert [one.decision for one in store.complaints.listed(closed=True)] == ["nobody can be made out", "deleted"]


def test_a_complaint_about_another_day_hides_nothing_and_bad_ones_are_refused(world: World) -> None:
    taken = world.take(ONE)
    store, gallery = world.hub.store, world.gallery()
    assert complain(store, gallery, about="x", sightings=[taken.id], day=date(2026, 5, 8)).pictures == ()
    for about, pictures, said in (("  ", [], "say what"), ("x" * 2000, [], "letters"), ("x", ["f" * 64], "no picture")):
        with pytest.raises(BadInput, match=said):
            complain(store, gallery, about=about, pictures=pictures)
    with pytest.raises(BadInput, match="no open complaint 7"):
        decide(store, gallery, 7, "x", delete=False)
    with pytest.raises(BadInput, match="what was decided"):
        decide(store, gallery, 1, " ", delete=False)


def test_nothing_else_on_the_hub_takes_a_pictures_octets() -> None:
    """The operator's page and commands by the gallery, and what publishes, which asks whether somebody has looked."""
    may = ("hub/photo/", "hub/store/", "hub/web/picture_pages.py", "hub/cli/photos.py")
    takers = set()
    for path in sorted((ROOT / "hub").rglob("*.py")):
        named = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        if named & {"jpeg", "picture"}:
            takers.add(path.relative_to(ROOT).as_posix())
    others = {place for place in takers if not place.startswith(may)}
    comes_in = {"hub/ingest/receive.py", "hub/log/events.py", "hub/upload/photos.py"}
    # To everybody: what was released and looked at, which tests/hub/test_shared_map.py tries.
    shared = {"hub/front/parts.py", "hub/web/pages/shared.py"}
    assert others == comes_in | shared


def test_a_copy_that_cannot_be_deleted_is_told_and_tried_again(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, **_: bool) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    world.take(ONE)
    store, gallery, cameras = world.hub.store, world.gallery(), world.deriver().cameras()
    gallery.look(sha(ONE))
    (path,) = export(store, cameras, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refused)
        with pytest.raises(StoreError, match="is covered, but a published copy could not be deleted"):
            gallery.cover(sha(ONE), [Box(left=0, top=0, width=0.2, height=0.2)])
        with pytest.raises(StoreError, match="is private again, but a published copy"):
            gallery.take_back(sha(ONE))
        complain(store, gallery, about="me", pictures=[sha(ONE)])
    assert path.is_file()
    assert [copy.path for copy in store.complaints.published(sha(ONE))] == [str(path)], "nobody knew of it any more"
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refused)
        with pytest.raises(StoreError, match="is deleted, but a published copy"):
            gallery.delete(sha(ONE))
    assert gallery.jpeg(sha(ONE)) is None
    assert gallery.withdraw_published(sha(ONE)) == []
    assert not path.exists()


@pytest.fixture
def copy(world: World, tmp_path: Path) -> Path:
    """A copy of a picture that was published."""
    world.take(ONE)
    world.gallery().look(sha(ONE))
    folder = tmp_path / "published"
    folder.mkdir()
    (path,) = export(world.hub.store, world.deriver().cameras(), folder)
    return path


@pytest.mark.engines
@pytest.mark.parametrize("command", ["forget", "undo"])
def test_a_published_copy_goes_with_the_walk_that_is_erased(world: World, copy: Path, command: str) -> None:
    (walk,) = [one.name for one in arrivals(world.hub.store)]
    told = run(command, walk, "--yes", "--json", "--data", world.hub.path)
    assert told.exit_code == 0, told.output
    assert world.hub.store.counts().pictures == 0
    assert not copy.exists(), "whoever left is still on the street's page"


@pytest.mark.parametrize("command", ["forget", "undo"])
def test_what_erases_names_a_published_copy_that_it_cannot_delete(
    world: World, copy: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, **_: bool) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    (walk,) = [one.name for one in arrivals(world.hub.store)]
    monkeypatch.setattr(Path, "unlink", refused)
    told = run(command, walk, "--yes", "--json", "--data", world.hub.path)
    assert str(copy) in json.loads(told.stdout)["left"]


def test_a_hub_that_runs_deletes_the_copies_of_what_is_erased(world: World, copy: Path) -> None:
    with RunningHub(Settings(data=world.hub.path)) as running:
        running._keep_house()
        assert copy.exists()
        _, undoing = find(running.folder.store, arrivals(running.folder.store)[0].name)
        running.folder.store.undo(undoing)
        running._keep_house()
        assert not copy.exists()


@pytest.mark.engines
def test_a_complaint_hides_also_what_somebody_looks_at_in_that_moment(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.take(ONE)
    store, gallery = world.hub.store, world.gallery()
    stand = store.pictures.stand

    def meanwhile(*said: Any) -> None:
        complain(store, gallery, about="me", pictures=[sha(ONE)])
        stand(*said)

    monkeypatch.setattr(store.pictures, "stand", meanwhile)
    with pytest.raises(BadInput, match="complaint about this picture is open"):
        gallery.look(sha(ONE))
    assert gallery.require(sha(ONE)).standing == "hidden", "it is shown before anybody has decided"
    (first,) = store.complaints.listed()
    decide(store, gallery, first.number, "nobody is on it", delete=False)
    assert gallery.require(sha(ONE)).standing == "hidden", "another one came as that was decided"
    monkeypatch.undo()
    (second,) = store.complaints.listed()
    decide(store, gallery, second.number, "nobody is on it", delete=False)
    assert gallery.require(sha(ONE)).standing == "new"
