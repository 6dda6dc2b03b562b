"""Commands on what strangers made: they write no file, keep within their memory, and end when they are told to."""

from pathlib import Path

import pytest

from hub.errors import HubError
from hub.upload.confined import Confined
from hub.upload.incoming import in_memory

TRIES = """
import sys
for path in sys.argv[1:]:
    try:
        with open(path, "wb", buffering=0) as file:
            file.write(b"canary")
        print("written")
    except OSError as problem:
        print(problem.strerror)
"""


def said_by(program: str, *words: str, within_s: float = 60.0, most: int = 4096) -> list[bytes]:
    lines: list[bytes] = []
    brought = in_memory()
    with Confined(["-c", program, *words], stdin=brought.descriptor) as process:
        process.lines(most=most, within_s=within_s, each=lines.append)
    brought.close()
    return lines


def test_it_can_write_no_file_anywhere(tmp_path: Path) -> None:
    for place in (tmp_path / "a", Path("/dev/shm/contrechamp-canary")):  # noqa: S108
        assert said_by(TRIES, str(place)) == [b"File too large"]
        assert not place.exists() or place.stat().st_size == 0
        place.unlink(missing_ok=True)


def test_it_leaves_no_core_and_has_a_bound_of_memory() -> None:
    told = said_by("import resource as r; print(r.getrlimit(r.RLIMIT_CORE)); print(r.getrlimit(r.RLIMIT_AS)[0] >> 30)")
    assert told == [b"(0, 0)", b"4"]
    assert said_by("try:\n bytes(5 << 30)\nexcept MemoryError:\n print('no')") == [b"no"]


@pytest.mark.parametrize(
    ("program", "why"),
    [("import signal; signal.pause()", "too long"), ("print('x' * 9999, flush=True); input()", "more came")],
)
def test_what_never_ends_or_says_too_much_is_ended(program: str, why: str) -> None:
    with pytest.raises(HubError, match=why):
        said_by(program, within_s=0.3 if "pause" in program else 60.0)


def test_what_waits_is_ended_from_another_thread() -> None:
    brought = in_memory()
    with Confined(["-c", "import sys; print(1, flush=True); sys.stdin.read(); import signal; signal.pause()"],
                  stdin=brought.descriptor) as process:  # fmt: skip
        process.lines(most=99, within_s=60.0, each=lambda _line: process.end())
    brought.close()
