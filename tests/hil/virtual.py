"""The virtual bench, put together: a machine in QEMU with the probe's wheel in it, and everything that it simulates."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.hil.bench import HERE, Bench, built_wheel
from tests.hil.description import Description
from tests.hil.drivers.cables import QemuSerial
from tests.hil.drivers.inside import GpioSim, GuestDisk, Vimc, VividScene
from tests.hil.drivers.micropython import Board
from tests.hil.drivers.qemu import Qemu, usable
from tests.hil.drivers.radio import Hwsim
from tests.hil.image.build import NoImage, image
from tests.hil.protocols import Absent

PYTHON, STIMULI = "/opt/bench/bin", "/mnt/bench/stimuli"


@contextmanager
def virtual(description: Description, folder: Path, *, number: int = 1) -> Iterator[Bench]:
    """A virtual bench, powered up; several, by number, may be at once. Raises Absent where there can be none here."""
    usable()
    try:
        made = image(lambda line: print(line, file=sys.stderr, flush=True))
    except NoImage as problem:
        raise Absent(str(problem)) from problem
    machine = Qemu(made, folder, number=number)
    wheel = built_wheel(folder)
    shutil.copy(wheel, machine.share)
    shutil.copytree(HERE / "stimuli", machine.share / "stimuli")
    bench = Bench(
        description.name,
        description.kind,
        machine.command,
        data="/data",
        python=PYTHON,
        stimuli=STIMULI,
        host=machine.host,
    )
    radio = Hwsim(machine.command, python=f"{PYTHON}/python", stimuli=STIMULI, speaks="wlan2", hears="wlan3")
    cables = {name: QemuSerial(machine, name, folder) for name in ("gnss", "board")}
    bench.missing = made.missing
    bench.drivers = {
        **dict.fromkeys(("power", "clock", "network", "machine"), machine),
        **{"gnss": cables["gnss"], "board": Board(cables["board"])},
        **{"radio": radio, "hwsim": radio, "disk": GuestDisk(machine.command)},
        **{"gpio-sim": GpioSim(machine.command), "button": GpioSim(machine.command)},
        **{"vivid": VividScene(machine.command), "vimc": Vimc(machine.command), "vhci": machine.command},
    }
    try:
        machine.on()
        bench.run(f"{PYTHON}/pip", "install", "-q", "--no-deps", "--no-index", f"/mnt/bench/{wheel.name}", wait_s=120)
        bench.run("sync")
        bench.told = {
            "image_s": round(made.seconds),
            "boot_s": round(machine.boot_s, 1),
            "accelerator": machine.accelerator[1],
        }
        yield bench
    finally:
        for cable in cables.values():
            cable.close()
        machine.end()
