"""Things that are simulated in the virtual probe's own kernel: a button, a camera's scene, a disk that fails."""

from pathlib import Path

from tests.hil.protocols import CommandProtocol, Running

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

    def bounce(self, times: int) -> None:
        """A press as cheap buttons do it: contact, no contact, contact."""
        steps = "echo pull-down > {0}; echo pull-up > {0}; ".format(self._pull) * times  # noqa: UP032 (used thrice)
        self._command.run("sh", "-ec", f"{steps} echo pull-down > {self._pull}")

    def edges(self, count: int) -> Running:
        """Somebody who watches for so many edges of the line, in libgpiod's words."""
        watching = self._command.start("gpiomon", "-n", str(count), "--banner", "SHUTTER")
        watching.line()
        return watching

    def _set(self, pull: str) -> None:
        self._command.run("sh", "-ec", f"echo {pull} > {self._pull}")


class VividScene:
    """A V4L2 camera whose picture is what we show it: vivid's HDMI output looped to its HDMI input."""

    def __init__(self, command: CommandProtocol, share: Path) -> None:
        self._command, self._share = command, share

    def up(self) -> str:
        """The camera's device."""
        self._command.run("modprobe", "vivid", "n_devs=1", "node_types=0x1")
        return "/dev/video0"

    def down(self) -> None:
        self._command.run("modprobe", "-r", "vivid", check=False)


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
