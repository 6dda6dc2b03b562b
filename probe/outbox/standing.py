"""How an outbox stands."""

from dataclasses import dataclass

from probe.contract.pairing import SealingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How many units wait, what became of the others, and what had to give way for want of room.

    `unreleased` units are counted apart: they wait for the end of their walk, and nobody gets them before. `key` is the
    hub's key that the oldest waiting unit was sealed to: it says from when on that may be, to a few weeks, and until
    when the hub can open it.
    """

    queued: int
    stored: int
    held: int
    refused: int
    queued_bytes: int = 0
    gave_way: int = 0
    lost: int = 0
    unreleased: int = 0
    key: SealingKey | None = None
    last: int = 0
    own_queued: int = 0
    own_delivered: int = 0

    @property
    def receipted(self) -> int:
        return self.stored + self.held + self.refused
