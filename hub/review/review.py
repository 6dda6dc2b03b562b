"""All decisions of a hub, and the cameras in their light. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

import msgspec

from hub.log.decisions import Decided, DecisionKind
from hub.merge.camera import Camera
from hub.merge.constraints import UNCONSTRAINED, Constraints
from hub.publish.view import CameraDetail, Reason
from hub.review.binding import Binding, bind
from hub.review.ledger import Ledger
from hub.review.retag import retagged
from hub.review.sites import site_id, sites_of
from hub.review.standing import CONFIRMING, UNDECIDED, Standing, standing_of

ABOUT_A_CAMERA = frozenset(
    {
        *CONFIRMING,
        *(DecisionKind.RETAG, DecisionKind.REJECT, DecisionKind.PRIVATE, DecisionKind.GONE, DecisionKind.FOLLOW_UP),
        DecisionKind.NOTE,
    }
)
SITES = (DecisionKind.SITE, DecisionKind.OFF_SITE)


class Review:
    """The decisions of a hub up to one of them, in the log's order. What is asked of it is worked out once."""

    def __init__(self, decisions: Iterable[Decided] = ()) -> None:
        self.ledger = Ledger()
        for decided in decisions:
            self.ledger.add(decided)

    @cached_property
    def holding(self) -> list[Decided]:
        """The decisions that hold, the oldest first."""
        return self.ledger.holding()

    @cached_property
    def binding(self) -> Binding:
        """What they ask of the merger."""
        return bind(self.holding)

    @property
    def constraints(self) -> Constraints:
        """The constraints for the merger."""
        return self.binding.constraints if self.holding else UNCONSTRAINED

    @cached_property
    def by_sighting(self) -> dict[str, list[int]]:
        """The numbers of all decisions that name a sighting, undone ones as well."""
        found: dict[str, list[int]] = {}
        for number, decided in self.ledger.decisions.items():
            what = decided.what
            for one in dict.fromkeys((*what.sightings, *(one for group in what.others for one in group))):
                found.setdefault(one, []).append(number)
        return found

    @cached_property
    def released(self) -> frozenset[str]:
        """The pictures, by their hashes, that people decided to show to everybody."""
        last = {
            decided.what.value: decided.what.kind
            for decided in self.holding
            if decided.what.kind in (DecisionKind.RELEASE, DecisionKind.WITHHOLD)
        }
        return frozenset(value for value, kind in last.items() if value and kind is DecisionKind.RELEASE)

    def standings(self, cameras: Sequence[Camera]) -> list[Standing]:
        """How each camera stands."""
        if not self.holding:
            return [UNDECIDED] * len(cameras)
        named = ((one.sighting.id for one in (*camera.members, *camera.alike)) for camera in cameras)
        holder = _Holder(named, self.by_sighting)
        about = self._about(holder)
        sites: dict[int, str] = {}
        for site in sites_of((one for one in self.holding if one.what.kind in SITES), holder.camera_of):
            name = site_id(cameras[number].observations[0].sighting.id for number in site)
            sites.update(dict.fromkeys(site, name))
        return [
            standing_of(about.get(number, ()), site=sites.get(number), bound=self.is_bound(camera))
            if number in about or number in sites or camera.bound is not None
            else UNDECIDED
            for number, camera in enumerate(cameras)
        ]

    def standings_of(self, cameras: Iterable[Iterable[str]]) -> list[Standing]:
        """How cameras stand of which no more is known than their sightings; their sites are not told."""
        each = [tuple(sightings) for sightings in cameras]
        about = self._about(_Holder(each, self.by_sighting))
        return [standing_of(about.get(number, ())) for number in range(len(each))]

    def _about(self, holder: "_Holder") -> dict[int, list[Decided]]:
        """The decisions about each camera, by its number."""
        about: dict[int, list[Decided]] = {}
        for decided in self.holding:
            if decided.what.kind in ABOUT_A_CAMERA:
                # What a later decision took out of a confirmed camera was not confirmed.
                sightings = self.binding.confirmed.get(decided.number, decided.what.sightings)
                number = holder.camera_of(sightings)
                if number is not None:
                    about.setdefault(number, []).append(decided)
        return about

    def is_bound(self, camera: Camera) -> bool:
        """Whether it is by a decision that some of its sightings are of one camera."""
        groups = () if camera.bound is None else camera.bound.groups
        return any(len(self.constraints.together[group]) > 1 for group in groups)


class _Holder:
    """Which camera holds most of some sightings; of each camera, its sightings are given."""

    def __init__(self, cameras: Iterable[Iterable[str]], wanted: Collection[str]) -> None:
        self._camera_of = {one: number for number, named in enumerate(cameras) for one in named if one in wanted}

    def camera_of(self, sightings: Iterable[str]) -> int | None:
        """The camera's number; of two that hold as many, the one that holds the first. None where none holds any."""
        found = [number for one in sightings if (number := self._camera_of.get(one)) is not None]
        return Counter(found).most_common(1)[0][0] if found else None  # of equals, the one that was met first


def as_decided(detail: CameraDetail, standing: Standing, *, claimed_private: bool) -> CameraDetail:
    """A camera as people decided that it is."""
    private = claimed_private if standing.private is None else standing.private
    if standing == UNDECIDED and not private:
        return detail
    camera = msgspec.structs.replace(
        detail.camera,
        review=standing.review,
        private=private,
        gone=standing.gone,
        follow_up=standing.follow_up,
        site=standing.site,
    )
    reasons = (*detail.reasons, Reason(code="by_decision")) if standing.bound else detail.reasons
    detail = msgspec.structs.replace(detail, camera=camera, reasons=reasons, decided=standing.kinds)
    for about, value in sorted(standing.retags.items()):
        detail = retagged(detail, about, value)
    return detail


def is_hidden(standing: Standing, *, claimed_private: bool) -> bool:
    """Whether a camera is for those who review alone: no camera, or of a private dwelling."""
    private = claimed_private if standing.private is None else standing.private
    return private or standing.review == "rejected"
