"""A small machine: with 234 MB to spare, as on a Zero 2 W, a whole walk goes through, its photos too."""

import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

import hub.demo
from tests.hil.bench import Bench
from tests.hil.memory import SPARE_MB, available_mb, large_again, peak_mb, shrink
from tests.hil.photos import Watched, answers, by_picamera2, by_v4l2, delivered, people_are_out, recalling
from tests.hil.protocols import Done
from tests.hil.recall import remember_photos
from tests.hil.town import AXIS, Hub, Street, seconds, until

pytestmark = pytest.mark.hil
WALK = Path(hub.demo.__file__).parent / "data" / "walk-1"
PEAK = (
    "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]);"
    " print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(code)"
)


@pytest.fixture
def small(paired: Bench) -> Bench:
    """The bench with as much memory to spare as a small machine has: pages that nobody can use are set aside."""
    shrink(paired)
    return paired


@pytest.fixture(autouse=True)
def as_large_as_before(bench: Bench) -> object:
    yield
    large_again(bench)


def walked(bench: Bench, length_m: float, without: str | None = None) -> tuple[Done, float, float]:
    """A walk past a camera, delivered at its end; how it ended, its peak memory and the least there was to spare."""
    street, least_mb, peak = Street(length_m), float("inf"), 0.0
    with bench.radio.up(), bench.receiver() as device:
        air = bench.radio.speak(2437, AXIS, "front door")
        ears = [word for ear in bench.radio.ears for word in ("--monitor", ear)]
        walk = bench.walk(*ears, "--gnss", device, "--dwell-ms", "250", without=without)
        for at_s, now in seconds(street.seconds + 5):
            bench.fix(now, *street.place(at_s))
            air.say(f"{street.power_dbm(at_s):.1f}")
            if int(at_s) % 10 == 9 and walk.alive():
                least_mb, peak = min(least_mb, available_mb(bench)), max(peak, peak_mb(bench, walk.pid))
        ended = walk.stop(90)
    return ended, peak, least_mb


def test_a_whole_walk_with_photos_fits_into_a_small_machine(
    small: Bench, hub: Hub, figures: dict[str, int | float | str]
) -> None:
    spare_mb, before = available_mb(small), hub.ids()
    assert spare_mb < SPARE_MB + 15 or small.kind != "virtual", f"{spare_mb:.0f} MB to spare"
    ended, peak, least_mb = walked(small, 70.0)
    assert ended.code == 0, ended.err
    assert json.loads(ended.out.splitlines()[-1])["sightings"] >= 1
    until(lambda: bool(hub.heard(but=before)), "the sighting at the hub")
    figures |= {"walk.radio_mem_available_mb": round(spare_mb), "walk.radio_least_mem_mb": round(least_mb)}
    figures["walk.radio_peak_rss_mb"] = round(peak, 1)


def test_photos_and_frames_of_a_whole_walk_fit_as_well(
    small: Bench, figures: dict[str, int | float | str], pytestconfig: pytest.Config
) -> None:
    remember_photos(small.part("machine").share / "recalled-walk.npz", WALK / "photos")
    program = recalling(small, "/mnt/bench/recalled-walk.npz", f"real={pytestconfig.getoption('--asks')}")
    small.carry(WALK, "walk-1")
    recorded = f"{small.data}/walk-1"
    words = (
        "--frames",
        f"{recorded}/frames.pcap",
        "--track",
        f"{recorded}/track.nmea",
        "--photos",
        f"{recorded}/photos",
    )
    began_s = time.monotonic()
    ended = small.run("python3", "-c", PEAK, *program, "replay", *words, "--json", *small.outbox, wait_s=200)
    figures["walk.photos"] = len(list((WALK / "photos").iterdir()))
    figures["walk.replay_s"] = round(time.monotonic() - began_s, 1)
    figures["walk.replay_peak_rss_mb"] = round(int(ended.err.splitlines()[-1]) / 1000, 1)
    assert json.loads(ended.out.splitlines()[-1])["photos"] == figures["walk.photos"], ended.out
    small.probe("send", *small.outbox)


def test_control_a_spendthrift_walk_does_not_fit(small: Bench) -> None:
    ended, _, _ = walked(small, 30.0, without="thrift")
    assert ended.code != 0


CAMERAS: dict[str, Callable[[Bench], AbstractContextManager[Watched]]] = {
    "picamera2": by_picamera2,
    "v4l2": partial(by_v4l2, size=(1280, 720)),
}


@pytest.mark.parametrize("kind", list(CAMERAS))
def test_a_photo_is_taken_redacted_sealed_and_delivered(
    paired: Bench, hub: Hub, figures: dict[str, int | float | str], kind: str, pytestconfig: pytest.Config
) -> None:
    """The network is asked once, for its memory; a processor that is not emulated, or `--asks 1000`, asks it always."""
    with CAMERAS[kind](paired) as camera:
        spare_mb = least_mb = shrink(paired)
        assert spare_mb < SPARE_MB + 15, f"{spare_mb:.0f} MB to spare"
        asks = f"real={pytestconfig.getoption('--asks')}"
        program = paired.start("python3", "-c", PEAK, *camera.program(asks), *camera.photo())
        while program.alive():
            least_mb = min(least_mb, available_mb(paired))
            time.sleep(1)
        ended = program.wait()
        assert ended.code == 0, ended.err
        (told,) = answers(ended.out)
        people_are_out(delivered(paired, hub, told)[0], camera)
    figures |= {f"photo.{kind}.mem_available_mb": round(spare_mb), f"photo.{kind}.least_mem_mb": round(least_mb)}
    figures[f"photo.{kind}.size"] = "{} x {}".format(*told["size"])
    figures[f"photo.{kind}.peak_rss_mb"] = round(int(ended.err.splitlines()[-1]) / 1000, 1)


def test_control_a_whole_picture_at_once_does_not_fit(paired: Bench, pytestconfig: pytest.Config) -> None:
    if paired.kind == "virtual" and pytestconfig.getoption("--asks") < 2:
        pytest.skip("minutes on an emulated processor: --asks 1000 is the long form")
    with by_picamera2(paired) as camera:
        shrink(paired)
        ended = paired.run(*camera.program("without=tiles"), *camera.photo(), wait_s=600, check=False)
    assert ended.code != 0 or answers(ended.out)[0]["made"] == "pin", ended
