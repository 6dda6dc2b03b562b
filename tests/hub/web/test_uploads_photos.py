"""Photos that are dropped on the page: no octet of them is written, no picture is kept where people may be on it."""

import hashlib
import os
import re
import shutil
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from hub.upload import photos
from hub.upload.outcome import Outcome
from probe.contract.envelope import decode_sighting
from probe.contract.sighting import Kind, PhotoNotKept, SubjectHow
from probe.redact.redactor import FILL
from probe.redact.selftest import FACES, drawn_faces
from tests.hub.photo.world import octets_in
from tests.hub.web.bringing import DROP, Bringing, bringing, phone_photo
from tests.patience import ran

PLACE = {"lat": "47.1", "lon": "-17.1"}
SERVING = """
import sys
from pathlib import Path
from tests.hub.web.bringing import bringing, phone_photo
with bringing(Path(sys.argv[1]) / "hub") as at:
    assert at.photo(phone_photo(7))["pictures"] == 1
    assert at.photo(phone_photo(8, place=None))["needs_place"]
    assert at.photo(b"\\xff\\xd8\\xff" + bytes(3 << 20))["taken"] is False
"""


@pytest.fixture
def at(tmp_path: Path) -> Any:
    with bringing(tmp_path / "hub") as hub:
        yield hub


def canaries(photo: bytes) -> list[bytes]:
    """Pieces of a photo that stand in nothing else: chance does not make 32 octets."""
    return [photo[place : place + 32] for place in range(2000, len(photo) - 32, 1999)]


def sightings(at: Bringing) -> list[Any]:
    return [decode_sighting(row.body) for row in at.hub.store.read()]


def faces_photo() -> bytes:
    out = BytesIO()
    Image.fromarray(drawn_faces(FACES)).save(out, "JPEG", quality=92)
    return out.getvalue()


def test_a_photo_becomes_a_sighting_with_pictures_and_leaves_nothing_else(at: Bringing, tmp_path: Path) -> None:
    photo = phone_photo()
    came = at.photo(photo, name="IMG_1.jpg")
    assert came["said"] == ["The photo is taken in, without the people on it."]
    (sighting,) = sightings(at)
    assert (sighting.kind, sighting.walk, sighting.subject.bearing_deg) == (Kind.PHOTO, DROP, 90.0)
    assert (round(sighting.observer.lat, 4), round(sighting.observer.lon, 4)) == (47.0, -17.0)
    picture = at.hub.store.picture(sighting.photo.content_sha256)
    assert picture is not None
    assert hashlib.sha256(picture).hexdigest() == sighting.photo.content_sha256
    assert octets_in(tmp_path, canaries(photo)) == []
    # What the test would find if it were there:
    assert octets_in(tmp_path, canaries(picture)) != []
    assert at.photo(photo)["said"] == ["This photo was taken in before; it adds nothing."]


def test_faces_are_gone_from_what_is_kept(at: Bringing) -> None:
    at.photo(faces_photo(), **PLACE)
    (sighting,) = sightings(at)
    picture = at.hub.store.picture(sighting.photo.content_sha256)
    assert picture is not None
    pixels = np.asarray(Image.open(BytesIO(picture)).convert("L")).astype(int)
    for x, y, _ in FACES:
        assert abs(pixels[y, x] - FILL) <= 4


def test_a_photo_without_a_place_waits_for_a_marker_and_nothing_is_kept_of_it(at: Bringing, tmp_path: Path) -> None:
    photo = phone_photo(3, place=None)
    came = at.photo(photo)
    assert (came["needs_place"], came["stored"]) == (True, 0)
    assert "Put the marker where the camera hangs." in came["said"][0]
    assert at.hub.store.imports() == []
    assert octets_in(tmp_path, canaries(photo)) == []
    assert at.photo(photo, **PLACE)["stored"] == 1
    (sighting,) = sightings(at)
    assert (sighting.subject.how, sighting.observer) == (SubjectHow.MARKED, None)
    assert sighting.time is None


def test_the_photos_of_one_drop_are_taken_back_together(at: Bringing) -> None:
    first, second = at.photo(phone_photo(1)), at.photo(phone_photo(2))
    assert first["undo"] == second["undo"]
    assert at.client.post("/add/undo", json={"name": first["undo"]}).json()["erased"] == 2
    assert at.hub.store.counts().pictures == 0
    assert at.photo(phone_photo(1))["taken_back"]
    again = at.photo(phone_photo(1), again="1")
    assert (again["stored"], at.hub.store.count()) == (1, 1)
    assert again["undo"] != first["undo"]
    picture = sightings(at)[0].photo.content_sha256
    assert at.hub.store.picture(picture) is not None


def broken(folder: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let the process that looks through photos find another OpenCV."""
    (folder / "broken").mkdir()
    (folder / "broken" / "cv2.py").write_text(program)
    monkeypatch.setenv("PYTHONPATH", f"{folder / 'broken'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")


def test_without_a_detector_a_pin_is_kept_and_no_picture(
    at: Bringing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(tmp_path, monkeypatch, "raise ImportError('gone', name='cv2')")
    came = at.photo(phone_photo())
    assert came["said"][:2] == [
        "No picture is kept, only that a camera is there.",
        "What takes people out of pictures is missing on this hub.",
    ]
    assert came["said"][2].startswith("cv2 is not installed")
    (sighting,) = sightings(at)
    assert (sighting.kind, sighting.pin.photo_not_kept) == (Kind.PIN, PhotoNotKept.NO_REDACTOR)
    assert at.hub.store.counts().pictures == 0


def test_a_photo_that_crashes_the_process_leaves_nothing_and_the_next_comes(
    at: Bringing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        broken(tmp_path, patch, "import os; os.abort()")
        came = at.photo(phone_photo())
        assert "broke the program that looks for people" in came["said"][0]
        assert at.hub.store.count() == 0
    assert not list(Path.cwd().glob("core*"))
    assert at.photo(phone_photo())["stored"] == 1


LIES = {
    "text": (b"hello, I am a photo", "not a photo"),
    "half a photo": (phone_photo()[:20_000], "cut short"),
    "a head alone": (b"\xff\xd8\xff\xe0", "photo"),
    "noughts": (b"\xff\xd8\xff" + bytes(100_000), "photo"),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_no_whole_photo_leaves_no_picture(at: Bringing, lie: str) -> None:
    data, why = LIES[lie]
    came = at.photo(data, **PLACE)
    assert why in came["said"][-1]
    assert at.hub.store.counts().pictures == 0


def test_a_picture_that_its_sighting_does_not_name_is_not_kept(at: Bringing) -> None:
    """The process may be taken over by what it decodes."""
    at.photo(phone_photo())
    (row,) = at.hub.store.read()
    other = photos._Picture(b"\xff\xd8 another")
    answer = photos._Line(sighting=msgspec.Raw(row.body), pictures=(other,))
    drops = photos.PhotoDrops(at.hub.store)
    told = photos._keep(answer, photos.PhotoWanted(walk=DROP, again=True), drops)
    assert told == Outcome(said=told.said)
    assert told.said[0].code == "upload_photo_crashed"
    elsewhere = photos._keep(answer, photos.PhotoWanted(walk="1" * 32), drops)
    assert elsewhere.said[0].code == "upload_photo_crashed"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_no_file_but_the_hubs_own_is_opened_for_writing(tmp_path: Path) -> None:
    """Of the hub's process and all that it starts, by the kernel's own account."""
    log = tmp_path / "opened"
    watch = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=open,openat,openat2,creat", "-o", str(log)]
    done = ran([*watch, sys.executable, "-B", "-c", SERVING, tmp_path], 120.0)
    assert done.returncode == 0, done.stderr
    opened = {
        path
        for line in log.read_text(errors="replace").splitlines()
        if re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TMPFILE|creat\(", line) and " = -1 " not in line
        for path in re.findall(r'"([^"]*)"', line)[:1]
    }
    hub = tmp_path / "hub"
    strange = {p for p in opened if not p.startswith((f"{hub}/hub.db", f"{hub}/keys", "/dev/null", "/proc/"))}
    assert strange <= {f"{hub}/incoming"}, strange
    assert any(path.startswith(f"{hub}/hub.db") for path in opened)  # that it was watched at all
    assert octets_in(hub, canaries(phone_photo(7)) + canaries(phone_photo(8, place=None))) == []
