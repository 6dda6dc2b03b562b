"""What a rule is, and what it finds."""

from dataclasses import dataclass
from typing import Protocol

from probe.contract.sighting import Claim, Evidence
from probe.detect.catalogue import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Transmission:
    """What a rule may look at: who sent it (six octets) and the network name, None where none was given."""

    transmitter: bytes
    ssid: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fixed camera was recognised: by which rule, on what evidence, and what can be said of it."""

    rule: str
    version: int
    evidence: tuple[Evidence, ...]
    claims: tuple[Claim, ...]


class Rule(Protocol):
    """One way of recognising a fixed camera. One file each, in `probe/detect/rules/`.

    `version` grows with every change of what the rule finds. `false_positives` says what is known to fool it.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def finds(self) -> str: ...

    @property
    def false_positives(self) -> str: ...

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        """The finding, or None. Pure: no I/O, no clock, the same answer for the same input."""
        ...


def globally_administered(address: bytes) -> bool:
    """Whether the address was given by a maker: neither locally administered nor a group address."""
    return not address[0] & 0b11
