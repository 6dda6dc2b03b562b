"""What an operator types wrongly, or has no room for, is told as it is: no traceback, no blame on what is sound."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.data import make_hub
from hub.errors import BadInput, HubError, ServeError, StoreError
from tests.hub.cli.test_folders import run
from tests.paired import enrolled, made_hub


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return made_hub(tmp_path / "hub")


def failed(*words: str | Path) -> HubError:
    problem = run(*words).exception
    assert isinstance(problem, HubError)
    assert "Errno" not in str(problem)
    return problem


def test_no_sound_backup_is_blamed_for_a_folder_that_cannot_be_made(data: Path, tmp_path: Path) -> None:
    copy, file = tmp_path / "copy", tmp_path / "file"
    assert run("backup", copy, "--data", data).exception is None
    file.write_text("mine")
    assert isinstance(failed("restore", copy, "--data", file), BadInput)
    assert file.read_text() == "mine"
    problem = failed("restore", copy, "--data", file / "hub")
    assert isinstance(problem, StoreError)
    assert str(problem).startswith(f"{file / 'hub'}: cannot be written")
    assert "try an older one" not in str(problem)
    assert "give the file" in str(failed("restore", tmp_path / "none", "--data", tmp_path / "new"))
    told = run("restore", copy, "--data", tmp_path / "two words")
    assert f"serve --data '{tmp_path / 'two words'}'" in told.stdout


def test_a_hub_that_cannot_be_copied_is_told_from_a_target_that_cannot_be_written(data: Path, tmp_path: Path) -> None:
    (data / "hub.db").write_bytes(b"no database" * 1000)
    assert str(failed("backup", tmp_path / "copy", "--data", data)).startswith(f"{data}: the log is copied there first")
    assert "there is no folder" in str(failed("backup", tmp_path / "none" / "copy", "--keys-only", "--data", data))
    assert not [*tmp_path.glob("copy*")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_at_the_other_end_of_stdout_is_one_sentence(data: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "hub", "status", "--data", str(data)],
            stdout=full,
            stderr=subprocess.PIPE,
            env=dict(os.environ),
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_probe_is_not_lost_on_a_day_to_come(data: Path) -> None:
    with make_hub(data) as hub:
        enrolled(hub, "Anna")
    day = (datetime.now(UTC) + timedelta(days=3)).date()
    assert "a day to come" in str(failed("revoke", "Anna", "--lost-on", str(day), "--data", data))
    assert "revoked" not in run("probes", "--data", data).stdout
    assert run("revoke", "Anna", "--data", data).exception is None
    assert "Nothing is held of Anna" in run("held", "--release", "Anna", "--data", data).stdout


def test_blanks_around_a_name_are_no_part_of_it(data: Path) -> None:
    assert '"name": "Anna"' in run("enroll", " Anna ", "--json", "--no-wait", "--data", data).stdout


@pytest.mark.parametrize("command", ["undo", "quarantine"])
def test_fewer_than_one_cannot_be_listed(command: str, data: Path) -> None:
    assert run(command, "--limit", "-1", "--data", data).exception is not None


@pytest.mark.parametrize("host", ["", "[]"])
def test_no_address_is_not_every_address(host: str, tmp_path: Path) -> None:
    nowhere = tmp_path / "file" / "hub"  # a hub that starts all the same fails here, and does not run for ever
    (tmp_path / "file").touch()
    assert isinstance(failed("serve", "--host", host, "--port", "0", "--mqtt-port", "0", "--data", nowhere), BadInput)


def test_an_address_of_another_machine_is_told_from_a_taken_port(data: Path) -> None:
    problem = failed("serve", "--host", "192.0.2.77", "--port", "0", "--mqtt-port", "0", "--data", data)
    assert isinstance(problem, ServeError)
    assert "--host" in str(problem)
    assert "--port" not in str(problem)


def test_a_stick_that_is_not_in_is_not_made_up(data: Path, tmp_path: Path) -> None:
    assert "no such folder; is the stick in" in str(
        failed("enroll", "one", "--to", f"folder:{tmp_path / 'stik'}", "--data", data)
    )
    assert not (tmp_path / "stik").exists()
    assert run("probes", "--data", data, "--json").output.strip() == "[]"


def test_a_file_without_sightings_is_no_import_of_none(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "walk.jsonl"
    file.write_text("\n\n")
    assert "the file is empty" in str(failed("import", file, "--data", data))
    for packed in (b"\x1f\x8b\x08\0\0", bytes.fromhex("d4c3b2a102000400"), b"\0"):
        file.write_bytes(packed * 50)
        assert "unpack what is compressed" in str(failed("import", file, "--data", data))
    for odd in ("nonsense", '{"tab":\t1}', '{"name": "caf\u00e9\u00a0\u202f\u200b"}', "\ufeff{}"):
        file.write_text(f"{odd}\n")
        done = run("import", file, "--data", data)
        assert (done.exit_code, "line 1" in done.stderr) == (2, True), "one bad line, and no bad file"


def test_a_stick_without_anything_from_a_probe_is_told(data: Path, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    for _ in range(2):  # the hub's own keys lie there the second time
        done = run("ingest", tmp_path / "stick", "--data", data)
        assert (done.exit_code, "holds nothing from a probe" in done.stderr) == (2, True)


def test_an_export_says_what_it_has_written_or_that_it_has_no_folder(data: Path, tmp_path: Path) -> None:
    assert "there is no folder" in str(failed("export", "--all", "--output", tmp_path / "no" / "x", "--data", data))
    told = run("export", "--all", "--output", tmp_path / "x.geojson", "--data", data)
    assert (told.exit_code, told.stdout) == (0, f"0 cameras written to {tmp_path / 'x.geojson'}.\n")
