"""What hub and probe say of a probe that comes: the words, its name of before, and where the hub is."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from probe.outbox.outbox import Outbox
from tests.examples import look
from tests.paired import made_hub
from tests.processes import HubProcess, hub, probe, until

pytestmark = pytest.mark.engines


class Enrolling:
    """`contrechamp-hub enroll`, which waits for its probe."""

    def __init__(self, log: Path, *words: str | Path) -> None:
        self._log = log
        with log.open("wb") as out:
            command = [sys.executable, "-m", "hub", "enroll", *map(str, words)]
            self._process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)

    @property
    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def code(self, number: int = 1) -> str:
        """The letters of the code that was shown last, once so many were shown."""
        until(lambda: len(self._codes()) >= number, "a code")
        return self._codes()[-1]

    def end(self) -> str:
        """All that it has said, once it has ended well."""
        until(lambda: self._process.poll() is not None, "the end of enroll")
        assert self._process.returncode == 0, self.said
        return self.said

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _codes(self) -> list[str]:
        return re.findall(r"pair ([0-9A-Z-]{39})\n", self.said)


@contextmanager
def enrolling(name: str, data: Path) -> Iterator[Enrolling]:
    one = Enrolling(data.with_name(f"{name}.log"), name, "--data", data)
    try:
        yield one
    finally:
        one.kill()


def test_a_probe_that_is_called_otherwise_from_now_on_is_told_on_both_sides(tmp_path: Path) -> None:
    running, outbox = HubProcess(tmp_path / "hub"), tmp_path / "o.db"
    running.start()
    try:
        for name, was in (("first", None), ("second", "first")):
            with enrolling(name, running.data) as hub_side:
                paired = probe("pair", hub_side.code(), "--to", running.mqtt_url, "--outbox", outbox)
                assert paired.returncode == 0, paired.stderr
                said = hub_side.end()
            (words,) = re.findall(r"same words: (.*)", said)
            assert words in paired.stdout
            told = "This probe was called first until now." in said, "until now it was first" in paired.stdout
            assert told == (was is not None, was is not None)
        listed = json.loads(hub("probes", "--data", running.data, "--json").stdout)
        assert [one["name"] for one in listed] == ["second"]
    finally:
        running.kill()


def test_by_stick_the_hub_shows_the_words_and_the_name_of_before(tmp_path: Path) -> None:
    data, outbox = made_hub(tmp_path / "hub"), tmp_path / "o.db"
    for name, was in (("first", None), ("second", "first")):
        stick = tmp_path / name
        stick.mkdir()
        assert hub("enroll", name, "--to", f"folder:{stick}", "--data", data).returncode == 0
        words = json.loads(probe("pair", f"folder:{stick}", "--outbox", outbox, "--json").stdout)["words"]
        taken = hub("ingest", stick, "--data", data)
        assert taken.returncode == 0, taken.stderr
        assert f"{name} is here. The probe must show the same words: {words}" in taken.stdout
        assert ("was called first until now" in taken.stdout) == (was is not None)
        again = json.loads(hub("ingest", stick, "--data", data, "--json").stdout)
        assert again["pairings"] == [{"name": name, "words": words, "was": was}]
        assert again["paired"] == 1
        sent = probe("send", "--to", f"folder:{stick}", "--outbox", outbox)
        assert ("until now it was first" in sent.stderr) == (was is not None)


def test_a_request_that_the_hub_refuses_is_told(tmp_path: Path) -> None:
    data, stick = made_hub(tmp_path / "hub"), tmp_path / "stick"
    stick.mkdir()
    assert hub("enroll", "one", "--to", f"folder:{stick}", "--data", data).returncode == 0
    assert probe("pair", f"folder:{stick}", "--outbox", tmp_path / "a.db").returncode == 0
    assert hub("ingest", stick, "--data", data).returncode == 0
    assert probe("pair", f"folder:{stick}", "--outbox", tmp_path / "b.db").returncode == 0  # the same card once more
    taken = hub("ingest", stick, "--data", data)
    assert taken.returncode == 2
    assert "used already, by another probe" in taken.stderr
    assert taken.stdout.count("is here") == 1


def test_somebody_elses_request_is_noted_and_no_fault(tmp_path: Path) -> None:
    data, stick = made_hub(tmp_path / "hub"), tmp_path / "stick"
    stick.mkdir()
    other = made_hub(tmp_path / "other")
    assert hub("enroll", "theirs", "--to", f"folder:{stick}", "--data", other).returncode == 0
    assert probe("pair", f"folder:{stick}", "--outbox", tmp_path / "o.db").returncode == 0
    taken = hub("ingest", stick, "--data", data)
    assert taken.returncode == 0, taken.stderr
    assert "no request that this hub can open" in taken.stderr
    assert "is here" not in taken.stdout


def test_a_code_from_before_the_hub_ran_learns_its_address(tmp_path: Path) -> None:
    running, outbox = HubProcess(tmp_path / "hub"), tmp_path / "o.db"
    with enrolling("early", running.data) as hub_side:
        first = hub_side.code()
        assert "has not run yet" in hub_side.said
        assert "contrechamp-hub serve" in hub_side.said
        assert "--to mqtt" not in hub_side.said
        running.start()
        try:
            assert hub_side.code(2) == first
            assert running.mqtt_url in hub_side.said
            paired = probe("pair", first, "--to", running.mqtt_url, "--outbox", outbox)
            assert paired.returncode == 0, paired.stderr
            assert "early is here" in hub_side.end()
            with Outbox(outbox) as box:
                box.add([look()])
            assert probe("send", "--outbox", outbox).returncode == 0
        finally:
            running.kill()
