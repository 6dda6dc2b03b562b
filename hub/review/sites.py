"""Which cameras hang at one pole or facade. A site groups cameras and never merges them. Pure."""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from hub.log.decisions import Decided, DecisionKind

Place = int  # a camera, by its number


def sites_of(
    decisions: Iterable[Decided], camera_of: Callable[[Sequence[str]], Place | None]
) -> list[frozenset[Place]]:
    """The sites, each of two cameras or more, by the decisions in the log's order."""
    site_of: dict[Place, set[Place]] = {}
    for decided in decisions:
        what = decided.what
        one = camera_of(what.sightings)
        if one is None:
            continue
        others = [other for group in what.others if (other := camera_of(group)) is not None]
        if what.kind is DecisionKind.SITE:
            joined = {one, *others}.union(*(site_of.get(camera, set()) for camera in (one, *others)))
            for camera in joined:
                site_of[camera] = joined
        elif what.kind is DecisionKind.OFF_SITE:
            before = site_of.get(one, set())
            if not others or before.intersection(others):
                before.discard(one)
                site_of[one] = {one}
    distinct = {id(site): frozenset(site) for site in site_of.values() if len(site) > 1}
    return list(distinct.values())


def site_id(anchors: Iterable[str]) -> str:
    """A site's id, from the sightings that its cameras begin with: it stays as long as the smallest is there."""
    return f"s-{sha256(min(anchors).encode()).hexdigest()[:16]}"
