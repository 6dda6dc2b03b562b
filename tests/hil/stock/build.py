"""Makes the bench's stock card: `python -m tests.hil.stock.build`, as root. Says what it does.

It lies in ~/.cache/contrechamp/bench-stock (or $CONTRECHAMP_BENCH_CACHE/stock) under its recipe's key.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.hil.alone import alone
from tests.hil.image.build import APART, NoImage, inside, run
from tests.hil.steps import Step, through
from tests.hil.stock import recipe

WANTED = ("mmdebstrap", "mke2fs", "qemu-system-x86_64", "unshare", "sfdisk", "mkfs.vfat", "mcopy")


@dataclass(frozen=True, slots=True)
class Stock:
    """The stock card as a disk, and what a Pi's firmware would read from it: QEMU starts from these."""

    disk: Path
    kernel: Path
    initrd: Path
    seconds: float


def cache() -> Path:
    """Where cards are kept."""
    named = os.environ.get("CONTRECHAMP_BENCH_CACHE")
    return Path(named) / "stock" if named else Path.home() / ".cache" / "contrechamp" / "bench-stock"


def stock(tell: Callable[[str], None] = print) -> Stock:
    """The card of today's recipe, made where there is none yet. Raises NoImage."""
    folder = cache() / recipe.key()
    with alone(cache()):
        if not (folder / "ready").exists():
            _make(folder, tell)
            for old in cache().iterdir():
                if old.is_dir() and old != folder:
                    shutil.rmtree(old, ignore_errors=True)
    return Stock(folder / "card", folder / "kernel", folder / "initrd", float((folder / "ready").read_text()))


def _make(folder: Path, tell: Callable[[str], None]) -> None:
    if os.geteuid() != 0:
        raise NoImage("the bench's machine is made as root; run `sudo make hil`, or `make hil` in a container")
    there = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    wanting = [name for name in WANTED if not shutil.which(name, path=there)]
    if wanting:
        packages = "mmdebstrap e2fsprogs qemu-system-x86 util-linux fdisk dosfstools mtools"
        raise NoImage(f"{', '.join(wanting)} missing; apt install {packages}")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="stock-", dir=folder.parent) as scratch:
        tree = Path(scratch) / "tree"
        steps: list[Step] = [
            (f"Debian {recipe.SUITE} and {len(recipe.PACKAGES)} packages", lambda: _debian(tree)),
            ("as a stock card has it", lambda: _settle(tree, folder)),
            ("card", lambda: _card(tree, folder, Path(scratch))),
        ]
        seconds = through(steps, "stock card", tell)
    (folder / "ready").write_text(f"{seconds:.0f}\n")


def _debian(tree: Path) -> None:
    options = [f"--dpkgopt=path-exclude={path}" for path in recipe.LEFT_OUT]
    run(
        *APART,
        *("mmdebstrap", "--mode=root", "--variant=minbase", "--components=main"),
        *('--aptopt=APT::Install-Recommends "false"', *options, f"--include={','.join(recipe.PACKAGES)}"),
        *(recipe.SUITE, tree, recipe.MIRROR),
        doing="Debian's packages",
    )


def _settle(tree: Path, folder: Path) -> None:
    shutil.copy(recipe.HERE / "shell.py", tree / "usr" / "local" / "sbin" / "bench-shell")
    shutil.copy(recipe.HERE / "settle.sh", tree / "settle.sh")
    inside(tree, f"sh /settle.sh {recipe.DISK_ID:08x}", doing="setting it up")
    (tree / "settle.sh").unlink()
    (kernel,) = (tree / "boot").glob("vmlinuz-*")
    (initrd,) = (tree / "boot").glob("initrd.img-*")
    shutil.copy(kernel, folder / "kernel")
    shutil.copy(initrd, folder / "initrd")
    for useless in ("var/cache/apt", "var/lib/apt/lists"):
        shutil.rmtree(tree / useless, ignore_errors=True)
    for heavy in (kernel, initrd, *(tree / "boot").glob("System.map-*")):
        heavy.unlink()
    (tree / "etc" / "machine-id").write_text("uninitialized\n")
    (tree / "etc" / "resolv.conf").unlink(missing_ok=True)


def _card(tree: Path, folder: Path, scratch: Path) -> None:
    root, boot, card = scratch / "root.ext4", scratch / "boot.fat", folder / "card"
    run("mke2fs", "-q", "-t", "ext4", "-d", tree, root, f"{recipe.ROOT_MIB}M", doing="writing the root")
    boot.write_bytes(b"")
    os.truncate(boot, recipe.BOOT_MIB << 20)
    run("mkfs.vfat", "-F", "32", "-n", "bootfs", boot, doing="making the boot partition")
    for name, text in (("cmdline.txt", recipe.CMDLINE.format(disk=recipe.DISK_ID)), ("config.txt", recipe.CONFIG)):
        (scratch / name).write_text(text)
        run("mcopy", "-i", boot, scratch / name, f"::{name}", doing="filling the boot partition")
    card.unlink(missing_ok=True)
    card.touch()
    os.truncate(card, recipe.CARD_MIB << 20)
    table = (
        f"label: dos\nlabel-id: 0x{recipe.DISK_ID:08x}\n"
        f"start=1MiB, size={recipe.BOOT_MIB}MiB, type=c\n"
        f"start={1 + recipe.BOOT_MIB}MiB, size={recipe.ROOT_MIB}MiB, type=83\n"
    )
    done = subprocess.run(["sfdisk", "-q", card], input=table, text=True, capture_output=True, check=False)
    if done.returncode:
        raise NoImage(f"partitioning the card failed: {done.stderr.strip()}")
    for part, at_mib in ((boot, 1), (root, 1 + recipe.BOOT_MIB)):
        place = (f"of={card}", "bs=1M", f"seek={at_mib}", "conv=notrunc,sparse", "status=none")
        run("dd", f"if={part}", *place, doing="writing the card")


def main() -> None:
    """Make it, and say where it is."""
    try:
        made = stock()
    except NoImage as problem:
        print(problem, file=sys.stderr)
        raise SystemExit(2) from problem
    print(f"{made.disk.parent}: made in {made.seconds:.0f} s")


if __name__ == "__main__":
    main()
