"""What a running probe takes of its machine: memory, and octets written to the card. For makers, and for the bench.

A card dies of writes. What this process has handed to the kernel for disks is its own; what reaches the disk under the
outbox (its `stat` in sysfs) is that of all programs.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_SECTOR = 512
_SECTORS_WRITTEN = 6  # https://www.kernel.org/doc/html/latest/block/stat.html
_LEAST_S = 60.0  # less says nothing of an hour


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineReading:
    """Octets: memory of this process now and at most so far, written since the start by this process, and by the
    hour; `disk_bytes` by all programs, to the disk under the outbox. None is unknown."""

    rss_bytes: int | None = None
    peak_rss_bytes: int | None = None
    written_bytes: int | None = None
    disk_bytes: int | None = None
    written_per_hour: float | None = None


class Meters:
    """Reads from the moment it is made. `disk_of` is a file on the disk to watch. Never raises."""

    def __init__(
        self, disk_of: Path, clock: Callable[[], float], *, sys: Path = Path("/sys"), proc: Path = Path("/proc/self")
    ) -> None:
        self._proc, self._clock = proc, clock
        self._stat = _stat_of(disk_of, sys)
        self._began_s, self._began, self._disk_began = clock(), self._written(), self._to_disk()

    def read(self) -> MachineReading:
        """What it is now."""
        status = _fields(self._proc / "status")
        written = _since(self._began, self._written())
        seconds = self._clock() - self._began_s
        by_hour = None if written is None or seconds < _LEAST_S else round(written * 3600 / seconds)
        return MachineReading(
            rss_bytes=_kilobytes(status.get("VmRSS")),
            peak_rss_bytes=_kilobytes(status.get("VmHWM")),
            written_bytes=written,
            disk_bytes=_since(self._disk_began, self._to_disk()),
            written_per_hour=by_hour,
        )

    def _to_disk(self) -> int | None:
        if self._stat is None:
            return None
        try:
            return int(self._stat.read_text().split()[_SECTORS_WRITTEN]) * _SECTOR
        except (OSError, ValueError, IndexError):
            return None

    def _written(self) -> int | None:
        told = _fields(self._proc / "io").get("write_bytes")
        return int(told) if told is not None and told.isdecimal() else None


def _since(began: int | None, now: int | None) -> int | None:
    return None if now is None or began is None or now < began else now - began


def _stat_of(path: Path, sys: Path) -> Path | None:
    """The counters of the disk or partition that a file lies on; None where it lies on none, as in memory."""
    there = path if path.exists() else path.parent
    try:
        device = os.stat(there).st_dev
    except OSError:
        return None
    stat = sys / f"dev/block/{os.major(device)}:{os.minor(device)}/stat"
    return stat if stat.exists() else None


def _fields(path: Path) -> dict[str, str]:
    """The lines `name: value` of a file of the kernel's."""
    try:
        lines = path.read_text(errors="replace").splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, mark, value in (line.partition(":") for line in lines) if mark}


def _kilobytes(told: str | None) -> int | None:
    number = (told or "").removesuffix(" kB")
    return int(number) * 1024 if number.isdecimal() else None
