"""Bits that change on a disk, one after the other."""

from collections.abc import Callable, Iterator
from pathlib import Path


def changed(whole: bytes, every: int = 1, start: int = 0) -> Iterator[bytes]:
    """These octets with one bit changed: each bit in turn, or one of so many."""
    for bit in range(start, len(whole) * 8, every):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        yield bytes(damaged)


def told_and_same(
    path: Path, every: int, look_at: Callable[[], object], error: type[Exception], advice: str
) -> tuple[int, int]:
    """Change one bit of a file after the other; how many times that was told with this advice, and how many times it
    changed nothing. Fails where a changed one is believed, or something is written in its place."""
    whole, truth = path.read_bytes(), look_at()
    told = same = 0
    for damaged in changed(whole, every):
        path.write_bytes(damaged)
        try:
            assert look_at() == truth, f"{path.name} is believed: {damaged!r}"
            same += 1
        except error as problem:
            told += 1
            assert "\n" not in str(problem)
            assert advice in str(problem)
            assert path.read_bytes() == damaged, "nothing is made anew in its place"
    path.write_bytes(whole)
    return told, same
