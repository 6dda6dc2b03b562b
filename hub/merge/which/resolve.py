"""Which items are of one camera. Pure: the same items give the same answer, in whichever order they come."""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from hub.merge.which.doubt import Doubt, agreed, confidence, redrawn
from hub.merge.which.factors import Factors, factors
from hub.merge.which.item import Item, Put
from hub.merge.which.parts import parts_of
from hub.merge.which.scale import scaled
from hub.merge.which.scene import Floats, Ints, flat, scene_of
from hub.merge.which.search import found

LEAST_LISTED = 0.01
SUREST = 0.9995  # nobody knows better, even where nothing else is near


def resolve(items: Sequence[Item]) -> tuple[Put, ...]:
    """For each item, in their order, where it was put. Cameras are numbered by the least key that they hold.

    Items with a place that is not finite are cameras of their own. Two items of one key are told apart by the rest of
    what they are; where that is the same too, it makes no difference which is which.
    """
    order = sorted(range(len(items)), key=lambda number: _rank(items[number]))
    ranked = [items[number] for number in order]
    answers: list[Put | None] = [None] * len(items)
    made = 0
    for part in parts_of(ranked):
        puts = _part([ranked[number] for number in part], factors())
        for number, put in zip(part, puts, strict=True):
            answers[number] = _numbered(put, made)
        made += 1 + max(put.camera for put in puts)
    new_number: dict[int, int] = {}
    for put in answers:
        if put is not None:
            new_number.setdefault(put.camera, len(new_number))
    final: list[Put | None] = [None] * len(items)
    for number, put in zip(order, answers, strict=True):
        if put is not None:
            final[number] = _renumbered(put, new_number)
    return tuple(put for put in final if put is not None)


def _rank(item: Item) -> tuple[object, ...]:
    said = (item.kind or "", item.mount or "", -1.0 if item.direction is None else item.direction)
    return item.key, item.layer, item.lat, item.lon, item.east, item.north, item.common, said


def _numbered(put: Put, made: int) -> Put:
    others = tuple((None if camera is None else camera + made, likely) for camera, likely in put.others)
    return _changed(put, put.camera + made, others)


def _renumbered(put: Put, new_number: dict[int, int]) -> Put:
    others = tuple((None if camera is None else new_number[camera], likely) for camera, likely in put.others)
    return _changed(put, new_number[put.camera], others)


def _changed(put: Put, camera: int, others: tuple[tuple[int | None, float], ...]) -> Put:
    return Put(
        camera=camera,
        sure=put.sure,
        others=others,
        off_east=put.off_east,
        off_north=put.off_north,
        off_var=put.off_var,
    )


def _part(items: Sequence[Item], factors: Factors) -> list[Put]:
    """The same for items that may all have to do with each other, in their order."""
    if len({item.layer if item.group is None else item.group for item in items}) == 1:
        # One walk, or one group: there is nothing to be told
        grouped = items[0].group is not None
        return [
            Put(camera=0 if grouped else number, sure=SUREST, off_var=item.common) for number, item in enumerate(items)
        ]
    luck = _luck(items)
    scene = scene_of(items, flat(items), factors)
    state = found(scene, luck)
    scene, state = scaled(scene, state, np.array([item.told for item in items]))
    doubt = redrawn(scene, state, luck)
    labels = np.unique(agreed(scene, state.labels, doubt), return_inverse=True)[1].astype(np.int64)
    sure = calibrated(confidence(labels, doubt), factors)
    return [_put(number, labels, sure, doubt) for number in range(len(items))]


def calibrated(share: Floats, factors: Factors) -> Floats:
    """Probabilities of shares, as learnt in other towns."""
    share = np.clip(share, 1e-6, 1 - 1e-6)
    odds = factors.sure.slope * np.log(share / (1 - share)) + factors.sure.intercept
    return np.asarray(np.minimum(SUREST, 1 / (1 + np.exp(-odds))))


def _put(number: int, labels: Ints, sure: Floats, doubt: Doubt) -> Put:
    cameras = np.unique(labels)
    camera, certain = int(labels[number]), float(sure[number])
    of_camera = {}
    for other in cameras.tolist():
        members = np.flatnonzero(labels == other)
        members = members[members != number]
        if other != camera and len(members):
            of_camera[other] = float(doubt.pairs[number, members].mean())
    rivals: list[tuple[int | None, float]] = [*of_camera.items()]
    if (labels == camera).sum() > 1:
        rivals.append((None, float(doubt.alone[number])))
    total = sum(likely for _, likely in rivals)
    scale = (1 - certain) / total if total > 0 else 0.0
    listed = [(other, likely * scale) for other, likely in rivals if likely * scale >= LEAST_LISTED]
    listed.sort(key=lambda both: (-both[1], -1 if both[0] is None else both[0]))
    return Put(
        camera=camera,
        sure=certain,
        others=tuple(listed),
        off_east=float(doubt.off[number, 0]),
        off_north=float(doubt.off[number, 1]),
        off_var=float(doubt.off_var[number]),
    )


def _luck(items: Sequence[Item]) -> np.random.Generator:
    """Draws that follow from the items' keys."""
    text = "\n".join(item.key for item in items)
    return np.random.default_rng(int.from_bytes(sha256(text.encode()).digest()[:8], "big"))
