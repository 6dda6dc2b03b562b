"""Makes the virtual bench's machine: `python -m tests.hil.image.build`, as root. Says what it does.

The image lies in ~/.cache/contrechamp/bench (or $CONTRECHAMP_BENCH_CACHE/amd64) under its recipe's key.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.hil.alone import alone
from tests.hil.image import recipe
from tests.hil.steps import Step, through

HERE = Path(__file__).parent
SOURCES = ("drivers/media/test-drivers/vimc/*", "drivers/gpio/gpio-sim.c", "kernel/irq/irq_sim.c")
OPTIONAL = {"vimc": "a simulated camera sensor", "gpio-sim": "simulated buttons"}
VENV = "/opt/bench"
WORK = "/usr/src/bench"
# Mounts and processes of its own: whoever presses Ctrl-C leaves nothing mounted and nothing running.
APART = ("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child")
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


class NoImage(Exception):
    """Why there is no image, in one sentence."""


@dataclass(frozen=True, slots=True)
class Image:
    """The files that QEMU starts from, and the parts that could not be built, each with why."""

    disk: Path
    kernel: Path
    initrd: Path
    missing: dict[str, str]
    seconds: float


def cache() -> Path:
    """Where images are kept."""
    named = os.environ.get("CONTRECHAMP_BENCH_CACHE")
    return Path(named) / "amd64" if named else Path.home() / ".cache" / "contrechamp" / "bench"


def image(tell: Callable[[str], None] = print) -> Image:
    """The image of today's recipe, made where there is none yet. Raises NoImage."""
    folder = cache() / recipe.key()
    with alone(cache()):
        if not (folder / "ready").exists():
            _make(folder, tell)
            _remove_old(folder)
    (folder / "ready").touch()
    told = dict(line.split("\t", 1) for line in (folder / "missing").read_text().splitlines())
    seconds = float((folder / "ready").read_text())
    return Image(folder / "disk.ext4", folder / "kernel", folder / "initrd", told, seconds)


def _remove_old(kept: Path) -> None:
    """An image takes 1.6 GB: those that nobody has used for a day go, and what a cut-off build has left."""
    for old in cache().iterdir():
        used = old / "ready"
        if old.is_dir() and old != kept and (used if used.exists() else old).stat().st_mtime < time.time() - 86_400:
            shutil.rmtree(old, ignore_errors=True)


def _make(folder: Path, tell: Callable[[str], None]) -> None:
    if os.geteuid() != 0:
        raise NoImage("the bench's machine is made as root; run `sudo make hil`, or `make hil` in a container")
    wanting = [name for name in ("mmdebstrap", "mke2fs", "qemu-system-x86_64", "unshare") if not shutil.which(name)]
    if wanting:
        raise NoImage(f"{', '.join(wanting)} missing; apt install mmdebstrap e2fsprogs qemu-system-x86 util-linux")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=folder.parent) as scratch:
        tree = Path(scratch) / "tree"
        steps: list[Step] = [
            (f"Debian {recipe.SUITE} and {len(recipe.PACKAGES)} packages", lambda: _debian(tree)),
            ("camera sensor and buttons, as kernel modules", lambda: _modules(tree, folder)),
            ("Python packages", lambda: _python(tree)),
            ("first program", lambda: _initrd(tree, folder, Path(scratch))),
            ("disk", lambda: _disk(tree, folder)),
        ]
        seconds = through(steps, "bench image", tell)
    (folder / "ready").write_text(f"{seconds:.0f}\n")


def run(*command: str | Path, doing: str) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise NoImage(f"{doing} failed: {' '.join(done.stdout.strip().splitlines()[-3:])}")
    return done.stdout


def inside(tree: Path, script: str, *, doing: str) -> str:
    """Run a script in the tree, in mounts of its own: nothing of this machine stays mounted there."""
    bound = " && ".join(f"mount --rbind /{name} {shlex.quote(str(tree / name))}" for name in ("proc", "sys", "dev"))
    inner = f"{bound} && exec chroot {shlex.quote(str(tree))} /bin/sh -ec {shlex.quote(script)}"
    return run(*APART, "sh", "-ec", inner, doing=doing)


def _debian(tree: Path) -> None:
    options = [f"--dpkgopt=path-exclude={path}" for path in recipe.LEFT_OUT]
    run(
        *APART,
        *("mmdebstrap", "--mode=root", "--variant=minbase", "--components=main"),
        *('--aptopt=APT::Install-Recommends "false"', *options, f"--include={','.join(recipe.PACKAGES)}"),
        *(recipe.SUITE, tree, recipe.MIRROR),
        doing="Debian's packages",
    )
    shutil.copy("/etc/resolv.conf", tree / "etc" / "resolv.conf")


def _modules(tree: Path, folder: Path) -> None:
    """Debian's kernel source has two drivers that its kernel lacks. Where one does not build, its tests say so."""
    version = _version(tree)
    source = f"linux-source-{'.'.join(version.split('.')[:2])}"
    work = tree / WORK.lstrip("/")
    work.mkdir()
    inside(tree, f"cd {WORK} && apt-get update -qq && apt-get download -qq {source}", doing="the kernel's source")
    package = next(work.glob("*.deb"))
    wanted = " ".join(shlex.quote(f"*/{path}") for path in SOURCES)
    unpack = (
        f"dpkg-deb --fsys-tarfile {shlex.quote(str(package))} | tar -xO ./usr/src/{source}.tar.xz"
        f" | tar -xJ -C {shlex.quote(str(work))} --strip-components=1 --wildcards {wanted}"
    )
    run("bash", "-o", "pipefail", "-c", unpack, doing="unpacking the kernel's source")
    buttons = work / "buttons"
    buttons.mkdir()
    shutil.copy(work / "drivers/gpio/gpio-sim.c", buttons / "gpio_sim_driver.c")
    # The kernel does not export irq_to_desc; this does the same through what it does export.
    simulated = (work / "kernel/irq/irq_sim.c").read_text()
    simulated = simulated.replace("handle_simple_irq(irq_to_desc(irqnum))", "generic_handle_irq(irqnum)")
    (buttons / "irq_sim.c").write_text(simulated)
    shutil.copy(HERE / "modules.mk", buttons / "Makefile")
    headers, updates = f"/lib/modules/{version}/build", f"/lib/modules/{version}/updates"
    missing = {}
    for name, where, more in (
        ("vimc", f"{WORK}/drivers/media/test-drivers/vimc", "CONFIG_VIDEO_VIMC=m"),
        ("gpio-sim", f"{WORK}/buttons", ""),
    ):
        try:
            script = f"make -s -C {headers} M={where} {more} modules && install -D -t {updates} {where}/{name}.ko"
            inside(tree, script, doing=f"building {name} ({OPTIONAL[name]})")
        except NoImage as problem:
            missing[name] = " ".join(str(problem).split())
    inside(tree, f"depmod {version}", doing="depmod")
    shutil.rmtree(work)
    (folder / "missing").write_text("".join(f"{name}\t{why}\n" for name, why in missing.items()))


def _python(tree: Path) -> None:
    locked = tree / "opt" / "locked.txt"
    locked.write_text(recipe.product_needs())
    install = f"{VENV}/bin/pip install --quiet --no-cache-dir --disable-pip-version-check"
    # The tree trusts what this machine trusts for its packages: there may be a proxy between.
    trusted = Path(os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE") or SYSTEM_CERTIFICATES)
    (tree / SYSTEM_CERTIFICATES.relative_to("/")).parent.mkdir(parents=True, exist_ok=True)
    if trusted.is_file():
        shutil.copy(trusted, tree / SYSTEM_CERTIFICATES.relative_to("/"))
    inside(
        tree,
        f"export PIP_CERT={SYSTEM_CERTIFICATES}; unset PIP_FIND_LINKS\n"
        f"python3 -m venv --system-site-packages {VENV}\n"
        f"{install} --require-hashes --requirement /opt/locked.txt\n"
        f"{install} {' '.join(map(shlex.quote, recipe.STIMULI))}\n"
        f"{install} --no-deps {' '.join(map(shlex.quote, recipe.PICAMERA2))}\n",
        doing="Python's packages",
    )
    packages = next((tree / VENV.lstrip("/") / "lib").glob("python3.*")) / "site-packages"
    shutil.copy(HERE / "pykms.py", packages)


def _initrd(tree: Path, folder: Path, scratch: Path) -> None:
    version = _version(tree)
    root = scratch / "initrd"
    for name in ("bin", "lib"):
        (root / name).mkdir(parents=True)
    shutil.copy(tree / "bin" / "busybox", root / "bin" / "busybox")
    names = []
    for module in recipe.FIRST_MODULES:
        for packed in (tree / "lib" / "modules" / version / "kernel").rglob(f"{module}.ko.xz"):
            run("sh", "-ec", f"xz -dc {packed} > {root / 'lib' / module}.ko", doing=f"unpacking {module}")
            names.append(module)
    (root / "modules").write_text("\n".join(names) + "\n")
    shutil.copy(HERE / "first.sh", root / "init")
    (root / "init").chmod(0o755)
    pack = f"cd {root} && find . | {tree / 'bin/busybox'} cpio -o -H newc | gzip -1 > {folder / 'initrd'}"
    run("sh", "-ec", pack, doing="packing the first program")
    shutil.copy(tree / "boot" / f"vmlinuz-{version}", folder / "kernel")


def _disk(tree: Path, folder: Path) -> None:
    shutil.copy(HERE / "init.sh", tree / "sbin" / "bench-init")
    (tree / "sbin" / "bench-init").chmod(0o755)
    for useless in ("var/cache/apt", "var/lib/apt/lists", "boot"):
        shutil.rmtree(tree / useless, ignore_errors=True)
    disk = folder / "disk.ext4"
    disk.unlink(missing_ok=True)
    run("mke2fs", "-q", "-t", "ext4", "-d", tree, disk, f"{recipe.DISK_MIB}M", doing="writing the disk")


def _version(tree: Path) -> str:
    return next(path.name for path in (tree / "lib" / "modules").iterdir())


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except NoImage as problem:
        print(problem, file=sys.stderr)
        raise SystemExit(2) from problem


def main() -> None:
    with _told():
        made = image()
    print(
        f"{made.disk.parent}: made in {made.seconds:.0f} s"
        + "".join(f"\n  without {n}: {w}" for n, w in made.missing.items())
    )


if __name__ == "__main__":
    main()
