"""What people decided, held against what would be found without them. Pure."""

from collections.abc import Sequence

from hub.merge.constraints import Bonds, Bound, fit
from hub.merge.items import Thing
from hub.merge.observe import Observation
from hub.merge.which.item import Put


def holds(things: Sequence[Thing], puts: Sequence[Put], bonds: Bonds) -> bool:
    """Whether each group is whole and has a camera of its own, and no camera has two sides of a division."""
    home: dict[int, int] = {}
    sides: dict[int, dict[int, int]] = {}
    groups: dict[int, int] = {}
    for thing, put in zip(things, puts, strict=True):
        for one in thing.observations:
            group = bonds.group_of(one)
            if group is not None and (
                home.setdefault(group, put.camera) != put.camera or groups.setdefault(put.camera, group) != group
            ):
                return False
            on, its = sides.setdefault(put.camera, {}), bonds.all_sides_of(one)
            if not fit(on, its):
                return False
            on.update(its)
    return True


def bound_of(members: Sequence[Observation], bonds: Bonds) -> Bound | None:
    """What binds a camera with these members; None where nobody decided anything of them."""
    sides: dict[int, int] = {}
    groups: dict[int, None] = {}
    for one in members:
        sides.update(bonds.sides_of(one))
        group = bonds.group_of(one)
        if group is not None and group not in groups:
            groups[group] = None
            sides.update(bonds.bound_of(group).sides)
    return Bound(sides=sides, groups=list(groups)) if sides or groups else None
