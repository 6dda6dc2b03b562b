"""From sightings to cameras: a pure function of the log. Deriving again gives the same cameras.

Sightings of one transmitter are one camera, as far as its signal may carry. Visual observations, which are photos and
pins, are assigned, walk by walk, to the cameras that earlier ones found, or become new ones: two of a walk never share
a camera. Last, what was heard is matched with what was seen, one to one and only where there is no second choice: radio
alone is too rough to choose between neighbours. Radio never merges with other radio.

The work grows with the number of observations and not with its square, whoever makes them: what one contributor says
again and again of a spot is counted, and weighed only so often (see `crowd`).
"""

from collections.abc import Iterable, Sequence

from hub.merge.assign import Match, assign
from hub.merge.camera import Camera
from hub.merge.crowd import Founders, without_repetitions
from hub.merge.grid import Grid
from hub.merge.observe import Observation
from hub.merge.transmitters import by_transmitter

__all__ = ["Camera", "derive"]


def derive(observations: Iterable[Observation]) -> tuple[list[Camera], int]:
    """The cameras that the observations speak of, and how many observations have no place.

    The order of the observations does not matter.
    """
    ordered = sorted(observations, key=_sort_key)
    radio = [observation for observation in ordered if observation.transmitter is not None]
    visual = [observation for observation in ordered if observation.transmitter is None]
    heard, unplaced = by_transmitter(radio)
    placed = [observation for observation in visual if observation.estimate is not None]
    return _join_heard_and_seen(heard, _seen(placed)), unplaced + len(visual) - len(placed)


def _sort_key(observation: Observation) -> tuple[str, str, str]:
    day = observation.day
    return (day.isoformat() if day else "", observation.walk, observation.sighting.id)


def _seen(visual: Sequence[Observation]) -> list[Camera]:
    """The cameras that were seen."""
    weighed, repetitions = without_repetitions(visual)
    by_walk: dict[str, list[Observation]] = {}
    for observation in weighed:
        by_walk.setdefault(observation.walk, []).append(observation)
    cameras: list[Camera] = []
    camera_of: dict[int, Camera] = {}
    grid, founders = Grid(), Founders()
    for walk in by_walk.values():
        near = [grid.near(seen.place) for seen in walk]
        for seen, match in zip(walk, assign(walk, cameras, near), strict=True):
            number = _add_visual(seen, match, cameras, founders)
            grid.put(number, cameras[number].estimate)
            camera_of[seen.seq] = cameras[number]
    for repetition, weighed_one in repetitions:
        camera_of[weighed_one.seq].count(repetition)
    return cameras


def _add_visual(seen: Observation, match: Match, cameras: list[Camera], founders: Founders) -> int:
    """Put an observation into its camera, or a new one; returns the camera's number."""
    if match.candidate is not None:
        camera = cameras[match.candidate]
        camera.add(seen)
        camera.nearest_match_m.append(match.distance_m or 0.0)
        return match.candidate
    crowded = founders.nearest_where_full(seen, cameras)
    if crowded is not None:
        cameras[crowded].count(seen)
        return crowded
    rivals = tuple(cameras[place].id for place in match.rivals)
    cameras.append(Camera(estimate=seen.place, members=[seen], rivals=rivals))
    founders.add(seen, len(cameras) - 1)
    return len(cameras) - 1


def _join_heard_and_seen(heard: list[Camera], seen: list[Camera]) -> list[Camera]:
    grid = Grid()
    for number, camera in enumerate(seen):
        grid.put(number, camera.estimate)
    matches = assign(heard, seen, [grid.near(camera.estimate) for camera in heard])
    unmatched = []
    for camera, match in zip(heard, matches, strict=True):
        if match.candidate is None:
            camera.rivals = tuple(seen[place].id for place in match.rivals)
            unmatched.append(camera)
        else:
            seen[match.candidate].join(camera, match.distance_m or 0.0)
    return unmatched + seen
