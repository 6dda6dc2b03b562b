"""How long the hub keeps what, and what it has erased because its time was over."""

from dataclasses import dataclass, fields

from msgspec import Struct

LEAST_DAYS, MOST_DAYS = 7, 3650


class Terms(Struct, frozen=True, kw_only=True):
    """Days after which something is erased. The link from a sighting to its probe goes after 30, which nobody can
    lengthen.

    - `quarantine`: what was set aside;
    - `held`: what waits for a decision that nobody makes;
    - `unreviewed`: sightings of cameras that nobody has confirmed, by the month in which they came;
    - `private_pictures`: pictures of cameras that were rejected, or belong to a private dwelling;
    - `complaints`: complaints that are closed;
    - `audit`: who did what at the hub.
    """

    quarantine: int = 90
    held: int = 180
    unreviewed: int = 730
    private_pictures: int = 30
    complaints: int = 365
    audit: int = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """How much was erased, of each."""

    quarantine: int = 0
    held: int = 0
    unreviewed: int = 0
    private_pictures: int = 0
    complaints: int = 0
    audit: int = 0

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))
