"""`photo` and `run --camera` as a walker has them: processes, an outbox, a hub; and killed at any moment."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import click
import numpy as np
import pytest
from PIL import Image

from probe.cli.photo import photo
from probe.contract.sighting import Kind, PhotoNotKept
from probe.errors import BadInput
from probe.service import ProbeService, ServiceSettings
from probe.walk.kit import Kit
from probe.walk.shutters import CameraHealth
from probe.walk.taking import Busy
from tests.paired import Walker
from tests.patience import finished
from tests.probe.device.test_keys import PRESS
from tests.probe.radio.test_board import serial_pair
from tests.probe.test_service import sentence
from tests.processes import probe

pytest.importorskip("cv2", reason="OpenCV is not installed: pip install 'contrechamp[camera]'")
from probe.redact.selftest import FACES, drawn_faces

HERE = ("--at", "47.2184,-1.5536", "--accuracy", "4")
JFIF = b"\xff\xd8\xff\xe0\x00\x10JFIF"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a street in it, and a person in its middle."""
    pixels = np.random.default_rng(1).integers(90, 110, (480, 640, 3), dtype=np.uint8)
    pixels[130:340, 230:410] = drawn_faces(FACES[:1])[30:240, 30:210]
    folder = tmp_path_factory.mktemp("pictures")
    Image.fromarray(pixels).save(folder / "street.jpg", quality=92)
    return folder


@pytest.fixture
def walker(tmp_path: Path) -> Walker:
    return Walker(tmp_path)


def test_a_photo_is_at_the_hub_with_its_picture(walker: Walker, pictures: Path, tmp_path: Path) -> None:
    out = tmp_path / "look.jpg"
    words = ("--bearing", "360", "--true", "--bearing-sd", "5", "--pitch", "10", "--tag", "dome", "--out", out)
    done = probe("photo", "--camera", f"folder:{pictures}", *HERE, *words, "--outbox", walker.outbox, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["made"], told["size"], told["composed"], told["told"]) == ("photo", [640, 480], True, None)
    (sighting,), there = walker.delivers()
    assert sighting.kind is Kind.PHOTO
    assert sighting.photo is not None
    assert (sighting.photo.bearing_deg, sighting.photo.pitch_deg) == (0.0, 10.0), "north, not unknown"
    assert there == len(told["pictures"])
    assert told["pictures"][0]["sha256"] == sighting.photo.content_sha256
    written = Image.open(out)
    exif = written.getexif()
    assert exif.get_ifd(0x8825)[17] == 0.0
    assert not exif.get_ifd(1), "no thumbnail"
    assert abs(np.asarray(written, np.int16)[190:250, 300:340] - 112).max() < 12, "nobody on it"


def test_a_receiver_says_where_and_when_and_so_turns_the_compass_to_true_north(walker: Walker, pictures: Path) -> None:
    with serial_pair() as (sky, receiver):
        words = ["photo", "--camera", f"folder:{pictures}", "--gnss", receiver, "--bearing", "100", "--print"]
        command = [sys.executable, "-m", "probe", *map(str, words)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while process.poll() is None:
            now = time.gmtime()
            hour, day = time.strftime("%H%M%S.00", now), time.strftime("%d%m%y", now)
            os.write(sky, sentence(f"GPRMC,{hour},A,4700.0000,N,01700.0000,W,0.0,,{day},,,A"))
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
        out, err = finished(process, 30.0)
    assert process.returncode == 0, err
    told = json.loads(out)
    assert (told["observer"]["lat"], told["observer"]["lon"]) == (47.0, -17.0)
    assert told["time"]["source"] == "gnss"
    assert told["photo"]["bearing_deg"] == told["subject"]["bearing_deg"] != 100.0
    assert walker.delivers() == ([], 0), "printed is not kept"


def test_without_a_camera_there_is_a_pin_and_a_sentence(walker: Walker) -> None:
    done = probe("photo", "--camera", "v4l2:/dev/video9999", *HERE, "--tag", "pole", "--outbox", walker.outbox)
    assert done.returncode == 0, "what the walker saw is kept"
    assert "no picture is kept, only a pin: /dev/video9999 is not there: plug the camera in" in done.stderr
    (sighting,), there = walker.delivers()
    assert sighting.pin is not None
    assert (sighting.pin.photo_not_kept, there, len(sighting.claims)) == (PhotoNotKept.CAMERA, 0, 2)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "say where you stand"),
        (("--at", "47.2"), "is no place"),
        (("--at", "nan,1"), "is no place"),
        (("--at", "91,0"), "is no place"),
        (("--at", "1,2,3"), "is no place"),
        ((*HERE, "--gnss", "/dev/null"), "not both"),
        (("--accuracy", "4"), "is of --at"),
        ((*HERE, "--true"), "are of a --bearing"),
        ((*HERE, "--bearing", "400"), "400"),
        ((*HERE, "--tag", "pigeon"), "says nothing of a camera"),
        ((*HERE, "--camera", "folder:/nowhere/at/all"), "No such file"),
        ((*HERE, "--camera", "eye"), "give one of: auto"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(words: tuple[str, ...], says: str) -> None:
    with pytest.raises((BadInput, click.UsageError), match=says):
        photo.main(list(words), standalone_mode=False)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((*HERE, "--tag", "pigeon"), "says nothing of a camera"),
        (HERE, "paired with no hub"),
        ((*HERE, "--camera", "v4l2:/dev/video9999", "--print", "--out", "x.jpg"), "x.jpg: not written"),
    ],
)
def test_where_nothing_is_kept_or_written_it_ends_with_2(words: tuple[str, ...], says: str, tmp_path: Path) -> None:
    done = probe("photo", *words, "--outbox", tmp_path / "o.db")
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


# Where in the way from the shutter to the outbox the process is killed: the function after which, or before which.
KILLS = [
    "after probe.camera.shutter.Shutter take",
    "after probe.redact.faces.FaceDetector faces",
    "after probe.redact.redactor.Redactor redact",
    "before probe.outbox.outbox.Outbox add",
    "after probe.outbox.outbox.Outbox put",
]
_KILLED = """
import os, signal, sys
from importlib import import_module
when, way, name = sys.argv.pop(1).split()
module, _, kind = way.rpartition(".")
holder = getattr(import_module(module), kind)
real = getattr(holder, name)
calls = [3 if name == "faces" else 0]  # the redactor's test of itself looks three times
def killed(*given, **more):
    answer = real(*given, **more) if when == "after" else None
    calls[0] -= 1
    if calls[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
setattr(holder, name, killed)
from probe.cli.main import main
main()
"""


@pytest.mark.parametrize("moment", KILLS)
def test_killed_at_any_moment_nothing_is_on_disk_but_the_outbox(
    moment: str, walker: Walker, pictures: Path, tmp_path: Path
) -> None:
    """And in that is all of a photo, or nothing."""
    world = tmp_path / "world"
    world.mkdir()
    where = {**os.environ, "TMPDIR": str(world), "HOME": str(world), "PYTHONDONTWRITEBYTECODE": "1"}
    words = ["photo", "--camera", f"folder:{pictures}", *HERE, "--outbox", str(walker.outbox)]
    process = subprocess.Popen([sys.executable, "-c", _KILLED, moment, *words], cwd=world, env=where, text=True)
    finished(process, 90.0)
    assert process.returncode == -signal.SIGKILL
    assert not list(world.iterdir())
    files = [path for path in tmp_path.rglob("*") if path.is_file() and walker.data not in path.parents]
    assert {path.name.removesuffix("-wal").removesuffix("-shm") for path in files} == {"o.db"}
    assert not any(JFIF in path.read_bytes() for path in files)
    there, kept = walker.delivers()
    assert (len(there), kept > 0) == ((1, True) if moment == KILLS[-1] else (0, False))


_MEMORY = """
import sys
import numpy as np
from probe.cli.process import give_memory_back
if sys.argv[1] == "with":
    give_memory_back()
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
def picture():
    return np.ones((1296, 2304, 3), np.uint8)
before = resident()
first = picture()
del first
second = picture()
small = [bytes(60_000) for _ in range(3)]
del second
print(resident() - before)
"""


def test_the_memory_of_a_picture_goes_back_to_the_system() -> None:
    """On a small machine the next one would else come on top."""
    command = [sys.executable, "-c", _MEMORY]
    kept = {way: int(subprocess.check_output([*command, way], text=True)) for way in ("with", "without")}
    assert kept["with"] < 4 << 20
    assert kept["without"] > 8 << 20, "else this test says nothing"


def service(walker: Walker, camera: str, told: list[str]) -> ProbeService:
    return ProbeService(ServiceSettings(kit=Kit(), outbox=walker.outbox, offline=True, camera=camera), told.append)


def test_a_walk_takes_photos_one_at_a_time_and_keeps_them_with_their_pictures(
    walker: Walker, pictures: Path, tmp_path: Path
) -> None:
    script = tmp_path / "walk.toml"
    script.write_text(f'[[picture]]\nfile = "{pictures}/street.jpg"\nlat = 47.0\nlon = -1.0\n')
    told = list[str]()
    walk = service(walker, f"scripted:{script}", told)
    walk.start()
    first = walk.take_photo(("dome",))
    with pytest.raises(Busy, match="not done yet"):
        walk.take_photo()
    with pytest.raises(BadInput, match="says nothing"):
        walk.take_photo(("pigeon",))
    one = first.result(120)
    shown = walk.preview()
    assert shown.startswith(b"\xff\xd8")
    other = walk.take_photo().result(120)
    status = walk.status()
    assert status.camera is not None
    assert (status.camera.health, status.camera.photos, status.camera.pins) == (CameraHealth.READY, 2, 0)
    assert (status.sightings, status.camera.trouble) == (2, None)
    last = walk.take_photo(("gone",))  # still under way when the walk ends
    walk.finish()
    kept = [one.sighting.id, other.sighting.id, last.result(0).sighting.id]
    there, _ = walker.delivers()
    assert [sighting.id for sighting in there if sighting.kind is Kind.PHOTO] == kept
    assert walk.status().lost == 0
    with pytest.raises(BadInput, match="is over"):
        walk.take_photo()
    assert told.count("a photo is kept, without the people on it") == 3


def test_a_camera_that_fails_leaves_pins_and_the_walk_goes_on(walker: Walker) -> None:
    told = list[str]()
    walk = service(walker, "v4l2:/dev/video9999", told)
    walk.start()
    snapshot = walk.take_photo(("dome",)).result(120)
    assert snapshot.sighting.kind is Kind.PIN
    assert snapshot.told in told
    status = walk.status()
    assert status.camera is not None
    assert (status.camera.health, status.camera.pins) == (CameraHealth.LOST, 1)
    assert status.phase == "walking"
    walk.finish()
    assert [sighting.kind for sighting in walker.delivers()[0]] == [Kind.PIN]


def test_a_walk_without_a_camera_says_so(walker: Walker) -> None:
    walk = ProbeService(ServiceSettings(kit=Kit(boards=("auto",)), outbox=walker.outbox, offline=True), print)
    for ask in (walk.take_photo, walk.preview):
        with pytest.raises(BadInput, match="--camera auto"):
            ask()
    assert walk.status().camera is None


def test_a_button_and_a_signal_take_photos(walker: Walker, pictures: Path, tmp_path: Path) -> None:
    button = tmp_path / "event0"
    os.mkfifo(button)
    words = ["run", "--camera", f"folder:{pictures}", "--button", button, "--outbox", walker.outbox, "--offline"]
    command = [sys.executable, "-m", "probe", *map(str, words), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = iter(process.stderr.readline, "")
    assert any("ready for photos" in line for line in said)
    with button.open("wb", buffering=0) as into:
        into.write(PRESS)
        assert any("a photo is kept" in line for line in said)
    process.send_signal(signal.SIGUSR1)
    assert any("a photo is kept" in line for line in said)
    process.send_signal(signal.SIGINT)
    out, err = finished(process, 60.0)
    assert process.returncode == 0, err
    told = json.loads(out.splitlines()[-1])
    assert (told["camera"]["photos"], told["sightings"], told["lost"]) == (2, 2, 0)
    assert [sighting.kind for sighting in walker.delivers()[0]] == [Kind.PHOTO] * 2
