"""Cameras: the probe's own adapters on a simulated sensor (libcamera, picamera2) and on a simulated V4L2 camera."""

import io
import json

import pytest
import segno
from PIL import Image

from probe.camera.adapter import PATIENCE_S
from tests.hil.bench import Bench
from tests.hil.drivers.inside import VividScene
from tests.hil.protocols import RunningCommand
from tests.hil.town import Hub
from tests.patience import slowness

pytestmark = pytest.mark.hil
ENDS = "give a picture of the code instead"


def look(bench: Bench, kind: str, count: int, without: str | None = None) -> RunningCommand:
    """Start to take pictures with the probe's adapter; it waits for one as long as this machine, now, may need."""
    words = ("eye", kind, str(count), f"{PATIENCE_S * slowness():.0f}")
    return bench.stimulus(*words) if without is None else bench.defenceless(without, *words)


def scene(code: str) -> bytes:
    """A screen that shows a code, as the camera sees it."""
    drawn = io.BytesIO()
    segno.make(code, error="m", micro=False).save(drawn, kind="png", scale=6, border=4)
    code_picture, screen = (
        Image.open(drawn).convert("RGB"),
        Image.new("RGB", (VividScene.WIDTH, VividScene.HEIGHT), "grey"),
    )
    screen.paste(code_picture, ((screen.width - code_picture.width) // 2, (screen.height - code_picture.height) // 2))
    return screen.tobytes()  # a grey picture: blue, green and red may change places


def test_a_sensor_gives_pictures_by_picamera2(bench: Bench) -> None:
    with bench.part("vimc").up():
        told = look(bench, "picamera2", 3).wait().out.splitlines()
    assert told[-1] == "end", told
    assert [line.split()[:2] for line in told[:-1]] == [["1280", "720"]] * 3


def test_a_probe_pairs_by_looking_at_the_hubs_screen(bench: Bench, hub: Hub) -> None:
    camera: VividScene = bench.part("vivid")
    bench.forget()
    code = bench.code(hub.process, "by camera")
    with camera.up():
        camera.show(scene(code))
        done = bench.stimulus_run("eye", "v4l2", "pair", "--camera", "--json", *bench.outbox)
    assert json.loads(done.out)["hub"]


def nothing_first(bench: Bench, without: str | None = None) -> str:
    """Nodes that open and give no picture come before the camera; the last that the adapter says."""
    camera: VividScene = bench.part("vivid")
    with bench.part("vimc").up(), camera.up():
        assert camera.node() != "/dev/video0", "the others come first"
        return look(bench, "v4l2", 2, without).wait(90).out.splitlines()[-1]


def test_a_camera_that_opens_and_gives_nothing_is_passed_over(bench: Bench) -> None:
    assert nothing_first(bench) == "end"


def test_control_the_first_node_gives_nothing(bench: Bench) -> None:
    told = nothing_first(bench, without="nodes")
    assert told.startswith("refused"), told
    assert "no picture" in told, told


def in_use(bench: Bench, without: str | None = None) -> str:
    """Another program has the camera; the last that the adapter says. Once that program is gone, it gives pictures."""
    camera: VividScene = bench.part("vivid")
    with camera.up():
        other = bench.start("v4l2-ctl", "-d", camera.node(), "--stream-mmap=2", "--stream-count=100000")
        bench.run("sleep", "1")
        told = look(bench, "v4l2", 2, without).wait(60).out.splitlines()[-1]
        other.stop()
        assert look(bench, "v4l2", 2).wait(60).out.splitlines()[-1] == "end", "now it is free"
    return told


def test_a_camera_that_another_program_has_is_said_to_be_in_use(bench: Bench) -> None:
    told = in_use(bench)
    assert "another program" in told, told
    assert told.endswith(ENDS), told


def test_control_one_that_does_not_ask_sends_its_walker_to_the_cable(bench: Bench) -> None:
    told = in_use(bench, without="asking")
    assert "another program" not in told, told
    assert "cable" in told, told


PULLED = [("vivid", "v4l2", "1280 720"), ("vimc", "picamera2", "1280 720")]


@pytest.mark.parametrize(("part", "kind", "size"), PULLED, ids=["v4l2", "picamera2"])
def test_a_camera_that_is_pulled_ends_in_a_sentence(bench: Bench, part: str, kind: str, size: str) -> None:
    camera = bench.part(part)
    with camera.up():
        eye = look(bench, kind, 100_000)
        assert eye.line().startswith(size)
        camera.pull()
        told = eye.wait(60).out.splitlines()[-1]
    assert "unplugged" in told, told


def test_control_without_an_end_to_its_patience_it_waits_for_ever(bench: Bench) -> None:
    sensor = bench.part("vimc")
    with sensor.up():
        eye = look(bench, "picamera2", 100_000, without="patience")
        assert eye.line().startswith("1280 720")
        sensor.pull()
        bench.run("sleep", "14")
        assert eye.alive()
        bench.end_commands()
