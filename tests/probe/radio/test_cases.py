"""Captures that others write and that were read wrongly once: named by CONTRECHAMP_TESTDATA, else skipped.

What makes each of them odd is composed in code as well, in the files beside this one.
"""

import json
from pathlib import Path

import pytest

from probe.contract.sighting import Sighting
from probe.radio.capture import open_capture
from probe.walk.outcome import Outcome
from probe.walk.recorded import Recording, replay
from tests.processes import probe

pytestmark = pytest.mark.realdata

WHOLE = ("cap-plain.pcap", "cap-bare-fcs-in-header.pcap", "cap-rt-vendor-first.pcap", "cap-ppi.pcap")
MIXED = ("ng-radiotap-and-ethernet.pcapng", "ng-radiotap-and-ble.pcapng")


def replayed(folder: Path, name: str) -> tuple[list[Sighting], Outcome]:
    outcome = Outcome()
    recording = Recording(frames=(folder / name,), track=folder / "walk.nmea")
    return [sighting for sighting in replay(recording, outcome) if sighting.radio is not None], outcome


@pytest.mark.parametrize("name", [*WHOLE, *MIXED, "ng-tsoffset.pcapng"])
def test_a_capture_gives_one_camera_at_its_place_and_time(name: str, testdata: Path) -> None:
    (sighting,), outcome = replayed(testdata / "cases" / "radio", name)
    assert sighting.observer is not None
    assert (round(sighting.observer.lat, 2), round(sighting.observer.lon, 2)) == (48.10, 2.10)
    assert sighting.time is not None
    assert str(sighting.time.utc) == "2026-05-09 10:00:00+00:00"
    assert outcome.frames == 40
    assert outcome.malformed_frames == 0
    assert outcome.other_packets == (name in MIXED)
    assert bool(outcome.troubles) == (name in MIXED)


@pytest.mark.parametrize("name", WHOLE)
def test_channel_and_signal_are_what_the_header_says(name: str, testdata: Path) -> None:
    frames = list(open_capture(testdata / "cases" / "radio" / name).frames())
    told = {(frame.signal_dbm, frame.channel_mhz) for frame in frames}
    assert {mhz for _, mhz in told} == ({None} if "bare" in name else {2437})
    assert max(dbm or -999 for dbm, _ in told) == (-999 if "bare" in name else -60)


def test_packets_of_another_kind_are_told_and_end_with_2(testdata: Path) -> None:
    folder = testdata / "cases" / "radio"
    done = probe("replay", "--frames", folder / MIXED[0], "--track", folder / "walk.nmea")
    assert done.returncode == 2
    assert "1 packets of another kind" in done.stderr
    assert "(Ethernet)" in done.stderr
    assert len([line for line in done.stdout.splitlines() if json.loads(line)["kind"] == "radio"]) == 1
