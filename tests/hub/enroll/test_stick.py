"""Pairing by stick under somebody's fingers: what lies there is exchanged, and both sides tell."""

import json
import shutil
from pathlib import Path

import pytest

from hub.data import open_hub
from probe.contract.code import hub_letters
from probe.outbox.outbox import Outbox
from tests.paired import database_of, made_hub
from tests.processes import hub, probe


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def invited(name: str, stick: Path, data: Path) -> str:
    """What the hub says as it lays a card."""
    done = hub("enroll", name, "--to", f"folder:{stick}", "--data", data)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_words_and_letters_are_shown_at_each_step_on_both_sides(tmp_path: Path, stick: Path) -> None:
    data, outbox = made_hub(tmp_path / "hub"), tmp_path / "o.db"
    laid = invited("shy", stick, data)
    with open_hub(data) as folder:
        letters = hub_letters(folder.keys.hub_id)
    assert letters in laid
    assert "compare" in laid
    read = probe("pair", f"folder:{stick}", "--outbox", outbox).stdout
    with Outbox(outbox) as box:
        words = box.paired().words
    assert len(words.split()) == 6
    assert letters in read
    assert f"must show the same words: {words}" in read
    taken = hub("ingest", stick, "--data", data).stdout
    assert f"must show the same words: {words}" in taken
    assert "contrechamp-hub revoke shy" in taken, "what to do where they differ"
    answered = probe("send", "--to", f"folder:{stick}", "--outbox", outbox)
    assert f"must show the same words: {words}" in answered.stderr
    standing = probe("status", "--outbox", outbox).stdout
    assert words in standing
    assert letters in standing
    assert json.loads(probe("status", "--outbox", outbox, "--json").stdout)["words"] == words
    assert words in hub("probes", "--data", data).stdout
    assert json.loads(hub("probes", "--data", data, "--json").stdout)[0]["words"] == words


def test_a_card_that_was_exchanged_is_told_by_the_hub_that_awaits_its_probe(tmp_path: Path, stick: Path) -> None:
    data, strange, outbox = made_hub(tmp_path / "hub"), made_hub(tmp_path / "strange"), tmp_path / "o.db"
    invited("ours", stick, data)
    invited("theirs", stick, strange)  # over ours
    assert probe("pair", f"folder:{stick}", "--outbox", outbox).returncode == 0
    for more in ((), ("--json",)):
        taken = hub("ingest", stick, "--data", data, *more)
        assert taken.returncode == 2
        said = taken.stdout + taken.stderr
        assert "another hub's card" in said
        assert "ours is awaited here" in said
        with open_hub(strange) as folder:
            assert hub_letters(folder.keys.hub_id) in said
    with Outbox(outbox) as box, open_hub(strange) as folder:
        assert box.paired().hub_id == folder.keys.hub_id, "which the walker can see by `status`"


def test_a_card_that_was_put_back_leaves_a_request_that_the_hub_cannot_open(tmp_path: Path, stick: Path) -> None:
    data, strange, outbox = made_hub(tmp_path / "hub"), made_hub(tmp_path / "strange"), tmp_path / "o.db"
    invited("ours", stick, data)
    shutil.move(stick / "hub.card", tmp_path / "kept")
    invited("theirs", stick, strange)
    assert probe("pair", f"folder:{stick}", "--outbox", outbox).returncode == 0
    shutil.move(tmp_path / "kept", stick / "hub.card")
    taken = hub("ingest", stick, "--data", data)
    assert taken.returncode == 2
    assert "no request that this hub can open" in taken.stderr
    assert "beside this hub's card for ours, which nobody has used" in taken.stderr


def test_whoever_exchanges_both_ways_shows_other_words(tmp_path: Path, stick: Path) -> None:
    """A stranger's hub between: it pairs the probe, and comes to the true hub with a probe of its own."""
    data, strange = made_hub(tmp_path / "hub"), made_hub(tmp_path / "strange")
    invited("ours", stick, data)
    between = tmp_path / "between"
    between.mkdir()
    shutil.move(stick / "hub.card", between / "hub.card")
    invited("theirs", stick, strange)
    shown = json.loads(probe("pair", f"folder:{stick}", "--outbox", tmp_path / "o.db", "--json").stdout)["words"]
    assert hub("ingest", stick, "--data", strange).returncode == 0
    assert probe("pair", f"folder:{between}", "--outbox", tmp_path / "theirs.db").returncode == 0
    taken = json.loads(hub("ingest", between, "--data", data, "--json").stdout)
    assert taken["paired"] == 1
    assert taken["pairings"][0]["words"] != shown


def test_a_card_that_nobody_used_is_told(tmp_path: Path, stick: Path) -> None:
    data = made_hub(tmp_path / "hub")
    invited("lazy", stick, data)
    taken = hub("ingest", stick, "--data", data)
    assert taken.returncode == 2, "nothing came"
    assert "the card for lazy has not been used yet" in taken.stderr
    assert "lazy  has not come yet" in hub("probes", "--data", data).stdout
    with open_hub(data) as folder, database_of(folder).transaction() as db:
        db.execute("UPDATE enrolment SET ends_s = 1")
    assert "was never used, and has expired" in hub("ingest", stick, "--data", data).stderr
    assert "lazy" not in hub("probes", "--data", data).stdout


def test_a_used_card_and_another_hubs_one_later_are_no_fault(tmp_path: Path, stick: Path) -> None:
    data, other, outbox = made_hub(tmp_path / "hub"), made_hub(tmp_path / "other"), tmp_path / "o.db"
    invited("one", stick, data)
    assert probe("pair", f"folder:{stick}", "--outbox", outbox).returncode == 0
    for _ in range(2):
        again = hub("ingest", stick, "--data", data)
        assert (again.returncode, again.stderr) == (0, "")
    invited("another", stick, other)
    later = hub("ingest", stick, "--data", data)
    assert later.returncode == 0
    assert "another hub's card" in later.stderr


@pytest.mark.parametrize("content", [b"", b"\xff" * 40, b"\x81\xa1v\x01"])
def test_a_damaged_card_is_told_where_a_probe_is_awaited(content: bytes, tmp_path: Path, stick: Path) -> None:
    data = made_hub(tmp_path / "hub")
    invited("one", stick, data)
    (stick / "hub.card").write_bytes(content)
    taken = hub("ingest", stick, "--data", data)
    assert taken.returncode == 2
    assert "hub.card: damaged" in taken.stderr


def test_a_probe_that_changes_its_hub_says_so(tmp_path: Path, stick: Path) -> None:
    outbox = tmp_path / "o.db"
    hubs = [made_hub(tmp_path / name) for name in ("first", "second")]
    for data in hubs:
        invited("one", stick, data)
        read = probe("pair", f"folder:{stick}", "--outbox", outbox).stdout
    with open_hub(hubs[0]) as folder:
        assert f"Until now this probe was paired with another: {hub_letters(folder.keys.hub_id)}" in read
