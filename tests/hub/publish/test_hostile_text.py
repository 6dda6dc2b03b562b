"""Claims, makers, rules and names that hold what turns, hides or obeys: page, interface and export show marks."""

import json
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from hub.data import make_hub
from hub.log.people import Role
from hub.publish.geojson import export
from hub.web.app import make_app
from hub.web.gate import OpenGate
from probe.contract.evidence import CatalogueEvidence
from probe.contract.readable import MARK, is_readable
from probe.contract.sighting import OperatorClaim, Sighting, Strength, VendorClaim
from tests.examples import look, radio
from tests.hostile import MIXED, WRITABLE
from tests.hub.publish.derived import derived
from tests.hub.web.scripted import ScriptedMap
from tests.paired import pairing_of

STRONG = Strength.STRONG


def hostile_sightings() -> tuple[Sighting, Sighting]:
    """A note and a radio sighting that hold hostile text wherever there is room for some."""
    noted = look(observer=(300.0, 0.0))
    claims = (
        VendorClaim(value=MIXED, strength=STRONG, evidence=()),
        OperatorClaim(value=MIXED, strength=STRONG, evidence=()),
    )
    noted = msgspec.structs.replace(
        noted, claims=(*noted.claims, *claims), made=msgspec.structs.replace(noted.made, rule=MIXED, rule_version=1)
    )
    heard = radio()
    evidence = tuple(
        msgspec.structs.replace(item, vendor=MIXED) if isinstance(item, CatalogueEvidence) else item
        for item in heard.evidence
    )
    return noted, msgspec.structs.replace(heard, evidence=evidence)


def assert_clean(shown: str) -> None:
    found = [f"U+{ord(char):04X}" for char in WRITABLE if char not in "\n" and char in shown]
    assert found == []


def test_pages_and_interface_show_marks() -> None:
    source = ScriptedMap(*hostile_sightings())
    with TestClient(make_app(source, gate=OpenGate(Role.ADMIN)), base_url="http://127.0.0.1:8787") as browser:
        for lang in ("en", "fr"):
            paths = ["/cameras", *(f"/cameras/{one.camera.id}" for one in source.cameras())]
            bodies = [browser.get(path, params={"lang": lang}).text for path in paths]
            assert any(MARK in body for body in bodies)
            for body in bodies:
                assert_clean(body.replace("\u202f", " ").replace("\u00a0", " "))
        for path in ("/api/cameras.geojson", *(f"/api/cameras/{one.camera.id}" for one in source.cameras())):
            assert_clean(browser.get(path).text)


def test_an_export_shows_marks(tmp_path: Path) -> None:
    with derived(tmp_path, *hostile_sightings()) as hub:
        body = export(hub.cameras(), everything=True).decode()
    assert MARK in body
    assert_clean(body)


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "+1+1", "-2", "@SUM(A1)", "\t=1", " =1", "=+-@x"])
def test_no_maker_is_a_formula(name: str, tmp_path: Path) -> None:
    noted = look(observer=(0.0, 0.0))
    claim = VendorClaim(value=name, strength=STRONG, evidence=())
    with derived(tmp_path, msgspec.structs.replace(noted, claims=(*noted.claims, claim))) as hub:
        (feature,) = json.loads(export(hub.cameras(), everything=True))["features"]
    for value in feature["properties"].values():
        assert not isinstance(value, str) or value.lstrip()[0] not in "=+-@", value


def test_the_page_of_codes_shows_a_name_with_marks(tmp_path: Path) -> None:
    with make_hub(tmp_path) as folder:
        pairing_of(folder).invite(f"Probe {MIXED}", None)  # the command would refuse it
        app = make_app(ScriptedMap(), pairing=pairing_of(folder), gate=OpenGate(Role.ADMIN))
        page = TestClient(app, base_url="http://127.0.0.1:8787", client=("127.0.0.1", 1)).get("/enroll").text
    assert MARK in page
    assert_clean(page)
    assert is_readable(page.replace("\n", ""))
