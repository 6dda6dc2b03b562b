"""Cameras as a hub derives and an operator decides about them, made for tests of what is published."""

from itertools import count
from typing import Any

import msgspec

from hub.merge.place import Ring
from hub.publish.view import CameraDetail, CameraView, ClaimView, EvidenceView, Reason
from probe.contract.geodesy import moved

_numbers = count(1)


def _around(lat: float, lon: float, metres: float) -> Ring:
    """A ring of corners that lie so far from a place."""
    corners = ((metres, 0.0), (0.0, metres), (-metres, 0.0), (0.0, -metres), (metres, 0.0))
    return tuple((at[1], at[0]) for east, north in corners for at in [moved(lat, lon, east, north)])


def camera(
    *sightings: str,
    east_m: float = 0.0,
    north_m: float = 0.0,
    day: str | None = "2026-05-09",
    walk: str = "A",
    claims: tuple[ClaimView, ...] = (),
    **fields: Any,
) -> CameraDetail:
    """A confirmed camera that a walker saw, so many metres east and north of the island's origin; its id is that of its
    first sighting, as the merger gives it."""
    ids = sightings or (f"{next(_numbers):032x}",)
    lat, lon = moved(47.0, -17.0, east_m, north_m)
    view = CameraView(
        id=ids[0],
        lat=lat,
        lon=lon,
        title_kind="dome",
        mount="pole",
        direction=203.0,
        height_m=None,
        height_sd_m=None,
        vendor="Axis",
        standing="seen",
        walks=1,
        contributors=1,
        sightings=len(ids),
        first_seen=day,
        last_seen=day,
        radius95_m=7.2,
        region95=(_around(lat, lon, fields.get("radius95_m", 7.2)),),
        composed=False,
        review="confirmed",
    )
    said = (
        ClaimView(about="present", value=None, strength="strong", sightings=1),
        ClaimView(about="kind", value="dome", strength="strong", sightings=1),
    )
    return CameraDetail(
        camera=msgspec.structs.replace(view, **fields),
        reasons=(Reason(code="single_sighting"),),
        claims=(*said, *claims),
        evidence=(
            EvidenceView(
                kind="pin", made_by="real", reason=Reason(code="looked_at"), rule=None, rule_version=None, day=day,
                walk_label=walk, composed=False,
            ),
        ),
        sighting_ids=ids,
    )  # fmt: skip
