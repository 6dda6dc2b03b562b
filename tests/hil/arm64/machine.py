"""Runs a script in the arm64 guest, once.

What the script needs goes in as a second archive behind the guest's own; what it said comes out by the console.
"""

import json
import os
import shutil
import subprocess
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.hil.arm64 import cpio
from tests.hil.arm64.build import Guest

LOOK_S = 1.0
IDLE_S = 120.0  # a guest that computes nothing for so long waits for what does not come
KERNEL_LINE = "quiet loglevel=1 nowatchdog panic=-1 mitigations=off audit=0 net.ifnames=0"


@dataclass(frozen=True, slots=True)
class Board:
    """A machine that QEMU knows, and how its console is reached."""

    name: str
    options: tuple[str, ...]
    console: str
    device_tree: bool = False


# A Pi 3's cores (and a Zero 2 W's), with an interrupt controller and a console that any kernel knows.
VIRT = Board("virt", ("-M", "virt", "-cpu", "cortex-a53", "-smp", "1", "-m", "640", "-serial", "stdio"), "ttyAMA0")
# The Pi 3 itself, as far as QEMU has it: the first serial port is Bluetooth's, the second one the console's.
PI = Board("raspi3b", ("-M", "raspi3b", "-serial", "null", "-serial", "stdio"), "ttyS1", device_tree=True)


@dataclass(slots=True)
class GuestRun:
    """What a run printed. `lines["replay.out"]` are the lines of that program's output."""

    lines: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    console: str = ""
    boot_s: float = 0.0
    wall_s: float = 0.0
    whole: bool = False

    def json(self, name: str) -> list[Any]:
        """What a program said in JSON, line by line."""
        return [json.loads(line) for line in self.lines[f"{name}.out"] if line.startswith("{")]

    def number(self, name: str) -> int:
        """A number that the guest told (`replay.code`)."""
        assert self.lines[name], f"{name} was not told; the console's end: {self.console[-1500:]}"
        return int(self.lines[name][-1])

    def went_well(self, name: str) -> None:
        """Fails with what a program said where it did not end well."""
        assert self.number(f"{name}.code") == 0, self.lines[f"{name}.err"][-20:]


def run(
    guest: Guest, board: Board, script: str, trees: dict[str, Path], folder: Path, *, silent_cpu_s: float
) -> GuestRun:
    """Boot, run a shell script (see init.sh for its words) and end.

    The machine is killed where its console has been silent while it computed for so long: by the processor time that it
    was given, as a busy machine gives less of it in the same time by the clock.
    """
    (folder / "run.sh").write_text(script)
    initrd = folder / "initrd"
    shutil.copy(guest.initrd, initrd)
    with initrd.open("ab") as out:
        cpio.write(out, {"bench/run.sh": folder / "run.sh", **trees})
    command = [
        *("qemu-system-aarch64", "-accel", "tcg", "-nodefaults", "-nic", "none", "-display", "none", "-no-reboot"),
        *(*board.options, "-kernel", str(guest.kernel), "-initrd", str(initrd)),
        *("-append", f"console={board.console} {KERNEL_LINE}"),
        *(("-dtb", str(guest.device_tree)) if board.device_tree else ()),
    ]
    guest_run, began_s = GuestRun(), time.monotonic()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace"
    )
    try:
        follow(process, guest_run, began_s, silent_cpu_s)
    finally:
        process.kill()  # a Pi in QEMU cannot switch itself off
        process.wait()
        guest_run.wall_s = time.monotonic() - began_s
    return guest_run


def follow(process: subprocess.Popen[str], guest_run: GuestRun, began_s: float, silent_cpu_s: float) -> None:
    """Listen to a machine until it is done or ends; one that is stuck is ended."""
    ended = threading.Event()
    watching = threading.Thread(target=_kill_when_stuck, args=(process, guest_run, silent_cpu_s, ended), daemon=True)
    watching.start()
    try:
        _listen(process, guest_run, began_s)
    finally:
        ended.set()
        watching.join()


def _kill_when_stuck(
    process: subprocess.Popen[str], guest_run: GuestRun, silent_cpu_s: float, ended: threading.Event
) -> None:
    """Kill a machine that computes and says nothing, or does neither."""
    heard, said_at_s, idle_s, before_s = -1, 0.0, 0.0, 0.0
    while not ended.wait(LOOK_S):
        now_s = _cpu_s(process.pid)
        if len(guest_run.console) != heard:
            heard, said_at_s, idle_s = len(guest_run.console), now_s, 0.0
        idle_s = idle_s + LOOK_S if now_s - before_s < LOOK_S / 100 else 0.0
        before_s = now_s
        if now_s - said_at_s > silent_cpu_s or idle_s > IDLE_S:
            process.kill()
            return


def _cpu_s(pid: int) -> float:
    """The processor time that a process was given; that of one that has ended stays what it was: nothing."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _listen(process: subprocess.Popen[str], guest_run: GuestRun, began_s: float) -> None:
    assert process.stdout is not None
    with process.stdout as console:
        for raw in console:
            line = raw.strip("\r\n")
            guest_run.console += line + "\n"
            if not line.startswith("@"):
                continue
            name, _, words = line[1:].partition(" ")
            guest_run.lines[name].append(words)
            if name == "up":
                guest_run.boot_s = time.monotonic() - began_s
            if name == "done":
                guest_run.whole = True
                return
