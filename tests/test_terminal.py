"""What commands print of names from outside: on a terminal nothing of it acts, and machines lose nothing of it."""

import json
import os
from pathlib import Path

import msgspec
import pytest

from hub.data import open_hub
from probe.contract.envelope import encode
from probe.contract.readable import is_readable
from probe.contract.sighting import OperatorClaim, Strength
from tests.examples import look
from tests.hostile import MIXED
from tests.paired import made_hub
from tests.probe.radio.compose import AXIS_OCTETS, beacon, pcap, radiotap
from tests.processes import hub, probe

TURNING = "gpj.\u202ekcits\u2069\u009b2J"
NAMES = (TURNING.encode(), b"no \xff text \x1b[2J", "tags \U000e0041\U000e007f\u200b.x".encode())


def assert_plain(shown: str) -> None:
    for line in shown.split("\n"):
        assert is_readable(line), ascii(line)


@pytest.fixture(params=NAMES, ids=ascii)
def name(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A path with a hostile name."""
    return tmp_path / os.fsdecode(request.param)


def test_a_files_name_turns_nothing_on_the_hubs_terminal_and_ends_no_import(name: Path, tmp_path: Path) -> None:
    data = made_hub(tmp_path / "hub")
    name.write_bytes(encode(look()) + b"\nno sighting\n")
    for more in ((), ("--json",)):
        done = hub("import", name, "--data", data, *more)
        assert done.returncode == 2
        assert "line 2" in done.stdout + done.stderr
        assert_plain(done.stdout + done.stderr)
    for more in ((), ("--json",)):
        listed = hub("undo", "--data", data, *more)
        assert listed.returncode == 0, listed.stderr
        assert "import-1" in listed.stdout
        assert_plain(listed.stdout + listed.stderr)
    for missing in (
        ("import", name.with_name(name.name + "x")),
        ("ingest", name),
        ("export", "--output", name),
        (name,),
    ):
        refused = hub(*missing, "--data", data)
        assert refused.returncode == 2
        assert_plain(refused.stdout + refused.stderr)


def test_a_parcel_with_such_a_name_is_set_aside_and_told(name: Path, tmp_path: Path) -> None:
    data, stick = made_hub(tmp_path / "hub"), tmp_path / "stick"
    stick.mkdir()
    (stick / f"{name.name}.parcel").write_bytes(b"no parcel")
    (stick / f"{name.name}.request").write_bytes(b"no request")
    (stick / "whole.parcel").write_bytes(b"neither")
    taken = hub("ingest", stick, "--data", data)
    assert taken.returncode == 2
    assert "2 refused, 2 files" in taken.stdout, taken.stderr
    assert_plain(taken.stdout + taken.stderr)
    for more in ((), ("--json",)):
        listed = hub("quarantine", "--data", data, *more)
        assert listed.returncode == 0, listed.stderr
        assert_plain(listed.stdout + listed.stderr)


def test_a_network_s_name_turns_nothing_on_the_probes_terminal(tmp_path: Path) -> None:
    network = f"{TURNING} cam"[:20].encode()[:32]
    (tmp_path / "c.pcap").write_bytes(pcap([radiotap(beacon(AXIS_OCTETS, network))] * 3))
    told = [
        probe("explain", tmp_path / "c.pcap", "--all"),
        probe("explain", tmp_path / "c.pcap", "--json"),
        probe("replay", "--frames", tmp_path / "c.pcap"),
        probe("listen", "--frames", tmp_path / "c.pcap", "--speed", "1000"),
    ]
    for done in told:
        assert done.returncode == 0, done.stderr
        assert_plain(done.stdout + done.stderr)


def test_sightings_are_printed_with_escapes_and_read_back_as_they_were(tmp_path: Path) -> None:
    from probe.contract.envelope import decode_sighting
    from probe.contract.readable import json_for_terminal

    claim = OperatorClaim(value=MIXED, strength=Strength.WEAK, evidence=())
    noted = look()
    noted = msgspec.structs.replace(noted, claims=(*noted.claims, claim))
    shown = json_for_terminal(encode(noted))
    assert_plain(shown)
    assert decode_sighting(shown) == noted
    data = made_hub(tmp_path / "hub")
    (tmp_path / "s.jsonl").write_text(shown + "\n")
    assert json.loads(hub("import", tmp_path / "s.jsonl", "--data", data, "--json").stdout)["stored"] == 1
    with open_hub(data) as folder:
        (row,) = folder.store.read(0)
    assert decode_sighting(row.body) == noted, "what is kept stays as it came"


@pytest.mark.parametrize("typed", ["Probe\u202e1", "Probe\u3164", "a\u200bb", "a\nb"])
def test_a_probe_is_given_no_name_that_hides_something(typed: str, tmp_path: Path) -> None:
    refused = hub("enroll", typed, "--no-wait", "--data", tmp_path / "hub")
    assert refused.returncode == 2
    assert "1 to 60 letters" in refused.stderr


def test_a_word_that_is_no_command_is_shown_plain() -> None:
    for said in (hub(TURNING), probe(TURNING), probe("replay", f"--{TURNING}")):
        assert said.returncode == 2
        assert_plain(said.stderr)
