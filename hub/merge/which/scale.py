"""How much of what items are off is their own, and how much their walk's: learnt from how well they agree. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from hub.merge.which.put import State, contrast
from hub.merge.which.scene import Bools, Ints, Scene
from hub.merge.which.search import Effort, swept
from hub.merge.which.weigh import numbered

# How the own and the common variance may be more or less than they were taken to be, and what speaks against it.
OWN, COMMON = (0.5, 0.75, 1.0, 1.5), (0.75, 1.0, 1.3)
UNTOLD_OWN, UNTOLD_COMMON = (0.25, 0.5, 1.0, 2.0), (0.25, 0.5, 1.0, 2.0)
PRIOR_SD = 0.5  # of the logarithm of either factor
FEWEST = 8  # items with a partner; with fewer nothing is learnt


def scaled(scene: Scene, state: State, told: Bools, effort: Effort) -> tuple[Scene, State]:
    """The scene with the variances that make its cameras likeliest, and the cameras that then are.

    The cameras that were found stay while the variances are compared. Where a walk told no accuracy, more is possible.
    """
    sizes = np.bincount(np.unique(state.labels, return_inverse=True)[1])
    if int(sizes[sizes > 1].sum()) < FEWEST:
        return scene, state
    all_told = bool(told.all())
    own, common = _likeliest(scene, state.labels, *((OWN, COMMON) if all_told else (UNTOLD_OWN, UNTOLD_COMMON)))
    if own == 1.0 and common == 1.0:
        return scene, state
    best = _with(scene, own, common)
    for least_left in effort.left[2:]:
        state = swept(best, state, least_left)
    return best, state


def _likeliest(scene: Scene, labels: Ints, owns: Sequence[float], commons: Sequence[float]) -> tuple[float, float]:
    """The factors of the own and of the common variance that make these cameras likeliest.

    The same as asking `likelihood` for each: what the factors leave as it is, is worked out once, and the rest is a
    sum over the modes in which biases vary and are seen.
    """
    of = numbered(labels)[1]
    fewer = int(of.max()) + 1 - len(scene)
    pulling = contrast(scene, of)
    pulled = pulling @ scene.centred
    seen, modes = np.linalg.eigh(scene.root.T @ pulling @ scene.root)
    seen = np.maximum(seen, 0.0)
    told = ((modes.T @ (scene.root.T @ pulled)) ** 2).sum(axis=1)
    spread = float((scene.centred * pulled).sum())

    def likely(own: float, common: float) -> float:
        ratio = common / own
        left = (spread - float((ratio * told / (1 + ratio * seen)).sum())) / own
        of_place = fewer * np.log(own) - np.log1p(ratio * seen).sum() - left / 2
        return float(of_place - (np.log(own) ** 2 + np.log(common) ** 2) / (2 * PRIOR_SD**2))

    return max(product(owns, commons), key=lambda both: likely(*both))


def _with(scene: Scene, own: float, common: float) -> Scene:
    return replace(scene, info=scene.info / own, own=scene.own * own, common=scene.common * common)
