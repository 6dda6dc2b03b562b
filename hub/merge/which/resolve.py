"""Which items are of one camera. Pure: the same items give the same answer, in whichever order they come."""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from hub.merge.which.doubt import agreed, confidence, redrawn
from hub.merge.which.factors import factors
from hub.merge.which.item import Item, Put
from hub.merge.which.scene import Ints, flat, scene_of
from hub.merge.which.search import found

LINK_M = 150.0  # items farther from all others have nothing to do with them
MOST_ITEMS = 600  # of one part; a larger one is cut


def resolve(items: Sequence[Item]) -> tuple[Put, ...]:
    """For each item, in their order, where it was put. Cameras are numbered by the least key that they hold."""
    order = sorted(range(len(items)), key=lambda number: (items[number].key, number))
    if not order:
        return ()
    labels = np.zeros(len(items), np.int64)
    made = 0
    scene = scene_of([items[n] for n in order], flat([items[n] for n in order]), factors())
    luck = _luck([items[n] for n in order])
    state = found(scene, luck)
    doubt = redrawn(scene, state, luck)
    agreed_on = agreed(scene, state.labels, doubt)
    labels[order] = np.unique(agreed_on, return_inverse=True)[1] + made
    sure = np.zeros(len(items))
    sure[order] = confidence(agreed_on, doubt)
    return tuple(Put(camera=int(labels[n]), sure=float(sure[n])) for n in range(len(items)))


def _luck(items: Sequence[Item]) -> np.random.Generator:
    """Draws that follow from the items' keys."""
    text = "\n".join(item.key for item in items)
    return np.random.default_rng(int.from_bytes(sha256(text.encode()).digest()[:8], "big"))
