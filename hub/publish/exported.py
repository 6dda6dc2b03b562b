"""Which cameras leave the hub by an export, and what is said of each: the same for all formats. Pure.

Without `everything` these are the cameras that the public may know of and that are still there, with OpenStreetMap's
tags, the month of their last check and a radius: no day, no sighting and no order that would tell what was seen on one
walk. With it, all that the map shows its reader, and what each camera rests on: for those who run the hub.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from hub.log.public import PublicRow
from hub.publish.batches import ids_of
from hub.publish.osm_tags import count_claims, tags, weak_claims
from hub.publish.public import month_of, publishable_cameras, rounded_radius_m
from hub.publish.view import CameraDetail, region

Ids = Mapping[str, str]  # public ids by those of cameras


class Exported(Struct, frozen=True, kw_only=True):
    """A camera to be written down: degrees, and properties of which none is None. Without an id it has none that may be
    known."""

    id: str | None
    lat: float
    lon: float
    properties: dict[str, Any]


def exported(cameras: Iterable[CameraDetail], *, everything: bool, ids: Ids | None = None) -> list[Exported]:
    """What an export writes down. `ids` are the public ids, where cameras have some."""
    if everything:
        return [_in_full(detail) for detail in cameras]
    there = (detail for detail in publishable_cameras(list(cameras)) if detail.camera.gone is None)
    return [_for_the_public(detail, (ids or {}).get(detail.camera.id)) for detail in there]


def public_ids(rows: Sequence[PublicRow], cameras: Iterable[CameraDetail]) -> dict[str, str]:
    """The public ids of cameras, by their own."""
    return ids_of(rows, list(cameras))


def _for_the_public(detail: CameraDetail, public_id: str | None) -> Exported:
    camera = detail.camera
    properties = {
        **tags(detail),
        "check_date": month_of(camera.last_seen),  # to the month, as OpenStreetMap allows: a day would name a walk
        "contrechamp:radius95": rounded_radius_m(camera.reach95_m),
        "contrechamp:composed": "yes" if camera.composed else None,
    }
    return Exported(id=public_id, lat=round(camera.lat, 6), lon=round(camera.lon, 6), properties=_said(properties))


def _in_full(detail: CameraDetail) -> Exported:
    camera = detail.camera
    properties = {
        **tags(detail),
        "check_date": camera.last_seen if camera.standing == "seen" else None,  # heard is not checked
        "end_date": camera.gone,
        "contrechamp:review": camera.review,
        "contrechamp:standing": camera.standing,
        "contrechamp:composed": "yes" if camera.composed else None,
        "contrechamp:weak": weak_claims(detail) or None,
        "contrechamp:gone": count_claims(detail, "gone") or None,
        "contrechamp:sightings": camera.sightings,
        "contrechamp:sighting_ids": list(detail.sighting_ids),  # the first 500
        "contrechamp:region95": region(camera.region95),
        "contrechamp:reasons": [reason.code for reason in detail.reasons],
    }
    return Exported(id=camera.id, lat=camera.lat, lon=camera.lon, properties=_said(properties))


def _said(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if value is not None}
