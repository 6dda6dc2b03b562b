"""More cameras in one place than there can be: somebody sends out names and addresses.

A street has some cameras that speak by radio, a shopping centre some dozens. Where one cell of the map has a hundred
within one walk, none of those that are new is believed, and the place is reported once, with how many there were.
"""

from collections import Counter
from dataclasses import dataclass, field

from probe.contract.sighting import Flood
from probe.sweep.listening import two_digits

MOST_IN_A_CELL = 100
# Where the place is not known, for a whole walk.
MOST_ANYWHERE = 1_000
MAX_FLOODS = 256
NOWHERE = ""


@dataclass(slots=True)
class _Cell:
    members: set[bytes] = field(default_factory=set)
    transmitters: int = 0
    frames: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    flooded: bool = False


class Floods:
    """Counts recognised transmitters by cell. It keeps only numbers of those in a flood."""

    def __init__(self) -> None:
        self._cells: dict[str, _Cell] = {}

    def admit(self, name: str, transmitter: bytes, rule: str) -> tuple[bool, frozenset[bytes]]:
        """Whether a transmitter that is new in a cell may be believed, and which earlier ones are to be forgotten."""
        counted = self._cells.setdefault(name, _Cell())
        counted.frames += 1
        counted.rules[rule] += 1
        if counted.flooded:
            counted.transmitters += 1
            return False, frozenset()
        counted.members.add(transmitter)
        counted.transmitters = len(counted.members)
        if counted.transmitters <= (MOST_IN_A_CELL if name else MOST_ANYWHERE):
            return True, frozenset()
        counted.flooded = True
        members = frozenset(counted.members)
        counted.members.clear()
        return False, members

    def reported(self) -> tuple[Flood, ...]:
        """The floods so far."""
        floods = [
            Flood(
                cell=name,
                transmitters=two_digits(counted.transmitters),
                frames=two_digits(counted.frames),
                rules=tuple(sorted(counted.rules)),
            )
            for name, counted in sorted(self._cells.items())
            if counted.flooded and name
        ]
        return tuple(floods[:MAX_FLOODS])
