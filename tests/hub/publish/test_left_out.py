"""Why a camera is in no export for others: each reason by itself."""

import pytest
from msgspec.structs import replace

from hub.publish.exported import exported
from hub.publish.geojson import export
from hub.publish.left_out import left_out, why_left_out
from hub.publish.view import CameraDetail
from tests.examples import look
from tests.hub.web.scripted import ScriptedMap


@pytest.fixture
def confirmed() -> CameraDetail:
    (detail,) = ScriptedMap(look()).cameras()
    return with_(detail, review="confirmed", composed=False)


def with_(detail: CameraDetail, **changed: object) -> CameraDetail:
    return replace(detail, camera=replace(detail.camera, **changed))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, None),
        ({"review": "waiting"}, "waiting"),
        ({"review": "rejected"}, "rejected"),
        ({"private": True}, "private"),
        ({"private": True, "review": "waiting"}, "private"),
        ({"standing": "hint"}, "radio"),
        ({"composed": True}, "composed"),
        ({"gone": "2026-05-01"}, "gone"),
    ],
)
def test_each_reason_has_its_word(changed: dict[str, object], why: str | None, confirmed: CameraDetail) -> None:
    detail = with_(confirmed, **changed)
    assert why_left_out(detail) == why
    assert len(exported([detail, confirmed], everything=False)) == 1 + (why is None)
    assert (b'"Feature"' in export([detail], everything=False)) is (why in (None, "composed"))


def test_a_hub_that_is_fictional_as_a_whole_leaves_out_nothing_for_that(confirmed: CameraDetail) -> None:
    fictional = with_(confirmed, composed=True)
    assert left_out([fictional]) == {}
    assert left_out([fictional, confirmed]) == {"composed": 1}
