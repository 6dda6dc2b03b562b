"""What the public may see of a camera."""

from typing import Any

import msgspec
import pytest

from hub.publish.public import PublicCamera, public_form, publishable, publishable_cameras
from probe.contract.geodesy import distance_m
from tests.hub.publish.cameras import camera

FIELDS = {
    "id", "kind", "lat", "lon", "radius_m", "direction", "mount", "operator_type", "month", "gone", "pictures",
    "composed",
}  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [{"review": "waiting"}, {"review": "rejected"}, {"standing": "hint"}, {"private": True}, {"composed": True}],
)
def test_one_reason_keeps_a_camera_from_the_public(fields: dict[str, Any]) -> None:
    assert publishable(camera())
    assert not publishable(camera(**fields))


def test_a_fictional_hub_shows_its_fictional_cameras_and_a_real_one_none() -> None:
    fictional, real = camera(composed=True), camera()
    assert publishable_cameras([fictional]) == [fictional]
    assert publishable_cameras([fictional, real]) == [real]


def test_the_fields_are_chosen() -> None:
    assert set(PublicCamera.__struct_fields__) == FIELDS
    said = camera(
        operator="Town of Exampleville", operator_type="public", site="abc", gone="2026-11-20", follow_up=True
    )
    told = public_form(said, "p1")
    assert told == PublicCamera(
        id="p1", kind="dome", lat=47.0, lon=-17.0, radius_m=10, direction=200, mount="pole", operator_type="public",
        month="2026-05", gone="2026-11",
    )  # fmt: skip
    written = msgspec.json.encode(told)
    for secret in (said.camera.id, "2026-05-09", "2026-11-20", "Exampleville", "Axis", "walk", "contributors"):
        assert secret.encode() not in written


def test_a_fictional_camera_says_so_and_a_real_one_nothing() -> None:
    assert b"composed" not in msgspec.json.encode(public_form(camera(), "p"))
    assert public_form(camera(composed=True), "p").composed


def test_the_rounded_region_holds_the_region() -> None:
    for east_m in range(0, 200, 7):
        said = camera(east_m=east_m + 0.37, radius95_m=4.0 + east_m / 30)
        told = public_form(said, "p")
        off_m = distance_m(said.camera.lat, said.camera.lon, told.lat, told.lon)
        assert told.radius_m >= said.camera.reach95_m + off_m
        assert told.radius_m % 5 == 0


def test_north_is_north() -> None:
    assert public_form(camera(direction=357.0), "p").direction == 0
    assert public_form(camera(direction=None), "p").direction is None
