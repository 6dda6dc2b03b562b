"""A maker's open record: what a rule recognised and nothing else, said loudly, and bounded."""

from pathlib import Path

import msgspec
import pytest

from probe.contract.sighting import Kind, Sighting
from probe.errors import BadInput
from probe.run import record
from probe.run.record import OpenRecord
from tests.examples import look


def radio() -> Sighting:
    made = msgspec.to_builtins(look())
    for part in ("pin", "photo", "survey"):
        made.pop(part, None)
    made |= {"kind": "radio", "radio": {"transmitter": "ac:cc:8e:00:00:01"}}
    return msgspec.convert(made, Sighting)


def test_it_is_said_and_holds_what_was_recognised_alone(tmp_path: Path) -> None:
    told: list[str] = []
    file = tmp_path / "debug.jsonl"
    one = OpenRecord(file, told.append)
    assert "DEBUG" in told[0]
    assert str(file) in told[0]
    one.add(look())
    assert file.read_bytes() == b"", "a pin or a photo is no recognised transmitter"
    one.add(radio())
    assert msgspec.json.decode(file.read_bytes().splitlines()[0], type=Sighting).kind is Kind.RADIO
    assert file.stat().st_mode & 0o077 == 0


def test_it_is_bounded_and_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    one = OpenRecord(tmp_path / "debug.jsonl", told.append)
    one.add(radio())
    size = (tmp_path / "debug.jsonl").stat().st_size
    monkeypatch.setattr(record, "MOST_BYTES", size + 10)
    for _ in range(3):
        one.add(radio())
    assert (tmp_path / "debug.jsonl").stat().st_size == size
    assert len([sentence for sentence in told if "takes no more" in sentence]) == 1


def test_a_file_that_cannot_be_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be written"):
        OpenRecord(tmp_path / "none" / "debug.jsonl", print)


def test_a_forgotten_walk_is_forgotten_here_too(tmp_path: Path) -> None:
    one = OpenRecord(tmp_path / "debug.jsonl", print)
    one.add(radio())
    one.forget()
    one.add(radio())
    assert not (tmp_path / "debug.jsonl").exists()
