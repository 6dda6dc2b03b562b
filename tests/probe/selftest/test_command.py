"""`contrechamp-probe selftest` as a maker runs it: a real process, and sentences in two languages."""

import json
from pathlib import Path

import pytest

from tests.processes import probe


def test_without_a_radio_it_says_so_and_how_to_mend_it(tmp_path: Path) -> None:
    done = probe("selftest", "--outbox", tmp_path / "o.db", "--for", "1", "--json")
    lines = json.loads(done.stdout)
    assert done.returncode == 1
    codes = {line["note"]["code"]: line["passed"] for line in lines}
    assert codes["selftest-not-paired"] is False
    assert codes["selftest-outbox-room"] is True
    assert lines[0]["reference"].startswith("hardware/README.md#")


@pytest.mark.parametrize(("language", "says"), [("en", "has no hub yet"), ("fr", "n’a pas encore de hub")])
def test_it_speaks_to_people(tmp_path: Path, language: str, says: str) -> None:
    done = probe("selftest", "--outbox", tmp_path / "o.db", "--for", "1", "--lang", language)
    assert done.returncode == 1, done.stderr
    assert says in done.stdout
    assert "hardware/README.md#pairing" in done.stdout


def test_a_camera_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    done = probe("selftest", "--outbox", tmp_path / "o.db", "--for", "1", "--camera", "telescope")
    assert done.returncode == 2
    assert "is no camera" in done.stderr
