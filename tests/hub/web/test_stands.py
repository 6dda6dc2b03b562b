"""From where one more look would narrow the doubt, on the desk: in words, in both languages, and on the sketch."""

import re

import pytest
from starlette.testclient import TestClient

from hub.merge.stand import Stand, What
from hub.publish.view import CameraDetail
from hub.web.sketch import HEIGHT, WIDTH, draw
from hub.web.stands import EDGE, StandsOf, shown
from probe.contract.geodesy import moved
from tests.examples import look
from tests.hub.publish.cameras import camera
from tests.hub.web.scripted import ScriptedMap
from tests.hub.web.scripted_desk import ScriptedDesk, signed_in_app

HERE = "http://127.0.0.1:8787"


def stand(
    detail: CameraDetail, east: float, north: float, what: What = "photo", after_m: float = 12.0, *, street: bool = True
) -> Stand:
    lat, lon = moved(detail.camera.lat, detail.camera.lon, east, north)
    return Stand(lat=lat, lon=lon, what=what, bearing_deg=0.0, before_m=24.0, after_m=after_m, on_street=street)


@pytest.mark.parametrize(("east", "north"), [(10.0, 0.0), (0.0, 0.0), (500.0, 20.0), (-3.0, -900.0), (-80.0, 80.0)])
def test_a_mark_lies_in_its_direction_and_never_off_the_sketch(east: float, north: float) -> None:
    detail = camera(radius95_m=24.0)
    sketch = draw([detail])
    (one,) = shown([stand(detail, east, north)], detail.camera, sketch)
    assert EDGE - 0.1 <= one.x <= WIDTH - EDGE + 0.1
    assert EDGE - 0.1 <= one.y <= HEIGHT - EDGE + 0.1
    right, up = one.x - WIDTH / 2, HEIGHT / 2 - one.y
    assert right * north == pytest.approx(up * east, abs=0.2 * (abs(north) + abs(east)))
    assert right * east >= 0
    assert up * north >= 0
    assert one.beyond == (abs(east) > 60.0 or abs(north) > 60.0)


def screen(stands: StandsOf, language: str = "en") -> str:
    desk = ScriptedDesk(*ScriptedMap(look()).cameras())
    client = TestClient(signed_in_app(desk, desk, stands=stands), base_url=HERE)
    return client.get("/review", headers={"accept-language": language}).text


def test_the_question_says_from_where_one_more_look_would_narrow_its_doubt() -> None:
    def two(detail: CameraDetail) -> tuple[Stand, ...]:
        return stand(detail, 0.0, 20.0), stand(detail, -15.0, 0.0, "pass", 19.0)

    page = screen(two)
    assert "One more photo from one of these places would narrow the doubt" in page
    assert "photo 20\u00a0m north of it: about half the doubt (24\u00a0m → 12\u00a0m)" in page
    assert "walk past 15\u00a0m west of it, listening (24\u00a0m → 19\u00a0m)" in page
    assert len(re.findall(r'<g class="stand', page)) == 2
    assert "No street is known here" not in page
    french = screen(two, "fr")
    assert "photo à 20\u00a0m au nord" in french
    assert "passage à l’écoute à 15\u00a0m à l’ouest" in french


def test_where_no_street_is_known_it_says_so_and_without_advice_it_says_nothing() -> None:
    assert "No street is known here" in screen(lambda detail: (stand(detail, 0.0, 20.0, street=False),))
    page = screen(lambda _: ())
    assert '<g class="stand' not in page
    assert "narrow the doubt" not in page
