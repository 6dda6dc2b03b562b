"""Makes the arm64 guest: a kernel, a device tree and a first file system. Nothing of it runs while it is made.

It lies in ~/.cache/contrechamp/bench-arm64 (or $CONTRECHAMP_BENCH_CACHE/arm64) under its recipe's key.
"""

import lzma
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.hil.arm64 import cpio, recipe
from tests.hil.steps import Step, through

WANTED = ("mmdebstrap", "qemu-system-aarch64")


class NoGuest(Exception):
    """Why there is no guest, in one sentence."""


@dataclass(frozen=True, slots=True)
class Guest:
    """The files that QEMU starts from."""

    kernel: Path
    initrd: Path
    device_tree: Path
    seconds: float


def cache() -> Path:
    """Where guests are kept: apart from the other bench's machine, which is made by another recipe."""
    named = os.environ.get("CONTRECHAMP_BENCH_CACHE")
    return Path(named) / "arm64" if named else Path.home() / ".cache" / "contrechamp" / "bench-arm64"


def guest(tell: Callable[[str], None]) -> Guest:
    """The guest of today's recipe, made where there is none yet. Raises NoGuest."""
    wanting = [name for name in WANTED if not shutil.which(name)]
    if wanting:
        raise NoGuest(f"{' and '.join(wanting)} missing; apt install mmdebstrap qemu-system-arm")
    folder = cache() / recipe.key()
    if not (folder / "ready").exists():
        _make(folder, tell)
        for old in cache().iterdir():
            if old != folder and (old / "ready").exists():
                shutil.rmtree(old)
    seconds = float((folder / "ready").read_text())
    return Guest(folder / "kernel", folder / "initrd", folder / recipe.DEVICE_TREE, seconds)


def _make(folder: Path, tell: Callable[[str], None]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="arm64-", dir=folder.parent) as scratch:
        tree, needs, locked = Path(scratch) / "tree", Path(scratch) / "needs", Path(scratch) / "locked.txt"
        locked.write_text(recipe.product_needs())
        steps: list[Step] = [
            (f"Debian {recipe.SUITE}, {', '.join(recipe.PACKAGES)}", lambda: _debian(tree)),
            (
                "the probe's needs, as wheels",
                lambda: install(["--require-hashes", "--requirement", str(locked)], needs),
            ),
            ("first file system", lambda: _pack(tree, needs, folder)),
        ]
        seconds = through(steps, "arm64 guest", tell)
    (folder / "ready").write_text(f"{seconds:.0f}\n")


def _debian(tree: Path) -> None:
    """Packages are unpacked and never set up: that would take running arm64 programs here, which is very slow."""
    filters = [f"--dpkgopt=path-exclude={path}" for path in recipe.LEFT_OUT]
    filters += [f"--dpkgopt=path-include={path}" for path in recipe.KEPT]
    _run(
        *(
            "mmdebstrap",
            "--mode=root" if os.geteuid() == 0 else "--mode=chrootless",
            "--variant=extract",
            "--architectures=arm64",
            "--components=main",
        ),
        *('--aptopt=APT::Install-Recommends "false"', *filters, f"--include={','.join(recipe.PACKAGES)}"),
        *(recipe.SUITE, tree, recipe.MIRROR),
        doing="Debian's packages for arm64",
    )


def install(needs: list[str], folder: Path, *more: str) -> None:
    """Put wheels for the guest's processor and Python into a folder."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    wheels = recipe.pip_for_a_pi(recipe.PYTHON)
    _run(*pip, *wheels, "--target", folder, *more, *needs, doing="Python's packages for arm64")


def _pack(tree: Path, needs: Path, folder: Path) -> None:
    (modules,) = (tree / "usr" / "lib" / "modules").iterdir()
    (tree / "modules").mkdir()
    for number, name in enumerate(recipe.MODULES):
        (packed,) = modules.rglob(f"{name}.ko.xz")
        (tree / "modules" / f"{number}-{name}.ko").write_bytes(lzma.decompress(packed.read_bytes()))
    shutil.copy(tree / "boot" / f"vmlinuz-{modules.name}", folder / "kernel")
    (device_tree,) = (tree / "usr" / "lib").rglob(recipe.DEVICE_TREE)
    shutil.copy(device_tree, folder / recipe.DEVICE_TREE)
    for useless in (tree / "boot", modules.parent, device_tree.parents[1]):
        shutil.rmtree(useless)
    for name in ("bin", "sbin", "lib"):  # base-files would make these
        (tree / name).symlink_to(f"usr/{name}")
    shutil.copy(recipe.HERE / "init.sh", tree / "init")
    (tree / "init").chmod(0o755)
    # Not compressed: an emulated processor takes longer to unpack it than this one to read it.
    with (folder / "initrd").open("wb") as out:
        cpio.write(out, {"": tree, "opt/needs": needs})


def _run(*command: str | Path, doing: str) -> None:
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, env=recipe.surroundings()
    )
    if done.returncode:
        lines = done.stdout.strip().splitlines() or [f"{command[0]} said nothing"]
        blamed = [line for line in lines if line.startswith(("E: ", "ERROR: ", "Err:"))]
        raise NoGuest(f"{doing} failed: {' '.join((blamed or lines[-1:])[:2])}")


def main() -> None:
    """`python -m tests.hil.arm64.build`."""
    try:
        made = guest(print)
    except NoGuest as problem:
        print(problem, file=sys.stderr)
        raise SystemExit(2) from problem
    print(f"{made.initrd.parent}: made in {made.seconds:.0f} s")


if __name__ == "__main__":
    main()
