"""A wireless interface: what it can do, and putting it into monitor mode, by the tools `iw` and `ip`."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from probe.errors import BadInput, NoSuchInterface
from probe.radio.privileges import NET_ADMIN, refused

RADIOTAP_TYPE = 803  # ARPHRD_IEEE80211_RADIOTAP
_NET = Path("/sys/class/net")
_CHANNEL = re.compile(r"^\s*\* (\d+)(?:\.\d+)? MHz \[\d+\](.*)$", re.MULTILINE | re.ASCII)
_PATIENCE_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """What a radio can do: whether it offers monitor mode, and to what it can tune (MHz)."""

    monitor: bool
    channels_mhz: tuple[int, ...]


def exists(name: str) -> bool:
    return "/" not in name and name not in ("", ".", "..") and (_NET / name).exists()


def index_of(name: str) -> int | None:
    """The kernel's number for an interface: another one after it was unplugged and came back."""
    return _number(_NET / name / "ifindex") if exists(name) else None


def is_radiotap(name: str) -> bool:
    """Whether its frames come with a radiotap header, as those of monitor mode do."""
    return exists(name) and _number(_NET / name / "type") == RADIOTAP_TYPE


def is_wireless(name: str) -> bool:
    return exists(name) and ((_NET / name / "phy80211").exists() or is_radiotap(name))


def wireless() -> list[str]:
    """The wireless interfaces of this machine."""
    return sorted(path.name for path in _NET.iterdir() if is_wireless(path.name))


def ability(name: str) -> Ability:
    """What the radio behind an interface can do, by `iw`. Raises BadInput where that cannot be asked."""
    phy = _NET / name / "phy80211" / "name"
    if not phy.exists():
        raise BadInput(f"{name}: not a wireless interface; `iw dev` lists those of this machine")
    return read_ability(_run("iw", "phy", phy.read_text().strip(), "info"))


def read_ability(text: str) -> Ability:
    """The ability in what `iw phy PHY info` says. Channels where sending is forbidden may be listened to."""
    channels = [int(mhz) for mhz, more in _CHANNEL.findall(text) if "disabled" not in more]
    return Ability(monitor=bool(re.search(r"^\s*\* monitor$", text, re.MULTILINE)), channels_mhz=tuple(channels))


def to_monitor(name: str, country: str | None = None) -> None:
    """Put an interface into monitor mode and up; nothing where it is already. Raises BadInput saying what to do;
    NoSuchInterface where there is none of that name."""
    if not exists(name):
        others = ", ".join(wireless()) or "none"
        raise NoSuchInterface(f"{name}: there is no such interface; wireless ones here: {others} (`iw dev` lists them)")
    if not is_radiotap(name):
        if not is_wireless(name):
            raise BadInput(f"{name}: not a wireless interface; `iw dev` lists those of this machine")
        if not ability(name).monitor:
            raise BadInput(
                f"{name}: its driver offers no monitor mode; plug in an adapter that does (MT7612U, for one), "
                "or use a radio board with --board"
            )
        _run("ip", "link", "set", name, "down")
        _run("iw", "dev", name, "set", "type", "monitor")
    if country is not None:
        _run("iw", "reg", "set", country)
    _run("ip", "link", "set", name, "up")


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _run(*command: str) -> str:
    if shutil.which(command[0]) is None:
        raise BadInput(f"{command[0]} is not installed; on Debian: sudo apt install iw iproute2")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    except subprocess.TimeoutExpired as problem:
        raise BadInput(f"`{' '.join(command)}` did not end; unplug the adapter and plug it in again") from problem
    if done.returncode:
        why = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:] or ["no reason given"]
        said = f"`{' '.join(command)}` failed ({why[0]})"
        if any(word in why[0] for word in ("not permitted", "Permission denied")):
            raise refused(said, NET_ADMIN)
        hint = "unplug the adapter and plug it in again; `sudo dmesg | tail` may say more"
        if "busy" in why[0]:
            hint = "stop what uses it: sudo systemctl stop NetworkManager wpa_supplicant"
        raise BadInput(f"{said}; {hint}")
    return done.stdout
