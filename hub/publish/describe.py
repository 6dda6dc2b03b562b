"""A derived camera in the words and numbers of the page: what it is, where, how sure, and why.

Addresses and network names stay in the log: nothing made here holds one. What else came from outside is made readable
here, for page and exports alike.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from hub.merge.cameras import Camera
from hub.merge.contributors import at_least
from hub.merge.doubt import Doubt
from hub.merge.gone import Absence
from hub.merge.kin import Kin, kin_of
from hub.merge.locate import fuse, fused_height, mean_bearing
from hub.merge.observe import Observation, height_of, operator_of, vendor_of
from hub.merge.place import Located
from hub.publish.view import (
    AbsenceView,
    CameraDetail,
    CameraView,
    ClaimView,
    DoubtView,
    EvidenceView,
    ModeView,
    OtherView,
    Reason,
)
from probe.contract.evidence import CatalogueEvidence
from probe.contract.readable import readable
from probe.contract.sighting import Adapter, Kind, KindClaim, PresentClaim, Strength, claim_about
from probe.detect.catalogue import is_prefix
from probe.detect.registry import rules

_RULES = {rule.name for rule in rules()}
MAX_LISTED = 500  # sightings of one camera that are listed one by one
MAX_SAID = 64  # things that are said of one camera, of each kind


def describe_all(cameras: Sequence[Camera]) -> list[CameraDetail]:
    """Everything the page and the exports say about cameras, and what these have to do with each other."""
    return [with_kin(describe(camera), kin) for camera, kin in zip(cameras, kin_of(cameras), strict=True)]


def with_kin(detail: CameraDetail, kin: Kin) -> CameraDetail:
    """A camera with what it has to do with others."""
    if not kin.same_address and not kin.told_apart:
        return detail
    return msgspec.structs.replace(detail, same_address=kin.same_address, told_apart=kin.told_apart)


def with_absence(detail: CameraDetail, absence: Absence | None) -> CameraDetail:
    """A camera with what later walks and people say of its absence."""
    if absence is None:
        return detail
    view = AbsenceView(
        probability=round(absence.probability, 2),
        surveys=absence.surveys,
        listeners=absence.listeners,
        reports=absence.reports,
        contributors=absence.contributors,
        last_heard=None if absence.last_heard is None else absence.last_heard.isoformat(),
    )
    return msgspec.structs.replace(detail, absence=view)


def describe(camera: Camera) -> CameraDetail:
    """Everything the page and the exports say about a camera."""
    located = camera.located
    members = camera.observations
    listed = _listed(members)
    days = sorted(day.isoformat() for member in members if (day := member.day) is not None)
    vendors = [readable(vendor) for member in members if (vendor := vendor_of(member.sighting)) is not None]
    operators = [readable(who) for member in members if (who := operator_of(member.sighting)) is not None]
    height = fused_height(said for member in members if (said := height_of(member.sighting)) is not None)
    view = CameraView(
        id=camera.id,
        lat=round(located.estimate.lat, 7),
        lon=round(located.estimate.lon, 7),
        title_kind=_kind(members) or "camera",
        mount=_majority([member.mount for member in members if member.mount]),
        direction=camera.direction,
        height_m=None if height is None else round(height[0], 1),
        height_sd_m=None if height is None else round(height[1], 1),
        vendor=_majority(vendors),
        standing="seen" if any(map(_is_seen, members)) else "hint",
        walks=camera.walks,
        contributors=at_least(members) or None,  # of what was imported, or came before tags were, nobody knows
        sightings=len(members),
        first_seen=days[0] if days else None,
        last_seen=days[-1] if days else None,
        radius95_m=round(located.region95.radius_m, 1),
        region95=located.region95.rings,
        composed=any(member.sighting.made.composed for member in members),
        unsure=bool(camera.doubts),
        operator=_majority(operators),
    )
    return CameraDetail(
        camera=view,
        reasons=tuple(_reasons(camera, members)),
        claims=tuple(_claims(members)),
        evidence=tuple(_evidence(listed)),
        sighting_ids=tuple(member.sighting.id for member in listed),
        region50=located.region50.rings,
        modes=_modes(located),
        doubts=tuple(_doubts(camera, members)),
    )


def _modes(located: Located) -> tuple[ModeView, ...]:
    shares = percents([mode.share for mode in located.modes])
    return tuple(
        ModeView(lat=round(mode.lat, 7), lon=round(mode.lon, 7), percent=percent)
        for mode, percent in zip(located.modes, shares, strict=True)
    )


def _doubts(camera: Camera, members: Sequence[Observation]) -> Iterator[DoubtView]:
    of = {member.sighting.id: member for member in members} if camera.doubts else {}
    for doubt in camera.doubts:
        own = [of[one] for one in doubt.sightings if one in of]
        places = [member.estimate for member in own if member.estimate is not None]
        place = fuse(places, 1) if places else None
        yield msgspec.structs.replace(
            _doubt(doubt),
            lat=None if place is None else round(place.lat, 7),
            lon=None if place is None else round(place.lon, 7),
            title_kind=_kind(own) or "camera",
            mount=_majority([member.mount for member in own if member.mount]),
            direction=mean_bearing([member.direction for member in own if member.direction is not None]),
            heard=bool(own) and all(member.transmitter is not None for member in own),
        )


def _doubt(doubt: Doubt) -> DoubtView:
    here, *others = percents([doubt.here, *(share for _, share in doubt.others)])
    return DoubtView(
        sightings=doubt.sightings,
        here=here,
        others=tuple(
            OtherView(camera=camera, percent=percent) for (camera, _), percent in zip(doubt.others, others, strict=True)
        ),
    )


def percents(shares: Sequence[float]) -> list[int]:
    """Probabilities in whole percent that add up as the probabilities do. Of several none is 0 or 100: what is unsure
    is never told as sure."""
    if len(shares) < 2:
        return [round(100 * share) for share in shares]
    found = [max(1, int(100 * share)) for share in shares]
    left = min(100, round(100 * sum(shares))) - sum(found)
    by_rest = sorted(range(len(shares)), key=lambda place: (found[place] - 100 * shares[place], place))
    for place in by_rest[: max(0, left)]:
        found[place] += 1
    largest = max(range(len(found)), key=lambda place: (found[place], -place))
    found[largest] += min(0, left)  # what the least ones were given
    return found


def _listed(members: Sequence[Observation]) -> Sequence[Observation]:
    """The sightings to list one by one, in the log's order: where there are too many, first one of each walk."""
    if len(members) <= MAX_LISTED:
        return members
    seen: set[tuple[str, Kind, Adapter]] = set()
    firsts: list[Observation] = []
    others: list[Observation] = []
    for member in members:
        key = member.walk, member.sighting.kind, member.sighting.made.adapter
        (others if key in seen else firsts).append(member)
        seen.add(key)
    return sorted([*firsts, *others][:MAX_LISTED], key=lambda member: member.seq)


def _kind(members: Sequence[Observation]) -> str | None:
    """The kind that most sightings say. Weak evidence of the radio makes a hint, never the kind of what was seen."""
    seen = any(member.transmitter is None for member in members)
    return _majority([member.kind for member in members if member.kind and not (seen and _only_weakly(member))])


def _only_weakly(member: Observation) -> bool:
    claims = [claim for claim in member.sighting.claims if isinstance(claim, KindClaim)]
    return member.transmitter is not None and all(claim.strength is Strength.WEAK for claim in claims)


def _is_seen(member: Observation) -> bool:
    """Whether a walker looked and said for certain that something is there: a photo alone says nothing."""
    claims = member.sighting.claims
    present = any(isinstance(claim, PresentClaim) and claim.strength is Strength.STRONG for claim in claims)
    return member.transmitter is None and present


def _majority(values: Sequence[str]) -> str | None:
    """What is said most; None where as many say otherwise."""
    counted = Counter(values).most_common(2)
    if not counted or (len(counted) == 2 and counted[0][1] == counted[1][1]):
        return None
    return counted[0][0]


def _reasons(camera: Camera, members: Sequence[Observation]) -> list[Reason]:
    """Why these sightings are one camera, and how its place was estimated."""
    reasons = []
    radio = [member for member in members if member.transmitter is not None]
    visual = [member for member in members if member.transmitter is None]
    if len(radio) > 1:
        reasons.append(Reason(code="same_transmitter", params={"walks": len({member.walk for member in radio})}))
    if camera.nearest_match_m:
        reasons.append(Reason(code="assigned", params={"distance_m": round(max(camera.nearest_match_m))}))
    if len(members) == 1:
        reasons.append(Reason(code="single_sighting"))
    reasons += [_unsure(doubt) for doubt in camera.doubts[:MAX_SAID]]
    if len(camera.located.modes) > 1:
        reasons.append(Reason(code="two_places", params={"percent": _modes(camera.located)[0].percent}))
    if camera.alike:
        reasons.append(Reason(code="more_alike", params={"more": len(camera.alike)}))
    if camera.far_apart:
        reasons.append(Reason(code="same_address_far_apart"))
    hearings = sum(len(member.hearings) for member in radio)
    if hearings:
        walks = len({member.walk for member in radio})
        reasons.append(Reason(code="region_radio", params={"hearings": hearings, "walks": walks}))
    elif radio:
        reasons.append(Reason(code="region_log"))
    if visual:
        reasons.append(Reason(code="region_looks", params={"looks": len(visual) - len(camera.alike)}))
    if camera.located.along_streets:
        reasons.append(Reason(code="region_streets"))
    if len(members) > MAX_LISTED:
        reasons.append(Reason(code="not_listed", params={"more": len(members) - MAX_LISTED}))
    return reasons


def _unsure(doubt: Doubt) -> Reason:
    """That some sightings may be of another camera. With which of the others, the page says: they are known there."""
    seen = _doubt(doubt)
    params: dict[str, str | float] = {"sightings": len(doubt.sightings), "percent": seen.here}
    return Reason(code="unsure_which", params={**params, "others": len(doubt.others)})


def _claims(members: Sequence[Observation]) -> list[ClaimView]:
    """Each thing that is said, once, with the number of sightings that say it."""
    counted: Counter[tuple[str, str | float | bool | None, str]] = Counter()
    for member in members:
        for claim in member.sighting.claims:
            value = getattr(claim, "value", None)
            counted[claim_about(claim), readable(value) if isinstance(value, str) else value, str(claim.strength)] += 1
    ordered = sorted(counted.items(), key=lambda item: (item[0][0], -item[1], str(item[0][1])))
    said: Counter[str] = Counter()
    views = []
    for (about, value, strength), sightings in ordered:
        said[about] += 1
        if said[about] <= MAX_SAID:
            views.append(ClaimView(about=about, value=value, strength=strength, sightings=sightings))
    return views


def _evidence(members: Sequence[Observation]) -> list[EvidenceView]:
    labels: dict[str, str] = {}
    evidence = []
    for member in members:
        made = member.sighting.made
        label = labels.setdefault(member.walk, _walk_label(len(labels)))
        evidence.append(
            EvidenceView(
                kind=str(member.sighting.kind),
                made_by=str(made.adapter),
                reason=_evidence_reason(member),
                rule=None if made.rule is None else readable(made.rule),
                rule_version=made.rule_version,
                day=None if member.day is None else member.day.isoformat(),
                walk_label=label,
                composed=made.composed,
            )
        )
    return evidence


def _evidence_reason(member: Observation) -> Reason:
    sighting = member.sighting
    if sighting.made.adapter is Adapter.HAND:
        return Reason(code="marked_by_hand")
    if sighting.kind is not Kind.RADIO:
        kept = sighting.pin is None or sighting.pin.photo_not_kept is None
        return Reason(code="looked_at" if kept else "looked_at_photo_not_kept")
    row = next((e for e in sighting.evidence if isinstance(e, CatalogueEvidence)), None)
    params: dict[str, str | float] = {}
    if row is not None:
        params = {"vendor": readable(row.vendor), "confirmed": str(row.confirmed_on or "?")}
        if is_prefix(row.value):  # other values are patterns of names, which stay in the log
            params["prefix"] = readable(row.value)
    if sighting.made.adapter is Adapter.IMPORT:
        params["imported"] = "yes"
    rule = sighting.made.rule
    return Reason(code=rule if rule in _RULES and rule is not None else "other_rule", params=params)


def _walk_label(number: int) -> str:
    """A, B, ... Z, AA, AB: walks are distinguished, and not identified."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
