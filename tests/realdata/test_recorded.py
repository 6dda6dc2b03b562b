"""Real captures and logs, which are never part of the project: named by CONTRECHAMP_TESTDATA, else skipped.

Only counts are printed: other people's addresses and names occur in them.
"""

from collections import Counter
from pathlib import Path

import pytest

from probe.errors import BadInput
from probe.importer.sightings import import_log
from probe.radio.capture import open_capture
from probe.walk.outcome import Outcome
from probe.walk.recorded import Recording, replay

pytestmark = pytest.mark.realdata

# Frames by an independent count (tcpdump and tshark); None where the file has no header and is no capture by itself.
FRAMES = {
    "test1.pcap": 192, "80211ad_beacon.pcap": 1, "test23.pcap": 3, "testm1m2m3.pcap": 5, "wpa3-psk.pcap": 24,
    "zn2i.pcap": 12, "pmkid-not-recognized.cap": 20_056, "wep_64_ptw.cap": 65_282, "wep_64_ptw_01.cap": 5_100,
    "wep_64_ptw_02.cap": None, "wep_64_ptw_03.cap": None, "wep_64_ptw_04.cap": None, "n-02.cap": 218,
    "wpa-psk-linksys.cap": 587, "wpa2-psk-linksys.cap": 499, "capture_wds-01.cap": 139, "Chinese-SSID-Name.pcap": 1,
    "wps2.0.pcap": 1, "wpa.cap": 13, "wpaclean_crash.pcap": 1, "floatingpoint_exception.pcap": 20, "3.pcap": 3,
    "test-pmkid.pcap": 2, "MOM1.cap": 9, "wpa2.eapol.cap": 5, "wep.open.system.authentication.cap": 9,
    "wep.shared.key.authentication.cap": 13,
}  # fmt: skip


@pytest.mark.parametrize("name", FRAMES)
def test_every_frame_of_a_real_capture_is_counted(name: str, testdata: Path) -> None:
    capture = open_capture(testdata / "radio" / "aircrack-ng" / name)
    expected = FRAMES[name]
    if expected is None:
        with pytest.raises(BadInput, match="not a capture"):
            list(capture.frames())
        return
    for _ in capture.frames():
        pass
    assert capture.counts.frames == expected
    # Behind its last whole packet, this one holds half of another.
    assert (capture.counts.truncated_at is not None) == (name == "pmkid-not-recognized.cap")


def test_the_four_parts_of_one_capture_join(testdata: Path, tmp_path: Path) -> None:
    folder, joined = testdata / "radio" / "aircrack-ng", tmp_path / "joined.cap"
    joined.write_bytes(b"".join((folder / f"wep_64_ptw_0{n}.cap").read_bytes() for n in (1, 2, 3, 4)))
    capture = open_capture(joined)
    list(capture.frames())
    assert capture.counts.frames == 20_400


def test_no_sighting_comes_out_of_captures_without_cameras(testdata: Path) -> None:
    outcome = Outcome()
    frames = tuple(testdata / "radio" / "aircrack-ng" / name for name, count in FRAMES.items() if count is not None)
    sightings = list(replay(Recording(frames=frames), outcome))
    assert [(sighting.made.rule, sighting.evidence) for sighting in sightings] == []
    assert outcome.frames > 90_000


def test_the_wigle_export_by_rule(testdata: Path) -> None:
    outcome = Outcome()
    sightings = list(import_log(testdata / "wigle" / "flock-wifi.csv", outcome))
    rules = Counter(sighting.made.rule for sighting in sightings)
    assert outcome.rows == 803
    assert rules == {"flock-suffix": 780}
    assert outcome.by_band == {"2.4 GHz": 629, "5 GHz": 151}
    assert rules["flock-suffix"] / outcome.rows > 0.97
    finnish = [s for s in sightings if s.subject and s.subject.place and s.subject.place.lon > 0]
    assert finnish == []
