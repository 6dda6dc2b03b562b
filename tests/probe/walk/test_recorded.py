"""Recorded input with something bad in it: the rest is done, the bad part told; only nothing at all is refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from probe.errors import BadInput
from probe.walk.outcome import Outcome
from probe.walk.recorded import RecordedWalk, Recording, holds_lines, open_recording, replay
from tests.probe.camera.compose import photo
from tests.probe.radio.compose import beacon, pcap, radiotap
from tests.probe.radio.test_board import HELLO, heard, lines_of
from tests.processes import probe

ROOT = Path(__file__).parents[3]
FLOCK = bytes.fromhex("744ca112abef")
BEACON = beacon(FLOCK, b"Flock-12ABEF")
GOOD = pcap([radiotap(BEACON)])
BAD = {
    "missing": None,
    "garbage": b"PK\x03\x04 a zip",
    "empty": b"",
    "ethernet": pcap([b"x" * 60], link=1),
    "cut": GOOD[:10],
}


def write(path: Path, octets: bytes | None) -> Path:
    if octets is not None:
        path.write_bytes(octets)
    return path


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("first", [True, False])
def test_one_bad_capture_takes_none_of_the_others_with_it(bad: str, first: bool, tmp_path: Path) -> None:
    good, other = write(tmp_path / "good.pcap", GOOD), write(tmp_path / "bad.pcap", BAD[bad])
    outcome = Outcome()
    frames = (other, good) if first else (good, other)
    (sighting,) = replay(Recording(frames=frames), outcome)
    assert sighting.made.rule == "flock-suffix"
    (trouble,) = outcome.troubles
    assert trouble.startswith(str(other))
    assert "\n" not in trouble


@pytest.mark.parametrize("bad", BAD)
def test_where_nothing_can_be_used_each_reason_is_told_in_one_sentence(bad: str, tmp_path: Path) -> None:
    octets = BAD[bad]
    one = write(tmp_path / "one.pcap", octets)
    two = write(tmp_path / "two.pcap", None if octets is None else octets + b"\n")
    with pytest.raises(BadInput) as refused:
        list(replay(Recording(frames=(one, two)), Outcome()))
    assert str(one) in str(refused.value)
    assert str(two) in str(refused.value)


def test_a_bad_track_or_photo_folder_takes_no_frames_with_it(tmp_path: Path) -> None:
    good = write(tmp_path / "good.pcap", GOOD)
    outcome = Outcome()
    recording = Recording(frames=(good,), track=tmp_path / "no.nmea", photos=tmp_path / "nowhere")
    (sighting,) = replay(recording, outcome)
    assert sighting.observer is None
    assert len(outcome.troubles) == 2


def test_a_live_view_tells_a_recording_of_which_nothing_can_be_used_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no\.pcap"):
        RecordedWalk(Recording(frames=(tmp_path / "no.pcap",)), Outcome())


def test_the_command_does_the_good_ones_and_ends_with_2(tmp_path: Path) -> None:
    good, bad = write(tmp_path / "good.pcap", GOOD), tmp_path / "no.pcap"
    done = probe("replay", "--frames", bad, "--frames", good)
    assert done.returncode == 2
    assert "no.pcap: cannot be read" in done.stderr
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["made"]["rule"] == "flock-suffix"
    listened = probe("listen", "--frames", bad, "--frames", good, "--speed", "1000", "--json")
    assert listened.returncode == 2
    assert "no.pcap" in listened.stderr
    assert json.loads(listened.stdout.splitlines()[-1])["sightings"] == 1


@pytest.mark.parametrize(
    "before", [b"", b"\xef\xbb\xbf", b"\n\r\n", b"# recorded on a Tuesday\n", b"3.5 half a li", b"ets Jun 8 2016\n"]
)
def test_a_boards_lines_are_known_behind_whatever_begins_the_file(before: bytes, tmp_path: Path) -> None:
    lines = [b"1778320800.5 " + line for line in lines_of(HELLO, heard(1, prefix=BEACON)).splitlines(keepends=True)]
    path = write(tmp_path / "board.log", before + b"".join(lines))
    assert holds_lines(path)
    assert not holds_lines(write(tmp_path / "good.pcap", GOOD + b"\n1.5 !"))
    (sighting,) = replay(Recording(frames=(path,)), Outcome())
    assert sighting.made.rule == "flock-suffix"


@pytest.mark.parametrize("command", ["replay", "explain"])
def test_a_capture_with_nothing_in_it_is_told(command: str, tmp_path: Path) -> None:
    path = write(tmp_path / "walk\nof\u202e\x1b[31m.pcap", pcap([]))
    done = probe(*(["replay", "--frames"] if command == "replay" else ["explain"]), path)
    assert done.returncode == 2
    assert f"{tmp_path}/walk?of??[31m.pcap: holds nothing that was heard" in done.stderr.splitlines()[-1]


def test_a_name_that_is_no_text_stops_no_answer(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    photo(folder / os.fsdecode(b"a\xff.jpg"), None)
    photo(folder / "b\nc.jpg")
    done = probe("replay", "--photos", folder, "--json")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    told = json.loads(next(line for line in done.stderr.splitlines() if line.startswith("{")))
    assert (told["sightings"], told["troubles"][0].partition(": ")[0]) == (1, f"{folder}/a?.jpg")


def test_a_pause_of_a_recording_is_not_its_end(tmp_path: Path) -> None:
    told = lines_of(HELLO, heard(1), heard(2, 2, beacon(ssid=b"later"))).splitlines(keepends=True)
    stamps = (b"1778320800 ", b"1778320801 ", b"1778320900 ")
    late = b"1778320899 noise after a pause\n"
    path = write(tmp_path / "board.log", stamps[0] + told[0] + stamps[1] + told[1] + late + stamps[2] + told[2])
    names = [getattr(event, "ssid", None) for event in open_recording(path).events()]
    assert names == [b"town", b"later"]


def test_a_line_of_no_time_came_with_the_one_before_it(tmp_path: Path) -> None:
    told = lines_of(HELLO, heard(1), heard(2, 2, beacon(ssid=b"later"))).splitlines(keepends=True)
    path = write(tmp_path / "board.log", b"1778320800 " + told[0] + b"1778320801 " + told[1] + b"12.5 " + told[2])
    assert [event[0] for event in open_recording(path).events()] == [1778320801.0, 1778320801.0]


def test_a_replay_without_photos_loads_nothing_for_pictures(tmp_path: Path) -> None:
    (tmp_path / "a.pcap").write_bytes(pcap([radiotap(beacon())]))
    code = (
        "import sys; from probe.cli.main import main\n"
        f"sys.argv = ['x', 'replay', '--frames', {str(tmp_path / 'a.pcap')!r}]\n"
        "main(); print(*(name for name in ('numpy', 'cv2', 'PIL', 'rich', 'pygeomag') if name in sys.modules))"
    )
    done = subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT)
    assert done.splitlines()[-1] == ""
