"""What is held because its probe was revoked, by the probe's name, and the operator's decision about it."""

from dataclasses import dataclass

from hub.store.registry import Registry
from hub.store.store import Store

FORGOTTEN = "(forgotten)"  # stands for a probe to which the link has expired


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOf:
    """What is held of the probe with a name, or of FORGOTTEN ones, and why."""

    name: str
    sightings: int
    reason: str


def held_by_name(store: Store, registry: Registry) -> list[HeldOf]:
    """What waits for a decision. Raises StoreError."""
    names = {probe.id: probe.name for probe in registry.probes()}
    return [
        HeldOf(name=names.get(one.probe or "", FORGOTTEN), sightings=one.sightings, reason=one.reason)
        for one in store.held()
    ]


def decide_held(store: Store, registry: Registry, name: str, *, keep: bool) -> int:
    """Let what is held of a name count, or erase it; returns how many sightings. Raises BadInput, StoreError."""
    return store.decide(None if name == FORGOTTEN else registry.named(name).id, keep=keep)
