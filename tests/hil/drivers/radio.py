"""Radios: simulated ones in the probe's own machine (mac80211_hwsim), and real ones on a second machine beside it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.hil.protocols import CommandProtocol, RunningCommand

OVERHEARD_MHZ = 2437  # where one radio can hear one channel only: the one that most are on


class StimulusRadio:
    """One radio speaks and one hears, on a machine that has the stimuli. Half a `RadioProtocol`."""

    def __init__(self, command: CommandProtocol, *, python: str, stimuli: str, speaks: str, hears: str) -> None:
        self._command, self._python, self._stimuli = command, python, stimuli
        self.speaks, self.hears = speaks, hears

    def monitor(self, interface: str, mhz: int) -> None:
        """Put a radio of the bench's own into monitor mode on a channel."""
        steps = (
            f"ip link set {interface} down; iw dev {interface} set type monitor; ip link set {interface} up;"
            f" iw dev {interface} set freq {mhz}"
        )
        self._command.run("sh", "-ec", steps)

    def stimulus(self, name: str, *words: str) -> RunningCommand:
        """Start a stimulus and wait until it is ready."""
        running = self._command.start(self._python, "-u", f"{self._stimuli}/{name}.py", *words)
        said = running.line().strip()
        if said != "ready":
            raise AssertionError(f"stimulus {name}: {said} {running.wait(10).err[-1000:]}")
        return running

    def speak(self, mhz: int, address: str, ssid: str, by: str | None = None) -> RunningCommand:
        self.monitor(by or self.speaks, mhz)
        return self.stimulus("air", by or self.speaks, str(mhz), address, ssid)

    def hear(self, mhz: int, seconds: float) -> RunningCommand:
        self.monitor(self.hears, mhz)
        return self.stimulus("ear", self.hears, str(seconds))

    def overhear(self, seconds: float) -> RunningCommand:
        return self.hear(OVERHEARD_MHZ, seconds)


class Hwsim(StimulusRadio):
    """Radios of mac80211_hwsim. They hear at the sender's power minus 50 dB, down to -100 dBm, in whole dB.

    wlan0 and wlan1 are the probe's; the bench has wlan2 to wlan4.
    """

    def overhear(self, seconds: float) -> RunningCommand:
        self._command.run("ip", "link", "set", "hwsim0", "up")  # hears what any of its radios sends, on any channel
        return self.stimulus("ear", "hwsim0", str(seconds))

    ears = ("wlan1", "wlan0")
    COUNT = 5

    @contextmanager
    def up(self) -> Iterator[None]:
        self._command.run("modprobe", "mac80211_hwsim", f"radios={self.COUNT}")
        self._powers: dict[str, int] = {}  # in whole dB; set only where it changes
        try:
            yield
        finally:
            self._command.run("sh", "-c", "pkill hostapd; modprobe -r mac80211_hwsim", check=False)

    def unplug(self, ear: str) -> None:
        self._command.run(self._python, f"{self._stimuli}/radios.py", "remove", ear)

    def plug(self, ear: str) -> None:
        self._command.run(self._python, f"{self._stimuli}/radios.py", "add", ear)

    def access_point(self, interface: str, mhz: int, address: str, ssid: str) -> RunningCommand:
        """A real access point: hostapd. Its power is set by `power`."""
        settings = (
            f"interface={interface}\\ndriver=nl80211\\nssid={ssid}\\nhw_mode=g\\nchannel={(mhz - 2407) // 5}\\n"
            "wpa=2\\nwpa_key_mgmt=WPA-PSK\\nrsn_pairwise=CCMP\\nwpa_passphrase=not a secret\\n"
        )
        script = (
            f"printf '{settings}' > /run/{interface}.conf; ip link set {interface} address {address};"
            f" exec hostapd /run/{interface}.conf"
        )
        running = self._command.start("sh", "-ec", script)
        while "AP-ENABLED" not in (line := running.line()):
            assert line, f"hostapd: {running.wait(5).err}"
        self._command.run("iw", "dev", interface, "set", "txpower", "fixed", "0")
        return running

    def power(self, interface: str, dbm: float) -> None:
        """Set the power of an access point. The driver adds the interface's own power, which is 0, to this."""
        if self._powers.get(interface) != round(dbm):
            self._powers[interface] = round(dbm)
            base = 2**64 + max(-100, round(dbm) - 50)  # it reads no minus sign
            file = f"/sys/kernel/debug/ieee80211/$(cat /sys/class/net/{interface}/phy80211/name)/hwsim/rx_rssi"
            self._command.run("sh", "-ec", f"echo {base} > {file}")


class SshRadio(StimulusRadio):
    """Real adapters on a second machine near the probe; the probe's own are named by `ears`."""

    def __init__(
        self,
        command: CommandProtocol,
        *,
        ears: tuple[str, ...],
        cable: Callable[[bool], None] | None = None,
        **radios: str,
    ) -> None:
        super().__init__(command, **radios)
        self.ears, self._cable = ears, cable

    @contextmanager
    def up(self) -> Iterator[None]:
        yield

    def unplug(self, ear: str) -> None:
        self._turn(ear, up=False)

    def plug(self, ear: str) -> None:
        self._turn(ear, up=True)

    def _turn(self, ear: str, *, up: bool) -> None:
        import pytest

        if self._cable is None or ear != self.ears[0]:
            pytest.skip(f"nothing can pull {ear} on this bench: radio's plug and unplug commands pull the first ear")
        self._cable(up)
