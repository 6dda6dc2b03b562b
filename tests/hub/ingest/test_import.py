"""`contrechamp-hub import`: files as editors and shells leave them."""

import json
from codecs import BOM_UTF8
from pathlib import Path

import pytest

from probe.contract.envelope import encode
from tests.examples import look
from tests.paired import made_hub
from tests.processes import hub


def imported(path: Path, tmp_path: Path) -> tuple[int, int, int]:
    """What came of it: exit code, stored, refused."""
    done = hub("import", path, "--data", made_hub(tmp_path / "hub"), "--json")
    told = json.loads(done.stdout)
    return done.returncode, told["stored"], told["refused"]


def test_a_mark_at_the_files_start_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(BOM_UTF8 + encode(look()) + b"\r\n\r\n" + encode(look()) + b"\r\n")
    assert imported(path, tmp_path) == (0, 2, 0)


def test_a_mark_elsewhere_spoils_its_line_alone(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(encode(look()) + b"\n" + BOM_UTF8 + encode(look()) + b"\n" + encode(look()))
    assert imported(path, tmp_path) == (2, 2, 1)


@pytest.mark.realdata
def test_the_reported_case(testdata: Path, tmp_path: Path) -> None:
    assert imported(testdata / "cases" / "photo" / "32-bom" / "pin.jsonl", tmp_path) == (0, 1, 0)
