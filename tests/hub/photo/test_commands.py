"""The commands about pictures, from the command line: what they say, and that what they say is done."""

import json
from pathlib import Path

import pytest

from hub.backup import write_backup
from hub.data import make_hub
from tests.hub.photo.world import World, jpeg_of, noise, octets_in, sha
from tests.processes import hub

pytestmark = pytest.mark.engines

ONE, TWO = (jpeg_of(noise(seed)) for seed in (31, 32))
BROKEN = b"\xff\xd8" + bytes(3000)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with make_hub(tmp_path / "hub") as folder:
        world = World(folder)
        world.take(ONE, TWO)
        world.take(BROKEN, observer=(300.0, 0.0))
    return tmp_path / "hub"


def asked(data: Path, *words: str | Path) -> "dict[str, object]":
    done = hub("photos", *words, "--data", data, "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_pictures_are_listed_looked_at_covered_and_deleted(data: Path, tmp_path: Path) -> None:
    write_backup(data, tmp_path / "copy", "four words at random")
    listed = hub("photos", "list", "--data", data)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert f"{sha(ONE)[:12]}  new     2026-05-09  c-" in listed.stdout
    assert "160 x 120, not looked through" in listed.stdout
    assert "cannot be read" in listed.stdout
    assert "Second pass: 0 of 3 looked through." in listed.stdout
    seen = hub("photos", "look", sha(ONE)[:8], "--output", tmp_path / "seen.jpg", "--fit", "--data", data)
    assert "looked" in seen.stdout
    assert (tmp_path / "seen.jpg").read_bytes() == ONE
    covered = asked(data, "cover", sha(ONE)[:8], "--box", "0,0,1,1")
    assert (covered["id"], covered["covered"]) == (sha(ONE), 1)
    history = asked(data, "look", sha(ONE)[:8])["history"]
    assert isinstance(history, list)
    assert [event["done"] for event in history] == ["looked", "covered"]
    unasked = hub("photos", "delete", sha(ONE)[:8], "--data", data)
    assert (unasked.returncode, "say --yes" in unasked.stderr) == (2, True)
    gone = hub("photos", "delete", sha(ONE)[:8], "--yes", "--data", data)
    assert gone.returncode == 0
    assert f"may still hold it, until you delete them: {tmp_path / 'copy'}" in gone.stderr
    assert octets_in(data, [ONE[-400:-350]]) == []
    assert asked(data, "delete", sha(TWO)[:8], "--yes", "--backups")["backups"] == []
    assert not (tmp_path / "copy").exists()


def test_a_complaint_is_written_down_and_closed(data: Path) -> None:
    assert len(str(asked(data, "list", "--state", "new")["pictures"]).split("'id'")) == 4
    opened = asked(data, "complaint", "me", "--picture", sha(ONE)[:8], "--contact", "a@example.org")
    assert (opened["number"], opened["pictures"]) == (1, [sha(ONE)])
    assert "answer to: a@example.org" in hub("photos", "complaints", "--data", data).stdout
    closed = asked(data, "close", "1", "--decision", "deleted", "--delete", "--yes")
    assert (closed["deleted"], closed["pictures"]) == (True, [sha(ONE)])
    assert "No complaint is open." in hub("photos", "complaints", "--data", data).stdout
    assert octets_in(data, [b"a@example.org"]) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("look", "ffffffff"), "no picture begins with"),
        (("look", "ff"), "6 letters at least"),
        (("cover", sha(ONE), "--box", "0,0,2,2"), "in shares of the picture"),
        (("cover", sha(ONE), "--box", "nan,0,1,1"), "in shares of the picture"),
        (("cover", sha(ONE), "--box", "1,2,3"), "in shares of the picture"),
        (("cover", sha(BROKEN), "--box", "0,0,1,1"), "delete it"),
        (("look", sha(BROKEN), "--fit"), "delete it"),
        (("close", "9", "--decision", "x"), "no open complaint 9"),
        (("complaint", "x", "--camera", "c-none"), "no camera 'c-none'"),
        (("export", "--to", "/nowhere/at/all"), "no such folder"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_and_nothing_is_changed(
    words: tuple[str, ...], said: str, data: Path
) -> None:
    done = hub("photos", *words, "--data", data)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert said in done.stderr
    with make_hub(data) as folder:
        assert folder.store.picture(sha(ONE)) == ONE
        assert folder.store.pictures.history(sha(ONE)) == []
