"""The search for the likeliest cameras: biases and choices by turns, then jumps out of where that got stuck. Pure."""

from dataclasses import dataclass

import numpy as np

from hub.merge.which.put import State, alone, contrast, put_anew, put_with
from hub.merge.which.scene import Floats, Ints, Scene
from hub.merge.which.weigh import numbered

LEFT = (1.0, 0.6, 0.3, 0.1, 0.0, 0.0)  # what is taken to be left of the bias's variance, sweep by sweep
FEWER_LEFT = (1.0, 0.3, 0.0)  # the same where there are very many turns
JUMP_LEFT, JUMP_SWEEPS = 0.05, 2
MANY_TURNS, FEW_ITEMS = 64, 16
JUMP_SDS = 3.0  # no farther than so many deviations


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is searched: what is left of the bias's variance, sweep by sweep, and so many jumps and redraws."""

    left: tuple[float, ...]
    jumps: int
    redraws: int


def effort_for(scene: Scene) -> Effort:
    """Few items need few jumps, and each costs the more the more turns there are; so does a redraw. Where dozens of
    walks met the same cameras, these are told apart by their number."""
    turns = len(scene.turns)
    return Effort(
        left=LEFT if turns <= MANY_TURNS else FEWER_LEFT,
        jumps=min(3 if len(scene) < FEW_ITEMS else 8, 128 // turns),
        redraws=min(10 if len(scene) < FEW_ITEMS else 16, max(4, 512 // turns)),
    )


def found(scene: Scene, luck: np.random.Generator, effort: Effort) -> State:
    """The likeliest cameras that the search finds."""
    state = alone(scene)
    if len(scene.turns) < 2:
        return state
    for least_left in effort.left:
        state = swept(scene, state, least_left)
    return jumped(scene, state, luck, effort.jumps)


def swept(scene: Scene, state: State, least_left: float, luck: np.random.Generator | None = None) -> State:
    """Each turn once."""
    for turn in range(len(scene.turns)):
        state = put_anew(scene, state, turn, least_left, luck)
    return State(labels=numbered(state.labels)[1], off=state.off)


def jumped(scene: Scene, state: State, luck: np.random.Generator, jumps: int) -> State:
    """Now and again a walk is shifted near one of its items, so that this falls on an item of another walk; kept where
    what comes of it is likelier as a whole."""
    best = likelihood(scene, state.labels)
    for _ in range(jumps):
        moved = _shifted(scene, state, luck)
        if moved is None:
            continue
        for _ in range(JUMP_SWEEPS):
            moved = swept(scene, moved, JUMP_LEFT)
        likely = likelihood(scene, moved.labels)
        if likely > best + 1e-9:
            state, best = moved, likely
    return state


def _shifted(scene: Scene, state: State, luck: np.random.Generator) -> State | None:
    free = [turn for turn, rows in enumerate(scene.turns) if scene.group[rows[0]] < 0 and scene.common[rows[0]] > 0]
    if not free:
        return None
    item = int(luck.choice(np.concatenate([scene.turns[turn] for turn in free])))
    far = JUMP_SDS * np.sqrt(scene.common[item] + scene.common + scene.own[item] + scene.own)
    near = np.flatnonzero(
        (scene.distance[item] < far) & (scene.layer != scene.layer[item]) & (state.labels != state.labels[item])
    )
    if not len(near):
        return None
    onto = int(luck.choice(near))
    turn = next(turn for turn in free if scene.layer[scene.turns[turn][0]] == scene.layer[item])
    rows = scene.turns[turn]
    shift = scene.place[item] - state.off[item] - scene.place[onto] + state.off[onto]
    off = state.off.copy()
    off[rows] += scene.reach[rows, item, np.newaxis] * shift
    return put_with(scene, State(labels=state.labels, off=off), turn, 0.1)


def likelihood(scene: Scene, labels: Ints) -> float:
    """How likely these cameras are as a whole, the biases integrated out; up to a constant, in nats."""
    count = len(scene)
    known, of = numbered(labels)
    pulling = contrast(scene, of)
    pulled = pulling @ scene.centred
    system = pulling @ scene.prior
    system.flat[:: count + 1] += 1
    log_det = float(np.linalg.slogdet(system)[1])
    squared = float((scene.centred * pulled).sum() - (pulled * (scene.prior @ np.linalg.solve(system, pulled))).sum())
    total = np.bincount(of, 1 / scene.own, len(known))
    of_place = -np.log(2 * np.pi * scene.own).sum() + np.log(2 * np.pi / total).sum() - log_det - squared / 2
    size = np.bincount(of, minlength=len(known))
    of_cameras = float(((scene.rare - scene.misses) / size[of]).sum())
    return float(of_place) + of_cameras + _said_alike(scene, of, len(known))


def _said_alike(scene: Scene, of: Ints, count: int) -> float:
    """What is said of each camera together, beside what it were of as many cameras of one place."""
    total = 0.0
    for said in scene.said:
        logs: Floats = np.log(said.likely)
        joint = np.column_stack([np.bincount(of, logs[:, value], count) for value in range(logs.shape[1])])
        together = np.log(np.exp(joint) @ said.usual).sum() - np.log(said.likely @ said.usual).sum()
        total += (1 - said.alike / 2) * float(together)
    return total
