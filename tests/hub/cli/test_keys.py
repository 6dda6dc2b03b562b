"""`keys` shows how the keys stand and takes the operator's word for the day; `status` says where it waits for one."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.errors import BadInput
from hub.keys import FOLDER, HubKeys
from tests.hub.cli.test_folders import run
from tests.hub.keys.clocks import Machine
from tests.paired import made_hub

TODAY = datetime.now(UTC).date()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A hub that has run for 75 days, and was then off for 200."""
    data = made_hub(tmp_path / "hub")
    for path in (data / FOLDER).glob("s[te]a*"):
        path.unlink()
    machine = Machine(TODAY - timedelta(days=200 + 75))
    keys = HubKeys(data, clock=machine)
    machine.live(keys.rotate, 75)
    keys.take_word(machine.day)
    return data


def test_a_hub_that_waits_for_the_day_says_so_and_what_to_do(data: Path) -> None:
    told = run("keys", "--data", data).stdout
    assert f"--today-is {TODAY}" in told
    assert told.count("opens until") == 2
    status = run("status", "--data", data)
    assert f"--today-is {TODAY}" in status.stderr
    assert "cameras from" in status.stdout


def test_the_word_is_taken_after_saying_what_it_destroys(data: Path) -> None:
    before = json.loads(run("keys", "--data", data, "--json").stdout)["keys"]
    asked = run("keys", "--today-is", str(TODAY), "--data", data).exception
    assert isinstance(asked, BadInput)
    assert "the time of 1 sealing keys is over" in str(asked)
    assert json.loads(run("keys", "--data", data, "--json").stdout)["keys"] == before
    told = run("keys", "--today-is", str(TODAY), "--yes", "--data", data)
    assert told.exception is None
    assert f"The hub goes by {TODAY}" in told.stdout
    assert "--today-is" not in told.stdout
    assert before[-1]["id"] not in told.stdout
    assert before[0]["id"] in told.stdout
    assert run("status", "--data", data).stderr == ""


@pytest.mark.parametrize("day", ["1970-01-01", "2999-01-01"])
def test_a_day_that_cannot_be_is_refused(day: str, data: Path) -> None:
    assert isinstance(run("keys", "--today-is", day, "--yes", "--data", data).exception, BadInput)
