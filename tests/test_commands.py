"""The commands' manners: help that teaches, one sentence for bad input, exit code 2, and the rest goes on."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from probe.detect.registry import rules
from tests.paired import made_hub, pair
from tests.probe.radio.compose import beacon, pcap, radiotap
from tests.processes import hub, probe

FLOCK = bytes.fromhex("744ca112abef")


def _nowhere(words: tuple[str, ...], tmp_path: Path) -> list[str]:
    """The words, `{nowhere}` being a path that does not exist: one of this test's, no name at a machine's root."""
    return [word.replace("{nowhere}", str(tmp_path / "nowhere")) for word in words]


@pytest.mark.parametrize(
    "words",
    [
        ("replay",),
        ("replay", "--frames", "{nowhere}.pcap"),
        ("replay", "--photos", "{nowhere}"),
        ("import", "{nowhere}.csv"),
        ("send", "--to", "carrier-pigeon://roof"),
        ("send", "--to", "mqtt://user:secret@host"),
        ("send", "--to", "mqtt://host:99999"),
        ("send", "--to", "folder:"),
        ("pair",),
        ("pair", "AAAA-BBBB"),
        ("pair", "CONTRECHAMP:9:later"),
        ("pair", "A" * 400),
        ("pair", "{nowhere}.jpg"),
        ("pair", "folder:{nowhere}"),
        ("pair", "folder:"),
        ("nonsense",),
    ],
)
def test_a_probe_says_what_is_wrong_and_ends_with_2(words: tuple[str, ...], tmp_path: Path) -> None:
    outbox = ("--outbox", str(tmp_path / "o.db")) if words[0] in ("send", "pair") else ()
    if outbox:
        pair(tmp_path / "o.db", tmp_path / "hub")
    done = probe(*_nowhere(words, tmp_path), *outbox)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
    assert "secret" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("ingest", "{nowhere}"),
        ("import", "{nowhere}.jsonl"),
        ("export", "--format", "paper"),
        ("export", "--all", "--output", "{nowhere}/at/all"),
        ("serve", "--broker", "http://host", "--port", "0"),
        ("serve", "--tiles", "javascript:alert(1)", "--port", "0", "--mqtt-port", "0"),
    ],
)
def test_a_hub_says_what_is_wrong_and_ends_with_2(words: tuple[str, ...], tmp_path: Path) -> None:
    done = hub(*_nowhere(words, tmp_path), "--data", made_hub(tmp_path / "hub"))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_a_cut_capture_is_read_to_the_cut_and_told(tmp_path: Path) -> None:
    whole = pcap([radiotap(beacon(FLOCK, b"Flock-12ABEF")), radiotap(beacon())])
    (tmp_path / "cut.pcap").write_bytes(whole[:-5])
    done = probe("replay", "--frames", tmp_path / "cut.pcap")
    assert done.returncode == 2
    assert "cut short at byte" in done.stderr
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["made"]["rule"] == "flock-suffix"


def test_what_is_printed_can_be_imported(tmp_path: Path) -> None:
    (tmp_path / "air.pcap").write_bytes(pcap([radiotap(beacon(FLOCK, b"Flock-12ABEF"))]))
    printed = probe("replay", "--frames", tmp_path / "air.pcap")
    assert printed.returncode == 0
    (tmp_path / "s.jsonl").write_text(printed.stdout)
    taken = hub("import", tmp_path / "s.jsonl", "--data", made_hub(tmp_path / "hub"), "--json")
    assert json.loads(taken.stdout)["stored"] == 1
    status = json.loads(hub("status", "--data", tmp_path / "hub", "--json").stdout)
    assert (status["cameras"], status["unplaced"]) == (0, 1)


def test_a_picture_that_is_not_there_is_not_taken_for_letters(tmp_path: Path) -> None:
    done = probe("pair", tmp_path / "photo.jpg", "--outbox", tmp_path / "o.db")
    assert "no such file" in done.stderr


def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The outbox that is a probe's own where nobody names one, paired with a hub."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("CONTRECHAMP_OUTBOX", raising=False)
    path = tmp_path / "data" / "contrechamp" / "outbox.db"
    pair(path, tmp_path / "hub")
    return path


WIGLE = """WigleWifi-1.4,appRelease=2.70,model=x,release=13,device=x,display=x,board=x,brand=x
MAC,SSID,AuthMode,FirstSeen,Channel,RSSI,CurrentLatitude,CurrentLongitude,AltitudeMeters,AccuracyMeters,Type
74:4C:A1:12:AB:EF,Flock-12ABEF,[ESS],2026-05-09 10:00:00,6,-60,47.0,-17.0,10,5,WIFI
"""


def test_one_outbox_is_paired_once_and_found_by_all_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox = own(tmp_path, monkeypatch)
    (tmp_path / "air.pcap").write_bytes(pcap([radiotap(beacon(FLOCK, b"Flock-12ABEF"))]))
    (tmp_path / "wigle.csv").write_text(WIGLE)
    kept = probe("replay", "--frames", tmp_path / "air.pcap", "--outbox")
    assert (kept.returncode, str(outbox) in kept.stdout, kept.stderr) == (0, True, "")
    imported = probe("import", tmp_path / "wigle.csv", "--outbox")
    assert (imported.returncode, imported.stderr) == (0, "")
    assert json.loads(probe("status", "--json").stdout)["queued"] == 2
    (tmp_path / "stick").mkdir()
    sent = probe("send", "--to", f"folder:{tmp_path / 'stick'}")
    assert "2 sightings handed over" in sent.stdout
    elsewhere = probe("replay", "--frames", tmp_path / "air.pcap", "--outbox", tmp_path / "o.db")
    assert (elsewhere.returncode, elsewhere.stdout) == (2, "")
    assert "paired with no hub" in elsewhere.stderr
    assert f"pair CODE --outbox {tmp_path / 'o.db'}" in elsewhere.stderr


@pytest.mark.parametrize("command", ["replay", "import"])
def test_what_is_only_printed_is_said_not_to_be_kept(tmp_path: Path, command: str) -> None:
    (tmp_path / "air.pcap").write_bytes(pcap([radiotap(beacon(FLOCK, b"Flock-12ABEF"))]))
    (tmp_path / "wigle.csv").write_text(WIGLE)
    words = ("--frames", tmp_path / "air.pcap") if command == "replay" else (tmp_path / "wigle.csv",)
    for more in ((), ("--json",)):
        done = probe(command, *words, *more)
        assert done.returncode == 0
        assert len(done.stdout.splitlines()) == 1
        first, last = done.stderr.splitlines()
        assert "Nothing was kept" in first
        assert "--outbox" in first
        assert not more or json.loads(last)["sightings"] == 1, "what came of it is the last line, for machines"


def test_an_import_without_a_file_says_where_the_outbox_is_named(tmp_path: Path) -> None:
    done = probe("import", "--outbox", tmp_path / "wigle.csv")
    assert done.returncode == 2
    assert "comes after it" in done.stderr


def test_sending_where_nothing_waits_says_so_and_of_which_outbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = own(tmp_path, monkeypatch)
    (tmp_path / "stick").mkdir()
    for to in ((), ("--to", "mqtt://127.0.0.1:1"), ("--to", f"folder:{tmp_path / 'stick'}")):
        sent = probe("send", *to)
        assert (sent.returncode, sent.stderr) == (0, "")
        assert sent.stdout == f"Nothing was sent: nothing waits in {outbox}.\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_finds_no_room_is_told_in_a_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "probe", "rules"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "the disk is full" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", [(), ("replay",), ("import",), ("send",), ("status",), ("rules",)])
def test_a_probes_help_teaches(command: tuple[str, ...]) -> None:
    done = probe(*command, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_rules_are_listed_for_people_and_machines() -> None:
    told = probe("rules").stdout
    machine = json.loads(probe("rules", "--json").stdout)
    assert [rule["name"] for rule in machine["rules"]] == [rule.name for rule in rules()]
    for rule in machine["rules"]:
        assert rule["name"] in told
    assert "fooled by" in told


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_probe_that_is_started_without_an_output_works_all_the_same(closed: str, tmp_path: Path) -> None:
    capture = tmp_path / "walk.pcap"
    capture.write_bytes(pcap([radiotap(beacon(FLOCK, b"Flock-12ABEF"))]))
    words = ("sh", "-c", f'"$@" {closed}', "sh", sys.executable, "-m", "probe", "replay", "--frames", str(capture))
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
