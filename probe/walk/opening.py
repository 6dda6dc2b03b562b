"""How each source of a kit is opened, and opened again: adapters, boards, Bluetooth, the receiver."""

from collections.abc import Callable

from probe.errors import BadInput, SourceLost
from probe.position.live import LivePosition
from probe.position.receiver import Receiver
from probe.radio.bluetooth import Bluetooth, HciSocket
from probe.radio.board import Board, Port
from probe.radio.interface import ability, to_monitor
from probe.radio.monitor import Monitor
from probe.radio.netlink import Tuner
from probe.radio.plan import share, usual_channels
from probe.radio.serial import BOARD_BAUD, PortLocator, board_ports, open_port
from probe.radio.unknowns import RecentUnknowns
from probe.walk.kit import Kit
from probe.walk.sources import SourceSupervisor


def open_sources(
    kit: Kit, unknowns: RecentUnknowns, position: LivePosition, clock: Callable[[], float]
) -> list[SourceSupervisor]:
    """The sources of a kit, not open yet, with the channels shared between the adapters; all stamp with one clock."""
    wanted = usual_channels(kit.country)
    for name in kit.monitors:
        to_monitor(name, kit.country)
    plans = share({name: _channels(name) for name in kit.monitors}, wanted)
    found = [_monitor(name, plans[name], unknowns, kit, clock) for name in kit.monitors]
    found += [_board(board, wanted, unknowns, position, kit, clock) for board in kit.boards]
    found += [_bluetooth(name, unknowns, clock) for name in kit.adapters]
    if kit.gnss is not None:
        found.append(_receiver(PortLocator(kit.gnss), kit.gnss_baud, position))
    return found


def _channels(name: str) -> tuple[int, ...]:
    try:
        return ability(name).channels_mhz
    except BadInput:
        return ()  # no nl80211 behind it (a tap, a recorder): it stays where it is


def _monitor(
    name: str, plan: list[int], unknowns: RecentUnknowns, kit: Kit, clock: Callable[[], float]
) -> SourceSupervisor:
    def opened() -> Monitor:
        try:
            to_monitor(name, None)  # after a replug it is an ordinary interface again
            return Monitor(
                name,
                plan,
                unknowns=unknowns,
                tuner=Tuner() if plan else None,
                dwell_ms=kit.dwell_ms,
                clock=clock,
            )
        except BadInput as problem:
            if "there is no such interface" in str(problem):
                raise SourceLost(str(problem)) from problem
            raise

    return SourceSupervisor(name, "monitor", opened)


def _board(
    wanted: str,
    plan: tuple[int, ...],
    unknowns: RecentUnknowns,
    position: LivePosition,
    kit: Kit,
    clock: Callable[[], float],
) -> SourceSupervisor:
    place = PortLocator(wanted)

    def plugged_in() -> tuple[str, Port]:
        if wanted.startswith("/"):
            return place.open(BOARD_BAUD)
        for device in board_ports(wanted):
            return device, open_port(device, BOARD_BAUD)
        raise SourceLost(f"no radio board found ({wanted}); plug one in, or name its device with --board")

    def opened() -> Board:
        return Board(
            *plugged_in(),
            unknowns=unknowns,
            plan_mhz=plan,
            dwell_ms=kit.dwell_ms,
            on_sentence=lambda line: position.take(line.encode("ascii", errors="replace")),
            clock=clock,
        )

    return SourceSupervisor(f"board {wanted}" if wanted == "auto" else wanted, "board", opened)


def _bluetooth(name: str, unknowns: RecentUnknowns, clock: Callable[[], float]) -> SourceSupervisor:
    return SourceSupervisor(name, "bluetooth", lambda: Bluetooth(name, HciSocket(name), unknowns=unknowns, clock=clock))


def _receiver(place: PortLocator, baud: int, position: LivePosition) -> SourceSupervisor:
    return SourceSupervisor(place.device, "gnss", lambda: Receiver(*place.open(baud), position))
