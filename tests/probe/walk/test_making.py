"""By what a recording is known again."""

from pathlib import Path

import pytest

from probe.walk.making import digest_of

LARGE = 3 << 20


@pytest.mark.parametrize("size", [0, 1, 4096, LARGE])
def test_the_same_content_is_the_same_under_any_name(tmp_path: Path, size: int) -> None:
    content = bytes(range(251)) * (size // 251) + bytes(size % 251)
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(content)
    assert digest_of(tmp_path / "a") == digest_of(tmp_path / "b") is not None


@pytest.mark.parametrize("changed", ["first", "last", "middle", "longer", "shorter"])
def test_two_large_recordings_are_two(tmp_path: Path, changed: str) -> None:
    content = bytearray(range(251)) * (LARGE // 251)
    (tmp_path / "a").write_bytes(content)
    if changed == "longer":
        content += b"\0"
    elif changed == "shorter":
        content.pop()
    else:
        content[{"first": 0, "last": -1, "middle": 1 << 20}[changed]] ^= 1
    (tmp_path / "b").write_bytes(content)
    assert digest_of(tmp_path / "a") != digest_of(tmp_path / "b")


def test_what_is_no_file_has_none(tmp_path: Path) -> None:
    assert digest_of(tmp_path) is None
    assert digest_of(tmp_path / "nowhere") is None
