"""What the hub keeps about the shared map: which cameras the public sees, and under which ids."""

from dataclasses import dataclass, field

from msgspec import Struct


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRow:
    """A public id and what it stands for.

    `sightings` say of which camera it is; they never leave the hub. `body` is what the public sees (JSON, None:
    nothing), `coming` what it is to see once a batch is made after `ripe_s` (Unix time). An id that was `merged_into`
    another leads there.
    """

    id: str
    sightings: frozenset[str] = field(default_factory=frozenset)
    body: bytes | None = None
    coming: bytes | None = None
    ripe_s: float | None = None
    merged_into: str | None = None


class Held(Struct, frozen=True, kw_only=True):
    """A change that waits for an operator's word: how many cameras the public sees, and how many it would."""

    before: int
    after: int


class Sharing(Struct, frozen=True, kw_only=True):
    """How the shared map stands: whether it is open, when its last batch was made and when the next one is due (Unix
    times), and what is held. `accepted` is what an operator has said may happen all the same."""

    open: bool = False
    batch: int = 0
    made_s: float | None = None
    due_s: float | None = None
    held: Held | None = None
    accepted: Held | None = None
