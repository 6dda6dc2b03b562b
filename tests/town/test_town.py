"""The fictional town: the same again from the same seed, and honest about being composed."""

import json
from pathlib import Path

import pytest

from hub.demo.run import DATA
from probe.camera.folder import PhotoCounts, read_folder
from probe.detect.registry import Recogniser
from probe.position.nmea import read_log
from tests.town.__main__ import make


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    make(folder, pictures=False)
    return folder


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_demo_carries_what_the_town_makes(again: Path) -> None:
    assert files(again) == files(DATA)
    for name in files(again):
        if name.endswith(".jpg"):
            continue  # JPEG bytes differ between Pillow's versions; what they say is compared below
        assert (again / name).read_bytes() == (DATA / name).read_bytes(), f"{name}: run python -m tests.town"


def test_the_photos_say_the_same(again: Path) -> None:
    for walk in ("walk-1", "walk-2", "walk-3"):
        made, kept = (list(read_folder(folder / walk / "photos", PhotoCounts())) for folder in (again, DATA))
        assert made == kept
        assert all(("contrechamp:composed", "yes") in look.tags for look in made)


def test_everything_is_marked_as_composed() -> None:
    assert json.loads((DATA / "truth.json").read_text())["composed"] is True
    for label in DATA.glob("walk-*/walk.json"):
        assert json.loads(label.read_text())["composed"] is True


@pytest.mark.parametrize("walk", ["walk-1", "walk-2", "walk-3"])
def test_the_logs_read_without_a_damaged_line(walk: str) -> None:
    fixes, counts = read_log(DATA / walk / "track.nmea")
    assert counts.bad == 0
    assert len(fixes) > 600
    assert all(fix.accuracy_m is not None for fix in fixes)


def test_scapy_reads_the_same_frames_as_we_do() -> None:
    from scapy.layers.dot11 import Dot11
    from scapy.utils import PcapReader

    from probe.radio.capture import open_capture

    path = DATA / "walk-1" / "frames.pcap"
    ours = [(frame.transmitter.hex(":"), frame.signal_dbm, frame.channel_mhz) for frame in open_capture(path).frames()]
    with PcapReader(str(path)) as reader:
        theirs = [(p[Dot11].addr2, p.dBm_AntSignal, p.ChannelFrequency) for p in reader]
    assert ours == theirs


def test_every_bystander_is_forgotten_and_every_camera_with_a_radio_known() -> None:
    from random import Random

    from probe.radio.frame import Frame
    from probe.radio.transmission import transmission_of
    from tests.town.__main__ import SEED
    from tests.town.air import bystanders, camera_senders
    from tests.town.cameras import town_cameras

    random, recogniser = Random(SEED), Recogniser()
    cameras = camera_senders(town_cameras(random), random)
    for sender, known in [(s, True) for s in cameras] + [(s, False) for s in bystanders(random)]:
        sent = Frame(0.0, sender.transmitter, sender.transmitter, sender.subtype, sender.ssid, None, None, b"")
        assert (recogniser.examine(transmission_of(sent)) is not None) is known, sender
