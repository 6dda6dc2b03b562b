"""The monitor source on the kernel's own sockets: a tap with a monitor's link type, torn out and plugged in again."""

import os
import threading
import time
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.errors import BadInput, SourceLost
from probe.radio import netlink
from probe.radio.channels import mhz_of
from probe.radio.frame import Dwell, Frame
from probe.radio.interface import read_ability, to_monitor
from probe.radio.monitor import Monitor, packet_filter
from probe.radio.plan import scattered, share, usual_channels
from probe.radio.unknowns import RecentUnknowns
from probe.walk.sources import Health, LiveSources, SourceSupervisor
from tests.probe.radio.compose import AXIS_OCTETS, beacon, element, radiotap
from tests.probe.radio.tap import Tap, tap
from tests.processes import until

NAME = f"ctc{os.getpid() % 100000}"
IW = """
Wiphy phy0
    Supported interface modes:
         * managed
         * monitor
    Band 1:
        Frequencies:
            * 2412.0 MHz [1] (20.0 dBm)
            * 2467 MHz [12] (disabled)
    Band 2:
            * 5180.0 MHz [36] (20.0 dBm) (no IR)
            * 5260 MHz [52] (20.0 dBm) (no IR, radar detection)
"""


def test_the_kernel_gives_frames_with_an_identity_and_keeps_the_rest() -> None:
    with tap(NAME) as air:
        monitor = Monitor(air.name, unknowns=RecentUnknowns())
        events = monitor.events()
        air.send(radiotap(b"\x08\x02" + bytes(60)))  # data: the kernel's filter keeps it
        air.send(radiotap(b"\xd4\x00" + bytes(40)))  # an acknowledgement as well
        air.send(radiotap(beacon(), mhz=5180))
        frame = next(event for event in events if isinstance(event, Frame))
        assert (frame.transmitter, frame.channel_mhz, frame.signal_dbm) == (AXIS_OCTETS, 5180, -61)
        assert abs(frame.captured_at_s - time.time()) < 5
        dwell = next(event for event in events if isinstance(event, Dwell))
        assert dwell.frames == 1
        monitor.close()
        list(events)


def test_a_frame_longer_than_the_kernel_gives_is_read_as_far_as_it_goes() -> None:
    elements = b"".join(element(221, bytes([number]) * 200) for number in range(6))
    with tap(NAME) as air:
        monitor = Monitor(air.name)
        air.send(radiotap(beacon(extra=elements) + b"sum!", flags=0x10))
        frame = next(event for event in monitor.events() if isinstance(event, Frame))
        assert frame.elements == beacon(extra=elements[: 4 * 202])[36:]
        assert monitor.counts.malformed == 0


class _FirstChannel:
    """Tunes to 2437 MHz and to nothing else."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def tune(self, ifindex: int, mhz: int) -> None:  # noqa: ARG002 (there is one)
        self.asked.append(mhz)
        if mhz != 2437:
            raise OSError(22, "no such channel")


@pytest.mark.parametrize("plan", [[], [2437]])
def test_a_channel_that_cannot_be_held_ends_nothing_and_is_let_go(plan: list[int]) -> None:
    with tap(NAME) as air:
        tuner = _FirstChannel()
        monitor = Monitor(air.name, plan, tuner=tuner, dwell_ms=5)
        monitor.hold = 5975
        dwell = next(monitor.events())
        assert isinstance(dwell, Dwell)
        assert dwell.channel_mhz == (plan[0] if plan else None)
        assert tuner.asked.count(5975) == 1


class _AnyChannel:
    def tune(self, ifindex: int, mhz: int) -> None:
        pass


def test_a_visit_of_seconds_hears_and_ends_when_the_clock_is_set_back() -> None:
    with tap(NAME) as air:
        back_s = 0.0
        monitor = Monitor(
            air.name, [2437], tuner=_AnyChannel(), dwell_ms=10_000, clock=lambda: time.monotonic() + 1000 - back_s
        )
        events = monitor.events()
        air.send(radiotap(beacon()))
        assert isinstance(next(events), Frame)
        back_s = 500.0
        air.send(radiotap(beacon()))
        assert isinstance(next(events), Dwell)
        assert isinstance(next(events), Frame)
        monitor.close()
        events.close()  # type: ignore[attr-defined]


def test_what_the_kernel_had_to_drop_is_counted() -> None:
    with tap(NAME) as air:
        monitor = Monitor(air.name)
        monitor._socket.setsockopt(1, 8, 4096)  # SO_RCVBUF: as small as it goes
        for number in range(500):
            air.send(radiotap(beacon(number.to_bytes(6, "big"))))
        told = []
        for event in monitor.events():
            told.append(event)
            if isinstance(event, Dwell):
                monitor.close()
        frames = sum(isinstance(event, Frame) for event in told)
        assert monitor.counts.dropped > 0
        assert frames + monitor.counts.dropped == 500


def test_an_interface_that_goes_down_is_told_once_and_for_all() -> None:
    import subprocess

    with tap(NAME) as air:
        events = Monitor(air.name).events()
        subprocess.run(["ip", "link", "set", air.name, "down"], check=True)
        with pytest.raises(SourceLost, match="went down or was unplugged"):
            list(events)


def test_unplugged_and_plugged_in_again_it_is_heard_again() -> None:
    with tap(NAME) as first:
        unknowns = RecentUnknowns()
        supervisor = SourceSupervisor(NAME, "monitor", lambda: _open(unknowns))
        heard: list[object] = []
        with LiveSources([supervisor]) as live:
            listening = threading.Thread(target=lambda: heard.extend(live.events()))
            listening.start()
            until(lambda: supervisor.health is Health.LISTENING, "the first time")
            first.send(radiotap(beacon()))
            until(lambda: any(isinstance(event, Frame) for event in heard), "a frame")
            first.unplug()
            until(lambda: supervisor.health is not Health.LISTENING, "the loss")
            with tap(NAME) as second:
                until(lambda: supervisor.health is Health.LISTENING, "the return")
                heard.clear()
                until(lambda: _heard_again(second, heard), "a frame after the return")
                live.stop()
                listening.join(timeout=5)
    assert supervisor.losses >= 1
    assert supervisor.counts.frames >= 2


def _open(unknowns: RecentUnknowns) -> Monitor:
    try:
        return Monitor(NAME, unknowns=unknowns)
    except BadInput as problem:
        raise SourceLost(str(problem)) from problem


def _heard_again(air: Tap, heard: list[object]) -> bool:
    air.send(radiotap(beacon()))
    return any(isinstance(event, Frame) for event in heard)


@pytest.mark.parametrize("name", ["", ".", "../etc", "nope0", "lo"])
def test_a_wrong_interface_is_one_sentence_that_says_what_to_do(name: str) -> None:
    with pytest.raises(BadInput, match="iw dev") as problem:
        to_monitor(name)
    assert "\n" not in str(problem.value)


def test_what_a_radio_can_do_is_read_from_iw() -> None:
    able = read_ability(IW)
    assert able.monitor
    assert able.channels_mhz == (2412, 5180, 5260), "listening is allowed where sending is not; disabled is disabled"
    assert not read_ability(IW.replace("* monitor", "* mesh")).monitor


def test_no_channel_is_lost_when_radios_share_them() -> None:
    wanted = usual_channels("FR")
    both = {"wide": wanted, "narrow": [mhz for mhz in wanted if mhz < 3000]}
    plan = share(both, wanted)
    assert sorted(plan["wide"] + plan["narrow"]) == sorted(wanted)
    assert all(mhz < 3000 for mhz in plan["narrow"])
    assert abs(len(plan["wide"]) - len(plan["narrow"])) <= len(wanted) - 2 * 13 + 1
    assert share({"one": wanted}, wanted)["one"] != []
    assert share({"deaf": []}, wanted) == {"deaf": []}
    assert 2467 not in usual_channels("US")
    assert 2467 in usual_channels("FR")
    assert mhz_of(14) == 2484


@given(st.lists(st.integers(1, 100), unique=True))
def test_scattered_channels_are_the_same_channels(channels: list[int]) -> None:
    assert sorted(scattered(channels)) == sorted(channels)


def test_the_message_that_tunes_is_that_of_nl80211() -> None:
    assert netlink.tuning(3, 2437) == bytes.fromhex("0200000008000300030000000800260085090000")


@given(st.binary(max_size=200))
def test_any_answer_of_the_kernel_is_survived(data: bytes) -> None:
    for read in (lambda: netlink.read_answer(data, 1), lambda: netlink.family_of(data)):
        try:
            read()
        except netlink.NetlinkError:
            continue


def test_a_refusal_of_the_kernel_is_told() -> None:
    refusal = bytes.fromhex("24000000020000000100000000000000f0ffffff") + bytes(16)
    with pytest.raises(netlink.NetlinkError):
        netlink.read_answer(refusal, 1)
    assert netlink.read_answer(refusal, 2) == (False, b"")


def test_the_filter_takes_the_five_kinds_behind_any_header() -> None:
    random = Random(1)
    for _ in range(300):
        header = bytes([0, 0]) + random.randrange(8, 64).to_bytes(2, "little")
        packet = header + bytes(int.from_bytes(header[2:], "little") - 4) + bytes([random.randrange(256)]) + bytes(40)
        kept = _run(packet_filter(), packet)
        first = packet[int.from_bytes(header[2:], "little")]
        assert bool(kept) == (first in (0x80, 0x50, 0x40, 0x00, 0x20))


def _run(program: list[tuple[int, int, int, int]], packet: bytes) -> int:
    """Classic BPF, as far as the filter uses it."""
    a = x = at = 0
    while True:
        code, true, false, k = program[at]
        at += 1
        match code:
            case 0x30:
                a = packet[k]
            case 0x50:
                a = packet[x + k]
            case 0x64:
                a <<= k
            case 0x07:
                x = a
            case 0x4C:
                a |= x
            case 0x15:
                at += true if a == k else false
            case 0x06:
                return k
