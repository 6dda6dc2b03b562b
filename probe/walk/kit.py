"""What a walk listens with: the kit that was named, or what is plugged in."""

from dataclasses import dataclass

from probe.errors import BadInput
from probe.radio.interface import is_radiotap, wireless
from probe.radio.plan import USUAL_DWELL_MS
from probe.radio.serial import board_ports


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What a walk listens with. `boards` are `auto`, a device or a part of an id; `country` two letters."""

    monitors: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()
    adapters: tuple[str, ...] = ()
    gnss: str | None = None
    gnss_baud: int = 9600
    country: str | None = None
    dwell_ms: int = USUAL_DWELL_MS

    def found(self, *, needed: bool = True) -> "Kit":
        """This kit, or, where it names no source, what is plugged in. Raises BadInput where there is nothing, and
        something is `needed`."""
        if self.monitors or self.boards or self.adapters:
            return self
        monitors = tuple(name for name in wireless() if is_radiotap(name))
        boards = ("auto",) if any(board_ports("auto")) else ()
        if needed and not monitors and not boards:
            here = ", ".join(wireless()) or "none"
            raise BadInput(
                "nothing to listen with: name an adapter with --monitor (wireless interfaces here: "
                f"{here}), plug in a radio board, or use --bluetooth hci0"
            )
        return Kit(
            monitors=monitors,
            boards=boards,
            gnss=self.gnss,
            gnss_baud=self.gnss_baud,
            country=self.country,
            dwell_ms=self.dwell_ms,
        )
