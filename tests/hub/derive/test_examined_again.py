"""What earlier rules claimed is held against the rules of today, whenever cameras are derived."""

from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from hub.derive.live import LiveCameras
from hub.publish.geojson import export
from hub.store.chosen import open_store
from probe.contract.evidence import BleEvidence, BssidEvidence, CatalogueEvidence, Role, SsidEvidence
from probe.contract.sighting import (
    CameraKind,
    Claim,
    KindClaim,
    PresentClaim,
    Sighting,
    Strength,
    VendorClaim,
)
from probe.detect.registry import Recogniser, unjustified
from tests.examples import look, radio
from tests.hub.publish.test_publish import cameras_of

pytestmark = pytest.mark.engines

STRANGER = "9c:3d:cf:00:00:01"


def sure(kind: CameraKind | None = CameraKind.ALPR) -> tuple[Claim, ...]:
    """What earlier rules said of a name alone."""
    claims: list[Claim] = [
        PresentClaim(strength=Strength.STRONG),
        VendorClaim(value="Flock Safety", strength=Strength.STRONG),
    ]
    return (*claims, KindClaim(value=kind, strength=Strength.STRONG)) if kind else tuple(claims)


def earlier(rule: str, version: int, *evidence: object) -> Sighting:
    """A sighting of a stranger's address as an earlier release made it."""
    one = radio()
    assert one.radio is not None
    return msgspec.structs.replace(
        one,
        made=msgspec.structs.replace(one.made, rule=rule, rule_version=version),
        radio=msgspec.structs.replace(one.radio, transmitter=STRANGER),
        evidence=evidence,
        claims=sure(),
    )


NAME = earlier(
    "setup-network",
    2,
    SsidEvidence(ssid="Flock Camera net."),
    BssidEvidence(bssid=STRANGER, role=Role.NETWORK),
    CatalogueEvidence(row="flock-safety-ssid-flockcameran", vendor="Flock Safety", value="x"),
)
ACCESSORY = earlier(
    "flock-bluetooth",
    1,
    BleEvidence(public=True, name="Penguin-0123456789", companies=("09c8",)),
    BssidEvidence(bssid=STRANGER),
)
FALCON = earlier(
    "setup-network", 2, SsidEvidence(ssid="MILLENNIUM-FALCON"), BssidEvidence(bssid=STRANGER, role=Role.NETWORK)
)


def derived(folder: Path, *sightings: Sighting) -> LiveCameras:
    with closing(open_store(folder / "hub")) as store:
        return cameras_of(store, folder, *sightings)


@pytest.mark.parametrize(("old", "rule"), [(NAME, "maker-word"), (ACCESSORY, "flock-bluetooth")])
def test_a_strong_claim_by_a_name_alone_is_weak_now(tmp_path: Path, old: Sighting, rule: str) -> None:
    hub = derived(tmp_path, old)
    (camera,) = hub.cameras()
    assert {claim.strength for claim in camera.claims if claim.about != "present"} == {"weak"}
    assert camera.camera.vendor is None, "no maker is named on a word that anyone may choose"
    assert camera.camera.standing == "hint"
    assert [evidence.rule for evidence in camera.evidence] == [rule], "told in the words of what finds it today"
    assert camera.evidence[0].reason.code == rule


def test_what_no_rule_finds_any_more_is_no_camera(tmp_path: Path) -> None:
    assert unjustified(FALCON, Recogniser()) == "the rule setup-network does not find it on this evidence"
    lines = derived(tmp_path, radio(STRANGER, ssid="Flock"))
    assert len(lines.cameras()) == 1


def test_weak_evidence_alone_is_a_hint_and_never_public(tmp_path: Path) -> None:
    hub = derived(tmp_path, radio(STRANGER, ssid="MyFlock"))
    (camera,) = hub.cameras()
    assert camera.camera.standing == "hint"
    assert b'"features":[]' in export(hub.cameras(), everything=False).replace(b" ", b"").replace(b"\n", b"")


def test_what_was_seen_is_not_of_a_kind_because_a_name_near_by_says_so(tmp_path: Path) -> None:
    hub = derived(tmp_path, look(observer=(0.0, 0.0), distance_m=0.0), radio(STRANGER, ssid="Flock"))
    seen = [camera.camera for camera in hub.cameras() if camera.camera.standing == "seen"]
    assert [camera.title_kind for camera in seen] == ["camera"]
    assert all(camera.vendor is None for camera in seen)
