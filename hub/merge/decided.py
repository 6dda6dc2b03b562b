"""Which items are of one camera, in the light of what people decided. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from hub.merge.constraints import fit
from hub.merge.which.item import Item, Put
from hub.merge.which.resolve import resolve


def as_decided(items: Sequence[Item]) -> tuple[Put, ...]:
    """Where each item is put. Where people only confirm what would be found without them, that is what is found."""
    decided = any(item.group is not None or item.sides for item in items)
    if not decided:
        return resolve(items)
    free = resolve([replace(item, group=None, sides={}) for item in items])
    return free if holds(items, free) else resolve(items)


def holds(items: Sequence[Item], puts: Sequence[Put]) -> bool:
    """Whether each group is whole, and no camera has two sides of a division."""
    home: dict[int, int] = {}
    sides: dict[int, dict[int, int]] = {}
    for item, put in zip(items, puts, strict=True):
        if item.group is not None and home.setdefault(item.group, put.camera) != put.camera:
            return False
        on = sides.setdefault(put.camera, {})
        if not fit(on, item.sides):
            return False
        on.update(item.sides)
    return True
