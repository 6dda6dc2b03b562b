"""What a probe can know of its power: a Raspberry Pi's own word for a voltage that has fallen, or a battery that tells.

A power bank says nothing. The Pi's regulator notices when the voltage falls below 4.63 V, which an empty bank, a thin
cable or both do. https://www.raspberrypi.com/documentation/computers/os.html#get_throttled
"""

from dataclasses import dataclass
from pathlib import Path

SYS = Path("/sys")
_FIRMWARE = "devices/platform/soc/soc:firmware/get_throttled"
_NOW_LOW = 1  # bits of get_throttled: under-voltage now; the upper half tells what has happened since the start
LOW_SHARE = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerReading:
    """`low`: the voltage has fallen, or little is left. `share` of a battery that tells, 0 to 1; `hours_left` by it."""

    low: bool
    share: float | None = None
    hours_left: float | None = None


def power(sys: Path = SYS) -> PowerReading | None:
    """How the power is just now; None where nothing here knows. Never raises."""
    battery = _battery(sys / "class/power_supply")
    low = _low_voltage(sys)
    if battery is None:
        return None if low is None else PowerReading(low=low)
    share, hours = battery
    return PowerReading(low=bool(low) or share <= LOW_SHARE, share=share, hours_left=hours)


def _low_voltage(sys: Path) -> bool | None:
    """Whether the voltage is low now: by the hwmon driver of the Pi's firmware, or its older file."""
    for name in sorted((sys / "class/hwmon").glob("hwmon*/name")):
        if _read(name) == "rpi_volt":
            alarm = _number(name.with_name("in0_lcrit_alarm"))
            if alarm is not None:
                return alarm != 0
    told = _read(sys / _FIRMWARE)
    if told is None:
        return None
    try:
        return bool(int(told, 16) & _NOW_LOW)
    except ValueError:
        return None


def _battery(folder: Path) -> tuple[float, float | None] | None:
    """The share that is left and the hours, of the first battery that tells."""
    for kind in sorted(folder.glob("*/type")):
        if _read(kind) != "Battery":
            continue
        capacity = _number(kind.with_name("capacity"))
        if capacity is None or not 0 <= capacity <= 100:
            continue
        left_s = _number(kind.with_name("time_to_empty_avg"))
        return capacity / 100, None if not left_s or left_s < 0 else round(left_s / 3600, 1)
    return None


def _read(path: Path) -> str | None:
    try:
        with path.open(encoding="ascii", errors="replace") as file:
            return file.read(64).strip()
    except OSError:
        return None


def _number(path: Path) -> int | None:
    told = _read(path)
    try:
        return None if told is None else int(told)
    except ValueError:
        return None
