"""What every way to a hub has in common."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from probe.contract.base import CONTRACT_VERSION
from probe.contract.envelope import Parcel, Unit
from probe.outbox import Outbox, Standing

UNITS_PER_PARCEL = 50
# Base64 adds a third; a parcel must stay under the contract's 1 MiB.
BYTES_PER_PARCEL = 600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How a delivery ended: units handed over this time, and how the outbox stands after it."""

    handed_over: int
    standing: Standing


class Uplink(Protocol):
    """A way to a hub."""

    def deliver(self, outbox: Outbox, progress: Callable[[Standing], None]) -> Delivery:
        """Hand over all that waits. Raises UplinkError where the hub's side cannot be reached or goes silent."""
        ...


def next_parcel(outbox: Outbox, after: int) -> tuple[Parcel | None, int]:
    """The next parcel of waiting units beyond a number, and the number of its last unit."""
    units: list[Unit] = []
    size = 0
    for number, unit in outbox.waiting(after=after, limit=UNITS_PER_PARCEL):
        if units and size + len(unit.data) > BYTES_PER_PARCEL:
            break
        units.append(unit)
        size += len(unit.data)
        after = number
    return (Parcel(v=CONTRACT_VERSION, units=tuple(units)) if units else None), after
