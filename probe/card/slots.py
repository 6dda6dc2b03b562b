"""Two places for the probe's programs: one is used, the other takes the next version, then keeps the last one.

    slots/
    ├── a/, b/         virtual environments
    ├── current        a link to the one that is used
    ├── trying         while a new one has not shown that it listens: the name of the one before it
    └── release-key    whose releases this probe takes

A new version is used once it has come to listen; where it does not, or the power goes in between, the one before it is
back. Neither waits for a person. So all of a new version is on the disk before anything leads to it: a kernel keeps
what is written in memory for half a minute, and whoever has updated a kit pulls its plug.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from probe.card.release import SignedRelease, open_release, read_public_key, unpack, version_key
from probe.errors import BadInput
from probe.files.durable import write_durably

SLOTS = Path("/var/lib/contrechamp/slots")
NAMES = ("a", "b")
_BUILD_S = 1500
Restart = Callable[[], str | None]  # why the probe does not listen after it was started anew; None where it does


@dataclass(frozen=True, slots=True)
class Updated:
    """What came of an update: which version is used now, which one before."""

    version: str
    before: str


class Slots:
    """The two places under a folder; `to_disk` brings what was written to the disk. Raises BadInput where nothing is
    installed there."""

    def __init__(self, folder: Path = SLOTS, to_disk: Callable[[], None] = os.sync) -> None:
        self.folder, self._to_disk = folder, to_disk
        if self._name() is None:
            raise BadInput(
                f"{folder}: no probe is installed there by `contrechamp-probe card`; update it as you installed it"
            )

    def _name(self) -> str | None:
        try:
            name = os.readlink(self.folder / "current")
        except OSError:
            return None
        return name if name in NAMES else None

    @property
    def current(self) -> Path:
        """The one that is used."""
        return self.folder / (self._name() or NAMES[0])

    @property
    def other(self) -> Path:
        """The one that is not."""
        return self.folder / next(name for name in NAMES if name != self.current.name)

    @property
    def release_key(self) -> bytes | None:
        """Whose releases are taken; None for nobody's. Raises BadInput."""
        try:
            text = (self.folder / "release-key").read_text()
        except OSError:
            return None
        return read_public_key(text) if text.strip() else None

    def use(self, slot: Path) -> None:
        """From now on that one, in one move. Raises OSError."""
        aside = self.folder / "current.new"
        aside.unlink(missing_ok=True)
        aside.symlink_to(slot.name)
        aside.replace(self.folder / "current")

    def settle(self, restart: Restart) -> str | None:
        """Decide about a new version that was being tried when the power went. A sentence where it was taken back."""
        trying = self.folder / "trying"
        try:
            before = trying.read_text().strip()
        except OSError:
            return None
        told = None
        if before in NAMES and before != self.current.name and restart() is not None:
            self.use(self.folder / before)
            restart()
            told = "the new version did not come to listen; the one before it is back"
        trying.unlink(missing_ok=True)
        return told

    def update(self, path: Path, restart: Restart, *, older: bool = False) -> Updated:
        """Take in a release. Raises BadInput, and then the version that was used is used as before."""
        signed = open_release(path, self.release_key)
        before = version_of(self.current)
        version = signed.release.version
        if version == before:
            self._know(signed.key)  # the power may have gone after it was tried and before its key was known
            raise BadInput(f"{path}: is version {version}, which this probe has already")
        if version_key(version) < version_key(before) and not older:
            raise BadInput(f"{path}: is version {version}, older than {before} here; --older takes it all the same")
        new = self.other
        self._build(path, signed, new)
        self._try(new, version, restart)
        self._know(signed.key)
        return Updated(version, before)

    def _know(self, key: bytes) -> None:
        """From now on this release key alone."""
        if key != self.release_key:
            write_durably(self.folder / "release-key", key.hex().encode() + b"\n")

    def _build(self, path: Path, signed: SignedRelease, slot: Path) -> None:
        incoming = self.folder / "incoming"
        tag = f"cp{sys.version_info.major}{sys.version_info.minor}"
        for old in (incoming, slot):
            shutil.rmtree(old, ignore_errors=True)
        incoming.mkdir()
        try:
            wheels = unpack(path, signed, tag, platform.machine(), incoming)
            build_slot(slot, wheels)
            found = version_of(slot)
            self._to_disk()
        except BaseException:
            shutil.rmtree(slot, ignore_errors=True)
            raise
        finally:
            shutil.rmtree(incoming, ignore_errors=True)
        if found != signed.release.version:
            raise BadInput(f"{path}: says that it is {signed.release.version}, and is {found}; do not use it")

    def _try(self, new: Path, version: str, restart: Restart) -> None:
        before = self.current
        write_durably(self.folder / "trying", before.name.encode() + b"\n")
        self.use(new)
        trouble = restart()
        if trouble is not None:
            self.use(before)
            again = restart()
        (self.folder / "trying").unlink(missing_ok=True)
        if trouble is not None:
            also = "" if again is None else f"; nor does it now ({again})"
            raise BadInput(f"version {version} did not come to listen ({trouble}); the one before it is back{also}")


def build_slot(slot: Path, wheels: list[Path]) -> None:
    """A virtual environment with those wheels and what the system has, without a network. Raises BadInput.

    One of the wheels is pip's: a stock card has none, and pip runs from its wheel as it lies.
    """
    pip = next((wheel for wheel in wheels if wheel.name.startswith("pip-")), None)
    if pip is None:
        raise BadInput("the update has no pip in it, by which it could be installed; ask for another one")
    left_out = ("pip-", "numpy-") if _system_has_numpy() else ("pip-",)
    others = [str(wheel) for wheel in wheels if not wheel.name.startswith(left_out)]
    python = os.path.realpath(sys.executable)
    install = ("install", "--quiet", "--no-index", "--no-deps", "--no-cache-dir", "--disable-pip-version-check")
    for command in (
        [python, "-m", "venv", "--without-pip", "--system-site-packages", str(slot)],
        [str(slot / "bin" / "python"), str(pip / "pip"), *install, "--root-user-action", "ignore", *others],
    ):
        done = subprocess.run(command, capture_output=True, text=True, timeout=_BUILD_S, check=False)
        if done.returncode:
            why = next(iter(done.stderr.strip().splitlines()[-1:]), "no reason was given")
            raise BadInput(f"the new version cannot be installed ({why}); the one that is used stays")


def version_of(slot: Path) -> str:
    """The version of the probe that is installed there, as it says itself. Raises BadInput."""
    try:
        command = [str(slot / "bin" / "contrechamp-probe"), "--version"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise BadInput(f"{slot}: the probe there does not start ({problem})") from problem
    if done.returncode or not done.stdout.strip():
        why = next(iter(done.stderr.strip().splitlines()[-1:]), "it says nothing")
        raise BadInput(f"{slot}: the probe there does not start ({why})")
    return done.stdout.split()[-1]


def _system_has_numpy() -> bool:
    """Whether the system's own Python has a numpy that fits: what it has for its camera is built for that one."""
    ask = "import numpy, sys; sys.exit(int(numpy.__version__.split('.')[0]) < 2)"
    python = shutil.which("python3", path="/usr/bin")
    return python is not None and subprocess.run([python, "-c", ask], capture_output=True, check=False).returncode == 0


def restart_unit(unit: str) -> Restart:
    """Start a unit of systemd anew, and say why it does not come to listen. With Type=notify that waits for READY."""

    def restart() -> str | None:
        done = subprocess.run(["systemctl", "restart", unit], capture_output=True, text=True, check=False)
        if done.returncode:
            return next(iter(done.stderr.strip().splitlines()[:1]), f"systemctl ended with {done.returncode}")
        return None

    return restart
