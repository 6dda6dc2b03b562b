"""Who is on a picture asks on the page for it to be taken away; it is hidden at once, and somebody decides."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from hub.data import make_hub
from hub.log.people import Role
from hub.log.pictures import Complaint, Done, Standing
from hub.photo.complaints import StrangersComplaints
from hub.web.app import make_app
from hub.web.complaints import MAX_NAMED
from hub.web.forms import FORM_TYPE, MAX_FORM_BYTES
from hub.web.gate import OpenGate
from hub.web.pages.complaints import MAX_A_DAY, MAX_HIDDEN, MAX_OPEN, ComplaintPages
from hub.web.words import words
from tests.hub.photo.world import World, jpeg_of, noise, sha
from tests.hub.web.scripted import ScriptedMap

OWN = {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8787", "content-type": FORM_TYPE}
ONE, OTHER = jpeg_of(noise(1)), jpeg_of(noise(2))


class Page:
    """The page of a hub with two pictures: somebody has looked at the first."""

    def __init__(self, world: World, contact: str | None = None) -> None:
        self.store = world.hub.store
        gallery = world.gallery()
        world.take(ONE, OTHER)
        self.store.pictures.stand(sha(ONE), Standing.LOOKED, Done.LOOKED)
        self.day = date(2026, 5, 10)
        deriver = world.deriver()
        (self.camera,) = deriver.everything()
        self.public = "0123456789abcdef"  # its id on the shared map

        def sightings_of(name: str) -> Sequence[str] | None:
            found = deriver.found(self.camera.camera.id if name == self.public else name)
            return None if found is None else found.sighting_ids

        strangers = StrangersComplaints(self.store, gallery, sightings_of)
        parts = [ComplaintPages(strangers, contact, lambda: self.day)]
        app = make_app(ScriptedMap(), gate=OpenGate(Role.STRANGER), parts=parts)
        self.browser = TestClient(app, base_url="http://127.0.0.1:8787", follow_redirects=False)

    def send(self, **fields: str) -> tuple[int, str]:
        answer = self.browser.post("/complaint", content=urlencode(fields), headers=OWN)
        return answer.status_code, answer.text.replace("&#39;", "'")

    def standing(self, jpeg: bytes) -> Standing:
        picture = self.store.pictures.get(sha(jpeg))
        assert picture is not None
        return picture.standing


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with make_hub(tmp_path / "hub") as hub:
        yield World(hub)


def test_a_picture_that_was_shown_is_hidden_at_once(world: World) -> None:
    page = Page(world)
    code, told = page.send(about="me at the window", picture=sha(ONE), contact="me@example.org")
    assert code == 200
    assert words("en")("complaint_noted", number=1) in told
    assert words("en")("complaint_hidden", n=1) in told
    assert page.standing(ONE) is Standing.HIDDEN
    (complaint,) = page.store.complaints.listed()
    assert (complaint.about, complaint.contact) == ("me at the window", "me@example.org")


@pytest.mark.parametrize("picture", ["", "0" * 64, "' OR 1=1", sha(OTHER)])
def test_what_was_not_shown_is_noted_and_hides_nothing(world: World, picture: str) -> None:
    """Nobody learns by this form which pictures there are."""
    page = Page(world)
    code, told = page.send(about="my car", picture=picture)
    assert code == 200
    assert words("en")("complaint_to_find") in told
    assert page.standing(OTHER) is Standing.NEW
    assert page.store.complaints.listed()[0].pictures == ()


@pytest.mark.parametrize(
    "about",
    [
        "me: http://127.0.0.1:8787/cameras/{camera}.",
        "HTTPS://HUB.EXAMPLE.ORG/CAMERAS/{camera}#pictures",
        "{camera}",
        "https://hub.example.org/shared/cameras/{public} (the second one)",
        "a car, {public}, c-0000000000000000",
    ],
)
def test_the_address_of_a_cameras_page_is_enough(world: World, about: str) -> None:
    """The page says so; what is shown of that camera is hidden at once, and what nobody has looked at stays private."""
    page = Page(world)
    code, told = page.send(about=about.format(camera=page.camera.camera.id, public=page.public))
    assert code == 200
    assert words("en")("complaint_hidden", n=1) in told
    assert (page.standing(ONE), page.standing(OTHER)) == (Standing.HIDDEN, Standing.NEW)
    assert page.store.complaints.listed()[0].pictures == (sha(ONE),)


@pytest.mark.parametrize("about", ["c-0000000000000000", "x{camera}", "{camera}0", "fedcba9876543210", "5" * 64])
def test_an_address_that_leads_to_no_camera_hides_nothing(world: World, about: str) -> None:
    page = Page(world)
    code, told = page.send(about=about.format(camera=page.camera.camera.id))
    assert code == 200
    assert words("en")("complaint_to_find") in told
    assert page.standing(ONE) is Standing.LOOKED


def test_what_one_complaint_hides_is_bounded() -> None:
    class Desk:
        hidden: Sequence[str] = ()
        asked = 0

        def open(self, about: str, pictures: Sequence[str], contact: str | None) -> Complaint:
            self.hidden = pictures
            return Complaint(number=1, opened=date(2026, 1, 1), about=about, contact=contact)

        def listed(self, *, closed: bool = False) -> list[Complaint]:  # noqa: ARG002
            return []

        def is_shown(self, picture: str) -> bool:  # noqa: ARG002
            return True

        def shown_of(self, camera: str) -> list[str]:  # noqa: ARG002
            self.asked += 1
            return [f"{self.asked}-{number}" for number in range(MAX_HIDDEN)]

    desk = Desk()
    pages = ComplaintPages(desk, None, lambda: date(2026, 1, 1))
    app = make_app(ScriptedMap(), gate=OpenGate(Role.STRANGER), parts=[pages])
    about = " ".join(f"c-{number:016x}" for number in range(40))
    with TestClient(app, base_url="http://127.0.0.1:8787") as browser:
        assert browser.post("/complaint", content=urlencode({"about": about}), headers=OWN).status_code == 200
    assert (desk.asked, len(desk.hidden)) == (MAX_NAMED, MAX_HIDDEN)


@pytest.mark.parametrize("fields", [{}, {"about": ""}, {"about": "   "}, {"about": "x" * 1001}, {"contact": "a@b"}])
def test_a_complaint_about_nothing_gets_a_sentence(world: World, fields: dict[str, str]) -> None:
    page = Page(world)
    code, told = page.send(**fields)
    assert code == 400
    assert 'role="alert"' in told
    assert page.store.complaints.listed() == []


@pytest.mark.parametrize(("language", "said"), [("en", "A home can be taken off the map as well"),
                                                ("fr", "Un domicile peut aussi être retiré de la carte")])  # fmt: skip
def test_a_home_can_be_taken_off_the_map_as_well(world: World, language: str, said: str) -> None:
    assert said in Page(world).browser.get("/complaint", headers={"accept-language": language}).text


def test_what_strangers_leave_is_bounded(world: World) -> None:
    page = Page(world)
    for number in range(MAX_A_DAY):
        page.store.complaints.open(f"{number}", [], None)
    page.day = page.store.complaints.listed()[0].opened
    assert page.send(about="one more")[0] == 429
    page.day = date(2100, 1, 1)
    assert page.send(about="the next day")[0] == 200
    for number in range(MAX_OPEN):
        page.store.complaints.open(f"{number}", [], None)
    code, told = page.send(about="too many in all")
    assert code == 429
    assert words("en")("complaint_full") in told


def test_a_form_from_elsewhere_complains_of_nothing(world: World) -> None:
    page = Page(world)
    for headers in ({**OWN, "sec-fetch-site": "cross-site"}, {**OWN, "content-type": "text/plain"}):
        assert page.browser.post("/complaint", content="about=x", headers=headers).status_code in (403, 415)
    huge = page.browser.post("/complaint", content=b"about=" + b"x" * MAX_FORM_BYTES, headers=OWN)
    assert huge.status_code == 413
    assert page.store.complaints.listed() == []


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=400))
def test_whatever_comes_is_answered(body: bytes) -> None:
    class Desk:
        def open(self, *_: object) -> None: ...
        def listed(self, **_: object) -> list[object]:
            return []

    pages = ComplaintPages(Desk(), None, lambda: date(2026, 1, 1))  # type: ignore[arg-type]
    app = make_app(ScriptedMap(), gate=OpenGate(Role.STRANGER), parts=[pages])
    with TestClient(app, base_url="http://127.0.0.1:8787", raise_server_exceptions=False) as browser:
        assert browser.post("/complaint", content=body, headers=OWN).status_code in (400, 413, 415)


@pytest.mark.parametrize(
    ("contact", "there", "not_there"),
    [
        (None, "names no address", "mailto"),
        ("hub <b>@</b> example.org", "hub &lt;b&gt;@&lt;/b&gt; example.org", "names no address"),
        ("hub@example.org", 'href="mailto:hub@example.org"', "names no address"),
        ("https://example.org/hub", 'href="https://example.org/hub"', "names no address"),
        ("javascript:alert(1)", "javascript:alert(1)", 'href="javascript'),
    ],
)
def test_who_is_on_a_picture_reads_whom_to_ask(world: World, contact: str | None, there: str, not_there: str) -> None:
    told = Page(world, contact).browser.get("/complaint").text
    assert there in told
    assert not_there not in told


def test_the_form_in_french(world: World) -> None:
    told = Page(world).browser.get("/complaint", headers={"accept-language": "fr"}).text
    assert "Demander le retrait" in told
