"""Things that are simulated in the virtual probe's own kernel: a button, a camera's scene, a disk that fails."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.hil.protocols import CommandProtocol, RunningCommand

BUTTON = "/sys/kernel/config/gpio-sim/bench"


class GpioSim:
    """A shutter button on line SHUTTER, by gpio-sim. `ButtonProtocol`: pressed is low, as a button to ground."""

    def __init__(self, command: CommandProtocol) -> None:
        self._command = command
        self._pull = ""

    def up(self) -> None:
        """Make the line; nothing where it is there already (it goes with the power)."""
        script = (
            f"modprobe gpio-sim; [ -d {BUTTON} ] || {{ mkdir -p {BUTTON}/bank/line4; echo 8 > {BUTTON}/bank/num_lines;"
            f" echo SHUTTER > {BUTTON}/bank/line4/name; echo 1 > {BUTTON}/live; }};"
            f" echo /sys/devices/platform/$(cat {BUTTON}/dev_name)/$(cat {BUTTON}/bank/chip_name)/sim_gpio4/pull"
        )
        self._pull = self._command.run("sh", "-ec", script).out.strip()
        self.release()

    def press(self) -> None:
        self._set("pull-down")

    def release(self) -> None:
        self._set("pull-up")

    def hold(self, seconds: float) -> None:
        """A press of so many seconds, by the machine's own clock: a command from here takes a while."""
        steps = "echo pull-down > {0}; sleep {1}; echo pull-up > {0}".format(self._pull, seconds)  # noqa: UP032
        self._command.run("sh", "-ec", steps)

    def bounce(self, times: int) -> None:
        """A press as cheap buttons do it: contact, no contact, contact."""
        steps = "echo pull-down > {0}; echo pull-up > {0}; ".format(self._pull) * times  # noqa: UP032 (used thrice)
        self._command.run("sh", "-ec", f"{steps} echo pull-down > {self._pull}")

    def edges(self, count: int) -> RunningCommand:
        """Somebody who watches for so many edges of the line, in libgpiod's words."""
        watching = self._command.start("gpiomon", "-n", str(count), "--banner", "SHUTTER")
        watching.line()
        return watching

    def _set(self, pull: str) -> None:
        self._command.run("sh", "-ec", f"echo {pull} > {self._pull}")


class VividScene:
    """A V4L2 camera, /dev/video0, that sees what it is shown: vivid's HDMI output looped to its HDMI input.

    Both have one size, whatever is asked for: where they differ, the driver scales, and the kernel falls over that.
    """

    MODULE = (
        "vivid",
        "n_devs=1",
        "node_types=0x101",
        "num_inputs=1",
        "input_types=3",
        "num_outputs=1",
        "output_types=1",
        *("ccs_cap_mode=0", "ccs_out_mode=0"),  # it neither crops nor scales
    )
    WIDTH, HEIGHT = 640, 480
    TIMINGS: Mapping[tuple[int, int], int] = {(640, 480): 0, (1280, 720): 3, (1920, 1080): 11}  # v4l2-ctl's numbers

    def __init__(self, command: CommandProtocol) -> None:
        self._command = command

    @contextmanager
    def up(self) -> Iterator[None]:
        """The camera is plugged in; the first node that is free is its."""
        self._command.run("modprobe", *self.MODULE)
        try:
            yield
        finally:
            self._command.run("sh", "-c", "pkill v4l2-ctl; sleep 0.5; modprobe -r vivid", check=False)

    def node(self, what: str = "cap") -> str:
        """The device of the camera (`cap`), or of the output that feeds it (`out`)."""
        script = f"grep -l vivid-000-vid-{what} /sys/class/video4linux/*/name | cut -d/ -f5"
        return f"/dev/{self._command.run('sh', '-c', script).out.split()[0]}"

    def show(self, picture: bytes, size: tuple[int, int] = (WIDTH, HEIGHT)) -> RunningCommand:
        """Let it see a picture of this size, in BGR."""
        with tempfile.NamedTemporaryFile() as file:
            file.write(picture)
            file.flush()
            self._command.put(Path(file.name), "/run/scene.bgr")
        sees, feeds = self.node(), self.node("out")
        set_size = f"v4l2-ctl -d $node --set-dv-bt-timings=index={self.TIMINGS[size]} >/dev/null"
        script = (
            f"for node in {sees} {feeds}; do {set_size}; done;"
            f" v4l2-ctl -d {sees} -c hdmi_000_0_is_connected_to=2 -c osd_text_mode=2;"
            f" v4l2-ctl -d {feeds} --set-fmt-video-out=pixelformat=BGR3"
        )
        self._command.run("sh", "-ec", script)
        return self._command.start(
            *(
                "sh",
                "-c",
                f"exec v4l2-ctl -d {feeds} --stream-out-mmap=2 --stream-loop --stream-from /run/scene.bgr 2>&1",
            )
        )

    def lose(self, percent: int) -> None:
        """Let it give that many of its pictures to nobody; with all of them it hangs."""
        self._command.run("v4l2-ctl", "-d", self.node(), "-c", f"percentage_of_dropped_buffers={percent}")

    def pull(self) -> None:
        """Unplug it while it is in use."""
        self._command.run("v4l2-ctl", "-d", self.node(), "-c", "disconnect=1", check=False)


class Vimc:
    """A camera sensor behind libcamera, by vimc; its V4L2 nodes open, and give no picture."""

    def __init__(self, command: CommandProtocol) -> None:
        self._command = command

    @contextmanager
    def up(self) -> Iterator[None]:
        self._command.run("modprobe", "vimc")
        # Each picture is the same: sensors write no counters into theirs.
        quiet = (
            "udevadm settle; for d in /dev/v4l-subdev*; do v4l2-ctl -d $d -c show_information=2 2>/dev/null; done; true"
        )
        self._command.run("sh", "-c", quiet)
        try:
            yield
        finally:
            self._command.run("modprobe", "-r", "vimc", check=False)

    def pull(self) -> None:
        """Unplug it while it is in use."""
        self._command.run("sh", "-c", "echo vimc.0 > /sys/bus/platform/drivers/vimc/unbind")


class GuestDisk:
    """The virtual probe's disk for data, under /data. `DiskProtocol`."""

    def __init__(self, command: CommandProtocol) -> None:
        self._command = command

    def fill(self) -> None:
        self._command.run("sh", "-c", "dd if=/dev/zero of=/data/ballast bs=64k 2>/dev/null; true")

    def free(self) -> None:
        self._command.run("rm", "-f", "/data/ballast")

    def fail(self) -> None:
        self._command.run("mount", "-o", "remount,abort", "/data", check=False)

    def mend(self) -> None:
        script = "umount /data; e2fsck -p /dev/vdb; mount -o noatime /dev/vdb /data"
        self._command.run("sh", "-c", script, check=False)
