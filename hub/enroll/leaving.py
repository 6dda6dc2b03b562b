"""How a probe loses its rights: its key for good, what it said of the day, and what it sent since the day of loss."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from hub.keys import HubKeys
from hub.store.registry import Registry
from hub.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """What came of a revocation: how many sightings and pictures are held since, and whether it was revoked already."""

    held: int
    already: bool


def is_to_come(day: date) -> bool:
    """Whether a day of loss lies ahead, from which nothing would be held. East of Greenwich the day begins earlier."""
    return day > max(datetime.now(UTC).date(), datetime.now().astimezone().date())


def revoke_probe(store: Store, keys: HubKeys, registry: Registry, name: str, lost_on: date) -> Revoked:
    """End the rights of the probe with a name, and hold what came since a day. Raises BadInput, StoreError."""
    probe = registry.named(name)
    registry.revoke(probe, lost_on)
    keys.disown(probe.id)
    held = store.hold_since(probe.id, lost_on, f"{name} is revoked; lost on {lost_on}")
    return Revoked(held=held, already=probe.revoked)
