"""How much of what items are off is their own, and how much their walk's: learnt from how well they agree. Pure."""

from dataclasses import replace

import numpy as np

from hub.merge.which.put import State
from hub.merge.which.scene import Bools, Scene
from hub.merge.which.search import Effort, likelihood, swept

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
    choices = []
    for own in OWN if all_told else UNTOLD_OWN:
        for common in COMMON if all_told else UNTOLD_COMMON:
            other = _with(scene, own, common)
            prior = -(np.log(own) ** 2 + np.log(common) ** 2) / (2 * PRIOR_SD**2)
            choices.append((likelihood(other, state.labels) + float(prior), own, common, other))
    _, own, common, best = max(choices, key=lambda choice: choice[0])
    if own == 1.0 and common == 1.0:
        return scene, state
    for least_left in effort.left[2:]:
        state = swept(best, state, least_left)
    return best, state


def _with(scene: Scene, own: float, common: float) -> Scene:
    return replace(scene, info=scene.info / own, own=scene.own * own, common=scene.common * common)
