"""A Pi's processor, emulated: the probe's wheel and its needs run there, on Debian's kernel, as they do here."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.hil.arm64 import machine, recipe
from tests.hil.arm64.build import Guest, NoGuest, guest, install
from tests.hil.arm64.machine import PI, VIRT, Board, GuestRun
from tests.hil.town import AXIS

pytestmark = [pytest.mark.hil, pytest.mark.timeout(1800)]  # for what hangs; the machine follows its console
ROOT = Path(__file__).parents[2]
WALK = ROOT / "hub" / "demo" / "data" / "walk-1"
NO_NETWORK = ("Temporary failure in name resolution", "Failed to establish a new connection", "timed out")


@pytest.fixture(autouse=True)
def end_commands() -> None:
    """These tests have a machine of their own: the bench is not powered up for them."""


@pytest.fixture(scope="module")
def made(request: pytest.FixtureRequest) -> Guest:
    """The guest."""
    try:
        return guest(lambda line: _say(request, line))
    except NoGuest as problem:
        pytest.skip(f"no arm64 guest: {problem}")


@pytest.fixture(scope="module")
def installed(made: Guest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of this very tree, installed for the guest's Python."""
    wheels, folder = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("probe")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(wheels), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    install([str(next(wheels.glob("*.whl")))], folder, "--no-deps")
    return folder


@pytest.fixture(scope="module")
def virt(runs: Callable[..., GuestRun]) -> GuestRun:
    """What a Pi's core said in QEMU's own machine: of a replay, and of listening to a radio."""
    spoken = f"ADDRESS={AXIS} SSID='front door'\n"
    return runs(VIRT, _script("replay") + spoken + _script("radio"), silent_cpu_s=200.0)


@pytest.fixture(scope="module")
def pi(runs: Callable[..., GuestRun]) -> GuestRun:
    """What a Pi 3 said of a replay."""
    return runs(PI, _script("replay"), silent_cpu_s=240.0)


@pytest.fixture(scope="module", params=["virt", "pi"])
def guest_run(request: pytest.FixtureRequest) -> GuestRun:
    """The run on one board, then on the other."""
    ran: GuestRun = request.getfixturevalue(request.param)
    return ran


@pytest.fixture(scope="module")
def runs(
    made: Guest,
    installed: Path,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    figures: dict[str, int | float | str],
) -> Callable[..., GuestRun]:
    """Runs a script on a board and says how long that took."""
    trees = {"opt/probe": installed, "bench/stimuli": Path(__file__).parent / "stimuli"}

    def run(board: Board, script: str, *, silent_cpu_s: float) -> GuestRun:
        ran = machine.run(made, board, script, trees, tmp_path_factory.mktemp(board.name), silent_cpu_s=silent_cpu_s)
        peaks = [
            f"{name[:-5]} {int(lines[0]) >> 10} MiB" for name, lines in ran.lines.items() if name.endswith(".peak")
        ]
        figures.update({f"arm64.{board.name}.boot_s": round(ran.boot_s, 1), f"arm64.{board.name}.s": round(ran.wall_s)})
        for name, lines in ran.lines.items():
            if name.endswith(".peak"):
                figures[f"arm64.{board.name}.{name[:-5]}_peak_rss_mb"] = int(lines[0]) >> 10
        _say(request, f"{board.name}: boot {ran.boot_s:.1f} s, all {ran.wall_s:.0f} s; most {', '.join(peaks)}")
        return ran

    return run


def _say(request: pytest.FixtureRequest, line: str) -> None:
    """Progress is for whoever waits: pytest would keep it back."""
    capture: Any = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\n{line}", end="", flush=True)


def _script(name: str) -> str:
    return (recipe.HERE / f"{name}.sh").read_text()


def test_the_processor_is_a_pis(virt: GuestRun) -> None:
    assert virt.whole, virt.console[-3000:]
    assert virt.lines["model"] == ["linux,dummy-virt aarch64"]


def test_a_pi_3_is_one(pi: GuestRun) -> None:
    assert pi.whole, pi.console[-3000:]
    assert pi.lines["model"] == ["Raspberry Pi 3 Model B aarch64"]


def test_a_replay_gives_what_it_gives_here(guest_run: GuestRun) -> None:
    files = ["--frames", str(WALK / "frames.pcap"), "--track", str(WALK / "track.nmea")]
    here = subprocess.run(
        [sys.executable, "-m", "probe", "replay", *files, "--json"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    guest_run.went_well("replay")
    sightings = [_without_names(json.loads(line)) for line in here.stdout.splitlines()]
    assert len(sightings) > 50
    assert [_without_names(one) for one in guest_run.json("replay")] == sightings
    assert json.loads(guest_run.lines["replay.err"][-1]) == json.loads(here.stderr.splitlines()[-1])


def _without_names(sighting: dict[str, Any]) -> dict[str, Any]:
    """A sighting without what is drawn by lot for each run."""
    return {name: value for name, value in sighting.items() if name not in {"id", "walk"}}


def test_a_camera_is_heard_live(virt: GuestRun) -> None:
    virt.went_well("loud")
    heard = [line for line in virt.json("loud") if line["recognised"]]
    assert heard, virt.lines["loud.out"][-3:]
    assert heard[0]["sources"][0]["frames"] > 0
    (camera,) = heard[0]["recognised"]
    assert (camera["name"], camera["mhz"]) == ("Axis", 2437)


def test_where_none_speaks_none_is_heard(virt: GuestRun) -> None:
    last = virt.json("quiet")[-1]
    assert last["sources"][0]["health"] == "listening"
    assert (last["sources"][0]["frames"], last["recognised"]) == (0, [])


def test_nothing_is_sent(virt: GuestRun) -> None:
    """By an ear on all channels. The interface's own counter says nothing: the kernel leaves it at zero either way."""
    virt.went_well("ear")
    assert set(virt.json("ear")[-1]) == {AXIS}


def test_the_ear_would_have_noticed(virt: GuestRun) -> None:
    virt.went_well("control")
    assert "02:00:00:00:00:00" in virt.json("control")[-1], "an active scan went unnoticed"


@pytest.mark.parametrize("python", ["3.11", "3.13"])
def test_every_need_has_a_wheel_for_a_pi(python: str, tmp_path: Path) -> None:
    """On Raspberry Pi OS of Debian 12 and 13 nothing has to be compiled."""
    locked = tmp_path / "locked.txt"
    locked.write_text(recipe.product_needs())
    refused = _unresolved(python, ["--require-hashes", "--requirement", str(locked)], tmp_path)
    assert not refused, refused


def test_a_need_without_a_wheel_would_be_noticed(tmp_path: Path) -> None:
    """The control: this one comes as source only."""
    assert "No matching distribution" in _unresolved("3.13", ["python-prctl"], tmp_path)


def _unresolved(python: str, needs: list[str], folder: Path) -> str:
    """Why pip finds no wheels for a Pi; empty where it does."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--dry-run"]
    options = ["--ignore-installed", "--target", str(folder), *recipe.pip_for_a_pi(python)]
    done = subprocess.run(
        [*pip, *options, *needs], check=False, capture_output=True, text=True, env=recipe.surroundings()
    )
    if any(sign in done.stderr for sign in NO_NETWORK):
        pytest.skip("no package index answers from here")
    return done.stderr if done.returncode else ""
