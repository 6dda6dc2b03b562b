"""The commands' manners: help that teaches, one sentence for bad input, exit code 2, and the rest goes on."""

import json
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
        ("send", "--patience", "0.1"),
        ("pair",),
        ("pair", "AAAA-BBBB"),
        ("pair", "CONTRECHAMP:9:later"),
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
