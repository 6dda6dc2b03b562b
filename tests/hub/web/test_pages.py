"""The pages without a browser: languages, headers, hostile names, and what they refuse."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from starlette.testclient import TestClient

from hub.data import HubFolder, make_hub
from hub.errors import BadInput
from hub.log.people import Role
from hub.publish.view import CameraDetail
from hub.web.app import STATIC, make_app
from hub.web.gate import OpenGate
from hub.web.rows import PAGE_ROWS
from hub.web.stream import MAX_UNSENT, MAX_UNSENT_BYTES, _Unsent
from hub.web.words import choose
from probe.contract.sighting import OperatorClaim, Strength
from probe.pairing.qr import read_code
from tests.examples import look, radio
from tests.hub.web.scripted import ScriptedMap
from tests.paired import pairing_of

HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}"


def client(source: ScriptedMap | None = None, tiles_url: str | None = None) -> TestClient:
    app = make_app(
        source or ScriptedMap(radio(), look(observer=(200.0, 0.0))), tiles_url=tiles_url, gate=OpenGate(Role.ADMIN)
    )
    return TestClient(app, base_url="http://127.0.0.1:8787")


def crowded(count: int) -> ScriptedMap:
    """A map of so many cameras."""
    source = ScriptedMap(look())
    (detail,) = source.cameras()
    for n in range(count):
        camera = replace(detail.camera, id=f"camera-{n}", lat=detail.camera.lat + n * 1e-4)
        source._cameras[camera.id] = replace(detail, camera=camera)
    del source._cameras[detail.camera.id]
    return source


def listed(page: str) -> list[str]:
    return re.findall(r'<tr role="row" data-camera="([^"]+)"', page)


def test_the_language_follows_the_query_the_cookie_and_the_browser() -> None:
    assert choose("fr", "en", "en") == "fr"
    assert choose(None, "fr", "en") == "fr"
    assert choose("xx", None, "de, fr;q=0.8") == "fr"
    assert choose(None, None, None) == "en"
    with client() as browser:
        french = browser.get("/?lang=fr")
        assert '<html lang="fr">' in french.text
        assert '<html lang="fr">' in browser.get("/cameras").text


def test_the_list_says_what_the_map_shows() -> None:
    with client() as browser:
        drawn = {feature["id"] for feature in browser.get("/api/cameras.geojson").json()["features"]}
        assert drawn == set(listed(browser.get("/cameras").text))
    assert len(drawn) == 2


@pytest.mark.parametrize("order", ["", "kind", "where", "accuracy", "last", "'; drop table"])
def test_the_list_can_be_sorted(order: str) -> None:
    with client() as browser:
        assert len(listed(browser.get("/cameras", params={"sort": order}).text)) == 2


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/",
        "//evil.example/x?y=1",
        "/\\evil.example/",
        "/%5Cevil.example/",
        "//evil.example%2f..",
        "/a//b",
    ],
)
def test_no_link_of_a_page_leads_to_a_host_that_its_address_named(path: str) -> None:
    """`href="//host/"` is another host, under the scheme of the page."""
    with client() as browser:
        page = browser.get(f"http://127.0.0.1:8787{path}", follow_redirects=False)
    assert page.status_code == 404
    links = re.findall(r'(?:href|src|action|hx-get)="([^"]*)"', page.text)
    assert any(link.endswith("lang=fr") for link in links)
    for link in links:
        assert re.match(r"/[^/\\]|/\Z|[?#]", link), link
    assert "evil" not in "".join(links)


def test_the_link_to_the_other_language_stays_on_the_page() -> None:
    with client() as browser:
        page = browser.get("/cameras", params={"sort": "kind", "lang": "en"}).text
    (link,) = re.findall(r'<a href="([^"]*)" hreflang', page)
    assert link == "?sort=kind&amp;lang=fr"


def test_a_hostile_name_stays_text() -> None:
    claim = OperatorClaim(value=HOSTILE, strength=Strength.WEAK)
    source = ScriptedMap(look(claims=(claim,)))
    (detail,) = source.cameras()
    with client(source) as browser:
        page = browser.get(f"/cameras/{detail.camera.id}").text
    assert "<img src=x" not in page
    assert "&lt;img" in page
    assert "{{7*7}}" in page


def test_a_fragment_is_only_the_details() -> None:
    source = ScriptedMap(look())
    (detail,) = source.cameras()
    with client(source) as browser:
        fragment = browser.get(f"/cameras/{detail.camera.id}", headers={"HX-Request": "true"}).text
    assert "<html" not in fragment
    assert "<article" in fragment


def test_the_details_say_it_in_a_sentence_and_how_we_know_in_one_section() -> None:
    source = ScriptedMap(radio(), radio())
    (detail,) = source.cameras()
    with client(source) as browser:
        page = browser.get(f"/cameras/{detail.camera.id}").text
    assert 'class="sentence">Camera by Axis, heard by radio on one walk' in page
    assert page.count("<h2>") == 1
    # Two sightings that read the same are told once, with their number.
    assert page.count("<b>Radio</b> ×2 · walk A · <time") == 1
    assert "2 strong signs" in page or "2 strong signs" in page


def test_what_is_not_there_is_said_kindly() -> None:
    with client() as browser:
        assert browser.get("/cameras/none?lang=fr").status_code == 404
        assert "n’existe pas" in browser.get("/nowhere").text
        assert browser.get("/api/cameras/none").json() == {"error": "not found"}
        assert browser.get("/static/../app.py").status_code == 404
        assert browser.get("/static/%2e%2e/app.py").status_code == 404


def test_only_its_own_names_are_answered() -> None:
    with client() as browser:
        assert browser.get("/", headers={"host": "evil.example"}).status_code == 400
        assert browser.get("/api/cameras.geojson", headers={"host": "localhost:8787"}).status_code == 200


def test_the_browser_is_kept_to_what_the_page_needs() -> None:
    with client() as browser:
        headers = browser.get("/").headers
    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["referrer-policy"] == "no-referrer"


def test_tiles_come_only_from_the_server_that_the_operator_named() -> None:
    with client(tiles_url="https://tiles.example/{z}/{x}/{y}.png") as browser:
        page = browser.get("/")
    assert "img-src 'self' data: blob: https://tiles.example;" in page.headers["content-security-policy"]
    for wrong in ("javascript:{z}", "https://tiles.example/", "tiles/{z}"):
        with pytest.raises(BadInput, match="--tiles"):
            make_app(ScriptedMap(), tiles_url=wrong, gate=OpenGate(Role.ADMIN))


def test_an_unchanged_map_is_not_sent_twice() -> None:
    with client() as browser:
        first = browser.get("/api/cameras.geojson")
        again = browser.get("/api/cameras.geojson", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert not again.content


def test_a_camera_in_json_says_on_what_it_rests() -> None:
    source = ScriptedMap(radio())
    (detail,) = source.cameras()
    with client(source) as browser:
        told = browser.get(f"/api/cameras/{detail.camera.id}").json()
    assert told == msgspec.json.decode(msgspec.json.encode(detail))
    assert told["evidence"][0]["reason"]["code"] == "vendor-oui"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[HubFolder]:
    with make_hub(tmp_path) as folder:
        yield folder


def enroll_page(folder: HubFolder, role: Role = Role.OPERATOR) -> TestClient:
    app = make_app(ScriptedMap(), pairing=pairing_of(folder), gate=OpenGate(role))
    return TestClient(app, base_url="http://127.0.0.1:8787")


def test_codes_are_shown_to_operators_only(folder: HubFolder) -> None:
    _, code = pairing_of(folder).invite("Anna", "mqtts://192.0.2.1:8883")
    assert code.typed in enroll_page(folder).get("/enroll").text
    for role, status in ((Role.STRANGER, 401), (Role.READER, 403), (Role.REVIEWER, 403)):
        other = enroll_page(folder, role).get("/enroll")
        assert other.status_code == status
        assert code.typed not in other.text
        assert "Anna" not in other.text


def test_the_code_on_the_page_can_be_scanned_and_gives_way_to_the_words(folder: HubFolder, tmp_path: Path) -> None:
    import segno

    _, code = pairing_of(folder).invite("Anna <b>", "mqtts://192.0.2.1:8883")
    page = enroll_page(folder).get("/enroll?lang=fr")
    assert "Anna &lt;b&gt;" in page.text
    assert "Sondes en attente" in page.text
    assert segno.make(code.qr, error="m", micro=False).svg_data_uri(scale=6).replace("'", "&#39;") in page.text
    segno.make(code.qr, error="m", micro=False).save(str(tmp_path / "qr.png"), scale=4)
    assert read_code(tmp_path / "qr.png") == code.qr
    enrolment = folder.registry.enrolments(0)[0]
    folder.registry.admit(enrolment, bytes(32), "some words to compare")
    after = enroll_page(folder).get("/enroll").text
    assert "some words to compare" in after
    assert code.typed not in after


def test_a_long_list_comes_in_pages_that_hold_every_camera_once() -> None:
    source = crowded(2 * PAGE_ROWS + 5)
    with client(source) as browser:
        pages = [listed(browser.get("/cameras", params={"page": n}).text) for n in ("1", "2", "3")]
        assert [len(page) for page in pages] == [PAGE_ROWS, PAGE_ROWS, 5]
        assert sorted(chain(*pages)) == sorted(detail.camera.id for detail in source.cameras())
        for odd, same in (("0", 0), ("-1", 0), ("x", 0), ("²", 0), ("٣", 0), ("99", 2), ("9" * 400, 0)):
            assert listed(browser.get("/cameras", params={"page": odd}).text) == pages[same]
        assert "page 2 sur 3" in browser.get("/cameras", params={"page": "2", "lang": "fr"}).text.lower()


def test_what_all_ask_for_is_made_once_for_each_revision() -> None:
    source = crowded(20)
    made: list[int] = []
    cameras = source.cameras

    def counted() -> Sequence[CameraDetail]:
        made.append(1)
        return cameras()

    source.cameras = counted  # type: ignore[method-assign]
    with client(source) as browser:
        for path in ("/api/cameras.geojson", "/cameras"):
            made.clear()
            first = [browser.get(path, headers={"accept-encoding": way}).content for way in ("gzip", "identity")]
            assert first[0] == first[1]
            for _ in range(5):
                browser.get(path)
            assert len(made) == 1, path
        source.tell(look(observer=(900.0, 0.0)))
        features = browser.get("/api/cameras.geojson").json()["features"]
        assert len(features) == len(source.cameras())


def test_files_come_packed_whole_and_are_known_again() -> None:
    with client() as browser:
        packed = browser.get("/static/vendor/maplibre-gl.mjs", headers={"accept-encoding": "gzip"})
        plain = browser.get("/static/vendor/maplibre-gl.mjs", headers={"accept-encoding": "identity"})
        assert packed.content == plain.content == (STATIC / "vendor" / "maplibre-gl.mjs").read_bytes()
        assert int(packed.headers["content-length"]) < len(plain.content) / 2
        again = browser.get("/static/vendor/maplibre-gl.mjs", headers={"if-none-match": plain.headers["etag"]})
        assert again.status_code == 304
        assert browser.get("/static/../app.py").status_code == 404


def test_what_a_slow_reader_has_still_to_get_is_bounded() -> None:
    async def run() -> list[bytes | None]:
        unsent = _Unsent()
        for _ in range(3 * MAX_UNSENT):
            unsent.put(b"small")
        few = [await unsent.get() for _ in range(unsent._queue.qsize())]
        unsent.put(b"x" * MAX_UNSENT_BYTES)
        unsent.put(b"x")
        unsent.put(None)
        return [*few[:1], *[await unsent.get() for _ in range(unsent._queue.qsize())]]

    assert asyncio.run(run()) == [b'{"reload":true}', b'{"reload":true}', None]
