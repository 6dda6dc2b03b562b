"""A photo leaves the probe sealed or not at all: everything that leaves memory meanwhile is looked at, also when the
probe is killed at any moment, and all that reaches its card."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hil.bench import Bench
from tests.hil.drivers.card import Mapped, QemuCard
from tests.hil.drivers.writelog import read_log
from tests.hil.leaks import RUN, leaks, picture_in
from tests.hil.photos import Watched, answers, by_picamera2, by_v4l2, delivered, people_are_out, watch
from tests.hil.protocols import Done
from tests.hil.remains import NAME
from tests.hil.town import Hub, until
from tests.paired import pair

pytestmark = pytest.mark.hil
OUTBOX = r"/outbox\.db(-wal|-shm|-journal)?( \(deleted\))?"


@pytest.fixture
def camera(paired: Bench) -> Iterator[Watched]:
    with by_v4l2(paired) as watched:
        yield watched


def allowed(bench: Bench) -> str:
    """The files that a photo may be in, sealed."""
    return re.escape(bench.data) + OUTBOX


def test_nothing_but_sealed_octets_leaves_memory_from_the_shutter_to_the_hub(
    camera: Watched, hub: Hub, figures: dict[str, int | float | str]
) -> None:
    bench, pictures = camera.bench, []

    def taken_and_sent() -> Done:
        done = camera.shots()
        (told,) = answers(done.out)
        pictures.extend(delivered(bench, hub, told))
        return done

    _, found = watch(bench, taken_and_sent)
    assert not leaks(found, camera.secret(), allowed(bench))
    written = {each.path for each in found.files}
    assert f"{bench.data}/outbox.db-wal" in written, written
    octets = {where: len(octets) for where, octets in found.octets()}
    sealed = sum(count for where, count in octets.items() if "outbox" in where)
    assert sealed > 16_000, "the watch saw no unit being written"
    figures |= {"photo.watched_files": len(found.files), "photo.watched_octets": sum(octets.values())}
    assert sum(count for where, count in octets.items() if " > " in where) > 16_000, "the watch saw no unit being sent"
    people_are_out(pictures[0], camera)


def test_a_pi_s_camera_leaves_no_trace_either(paired: Bench, hub: Hub) -> None:
    with by_picamera2(paired) as camera:
        done, found = watch(paired, camera.shots)
        assert not leaks(found, camera.secret(), allowed(paired))
    (told,) = answers(done.out)
    people_are_out(delivered(paired, hub, told)[0], camera)


def test_control_a_careless_probe_is_caught_at_each_thing_that_it_does(camera: Watched) -> None:
    _, found = watch(camera.bench, lambda: camera.shots("without=care"))
    told = "\n".join(leaks(found, camera.secret(), allowed(camera.bench)))
    for caught in (
        r"/tmp/frame.*: written",  # noqa: S108 (what is said of it)
        r"/tmp/frame.*octets of the picture as they were",  # noqa: S108
        r"lo 127\.0\.0\.1 > 127\.0\.0\.1 17 .*: a JPEG",
        r"octets to a Unix socket",
        r"outbox\.db-wal: a JPEG",
        r"may dump core",
        r"its errors: a JPEG in base 64",
        r"/dev/frame: used",
    ):
        assert re.search(caught, told), f"not caught: {caught}\n{told}"


@pytest.mark.timeout(3600)
def test_killed_at_any_moment_of_a_shot_it_has_left_nothing_and_takes_the_next(
    camera: Watched, hub: Hub, pytestconfig: pytest.Config, figures: dict[str, int | float | str]
) -> None:
    bench, kills = camera.bench, int(pytestconfig.getoption("--kills"))
    done, found = watch(bench, lambda: camera.shots(f"kills={kills}", wait_s=60.0 + 60 * 3 * kills))
    assert not leaks(found, camera.secret(), allowed(bench))
    whole = re.findall(r"whole: ([\d.]+) s, code (-?\d+)", done.out)
    killed = re.findall(r"killed: after ([\d.]+) s, code (-?\d+)", done.out)
    assert [code for _, code in whole] == ["0"] * 3, done.out
    interrupted = sum(code == "-9" for _, code in killed)
    assert interrupted >= kills // 2, f"most had ended by themselves: {done.out}"
    assert {code for _, code in killed} <= {"-9", "0"}, done.out
    figures |= {"photo.kills": kills, "photo.killed_in_the_middle": interrupted, "photo.shot_s": float(whole[1][0])}
    people_are_out(delivered(bench, hub, answers(done.out)[-1])[0], camera)


@pytest.fixture(scope="module")
def paired_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty outbox that is paired with a hub."""
    folder = tmp_path_factory.mktemp("paired")
    (folder / "files").mkdir()
    pair(folder / "files" / NAME, folder / "hub")
    return folder / "files"


def on_the_card(camera: Watched, folder: Path, files: Path, *options: str) -> list[bytes]:
    """All that is written to a card while a photo is taken: a power cut, whenever it comes, leaves nothing else."""
    bench, qmp = camera.bench, camera.bench.part("machine").qmp
    card, log = QemuCard(bench, qmp, folder / "card.img", 24), QemuCard(bench, qmp, folder / "log.img", 96)
    card.format(files)
    with card.plugged() as device, log.plugged() as log_device:
        mapped = Mapped(bench, card, device)
        try:
            mapped.mount(f"log-writes {{device}} {log_device}")
            outbox = ("--outbox", f"{mapped.at}/{NAME}")
            (told,) = answers(camera.shots(*options, outbox=outbox).out)
        finally:
            mapped.unmount()
    assert told["made"] == "photo", told
    entries = read_log(log.path.read_bytes())
    assert sum(entry.length for entry in entries) > 16_000, "the log has no unit in it"
    return [bytes(entry.data) for entry in entries]


def test_no_power_cut_leaves_anything_unsealed_on_the_card(
    camera: Watched, tmp_path: Path, paired_files: Path, figures: dict[str, int | float | str]
) -> None:
    secret, entries = camera.secret(), on_the_card(camera, tmp_path, paired_files)
    figures["photo.card_writes"] = len(entries)
    assert not [kind for entry in entries if (kind := picture_in(entry)) is not None]
    assert max(secret.longest(entry) for entry in entries) < RUN


def test_control_what_is_not_sealed_is_found_on_the_card(camera: Watched, tmp_path: Path, paired_files: Path) -> None:
    assert any(picture_in(entry) for entry in on_the_card(camera, tmp_path, paired_files, "without=care"))


def pulled(camera: Watched, part: str, after_a_picture: bool = False) -> dict[str, Any]:
    """Pull a camera while it is open for a burst, or once a picture of that came; what the command says. It ends by
    itself."""
    bench = camera.bench
    shot = bench.start(*camera.program("tells=1"), *camera.photo(burst=20, patience_s=60))
    opened = f"ls -l /proc/{shot.pid}/fd | grep -q /dev/video"
    until(lambda: bench.run("sh", "-c", opened, check=False).code == 0, "the camera to be opened", 120)
    if after_a_picture:
        until(lambda: "a picture came" in shot.said(), "a picture to come", 120)
    bench.part(part).pull()
    ended = shot.wait(150)
    assert ended.code == 0, ended.err
    (told,) = answers(ended.out)
    return told


def is_a_pin(told: dict[str, Any]) -> None:
    """Fail where it is not kept as a pin that says so, with a sentence for the walker."""
    assert (told["made"], told["why_no_picture"], told["pictures"]) == ("pin", "camera", []), told
    assert told["kept"], told
    assert "\n" not in told["told"], told


def test_a_camera_that_is_pulled_before_its_first_picture_leaves_a_pin(camera: Watched) -> None:
    camera.bench.part("vivid").lose(100)
    is_a_pin(pulled(camera, "vivid"))


def test_of_a_camera_that_is_pulled_in_the_middle_of_a_burst_what_had_come_is_kept(camera: Watched, hub: Hub) -> None:
    camera.bench.part("vivid").lose(95)  # so that a burst takes long enough
    told = pulled(camera, "vivid", after_a_picture=True)
    assert 0 < told["frames"] < 20, told
    people_are_out(delivered(camera.bench, hub, told)[0], camera)


def test_a_camera_that_hangs_leaves_a_pin_in_bounded_time(camera: Watched) -> None:
    camera.bench.part("vivid").lose(100)
    ended = camera.bench.run(*camera.program(), *camera.photo(patience_s=10), wait_s=120)
    is_a_pin(answers(ended.out)[0])
    camera.bench.part("vivid").lose(0)
    assert answers(camera.shots().out)[0]["made"] == "photo", "now it gives pictures"


def test_a_pi_s_camera_that_is_pulled_ends_in_bounded_time_with_what_had_come(paired: Bench, hub: Hub) -> None:
    with by_picamera2(paired) as camera:
        told = pulled(camera, "vimc")
        if told["made"] != "photo":  # it was pulled before its first picture
            is_a_pin(told)
            return
        assert told["frames"] < 20, told
        people_are_out(delivered(paired, hub, told)[0], camera)
