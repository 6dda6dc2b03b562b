"""A camera in one sentence: as much as is claimed, and what is not known."""

import pytest
from msgspec.structs import replace

from hub.merge.cameras import derive
from hub.merge.observe import observe
from hub.publish.describe import describe
from hub.publish.view import CameraDetail
from hub.web.known import group_evidence, summarise_claims
from hub.web.sentence import sentence
from hub.web.words import words
from probe.contract.sighting import (
    Adapter,
    CameraKind,
    DirectionClaim,
    GoneClaim,
    KindClaim,
    Mount,
    MountClaim,
    Sighting,
    Strength,
)
from tests.examples import WALK_B, look, radio

STRONG = Strength.STRONG
FIXED = (
    KindClaim(value=CameraKind.FIXED, strength=STRONG),
    MountClaim(value=Mount.WALL, strength=STRONG),
    DirectionClaim(value=45.0, strength=STRONG),
)


def detail_of(*sightings: Sighting) -> CameraDetail:
    observed = [observe(seq, sighting, None) for seq, sighting in enumerate(sightings)]
    cameras, _ = derive([one for one in observed if one is not None])
    (camera,) = cameras
    return describe(camera)


def told(code: str, *sightings: Sighting) -> str:
    return sentence(detail_of(*sightings), words(code)).replace("\u00a0", " ")


def imported(sighting: Sighting) -> Sighting:
    return replace(sighting, made=replace(sighting.made, adapter=Adapter.IMPORT))


def test_what_is_claimed_is_said() -> None:
    seen_twice = (look(claims=FIXED), look(claims=FIXED, walk=WALK_B))
    assert told("en", *seen_twice).startswith(
        "Fixed camera on a wall, looks north-east, seen on 2 walks, stands within "
    )
    assert told("fr", *seen_twice).startswith(
        "Caméra fixe sur un mur, tournée vers le nord-est, vue lors de 2 sorties, située à "
    )
    assert told("en", *seen_twice).endswith("Not known yet: maker.")
    assert told("fr", *seen_twice).endswith("Reste à savoir : marque.")


def test_heard_alone_is_a_hint_and_nobody_saw_it() -> None:
    said = told("en", radio())
    assert said.startswith("Camera by Axis, heard by radio on one walk, not seen by anyone yet, stands within ")
    assert said.endswith("Not known yet: kind, mount, direction. A hint, to be checked on the spot.")
    assert "captée par radio lors d’une sortie, pas encore vue sur place" in told("fr", radio())


def test_seen_and_heard_are_counted_apart() -> None:
    said = told("en", radio(), radio(walk=WALK_B), look(observer=(-8.0, 0.0)))
    assert "by Axis, seen on one walk, heard by radio on 2 walks, stands" in said
    assert "hint" not in said


def test_what_a_walker_was_not_sure_of_is_not_seen() -> None:
    detail = detail_of(look())
    unsure = replace(detail, camera=replace(detail.camera, standing="hint"))
    assert "noted by a walker on one walk, not for certain" in sentence(unsure, words("en"))
    assert ", signalée lors d’une sortie, sans certitude, " in sentence(unsure, words("fr"))
    assert "seen" not in sentence(unsure, words("en"))


def test_an_imported_log_is_no_walk_of_ours() -> None:
    assert "known from an imported log, not seen" in told("en", imported(radio()))


@pytest.mark.parametrize("kind", [CameraKind.BRIDGE, CameraKind.GUNSHOT_DETECTOR])
def test_french_agrees_with_what_is_no_camera(kind: CameraKind) -> None:
    said = told("fr", look(claims=(KindClaim(value=kind, strength=STRONG),)))
    assert ", vu lors d’une sortie, situé à " in said


def test_a_camera_that_is_said_to_be_gone_is_said_to_be() -> None:
    gone = GoneClaim(strength=Strength.WEAK)
    assert "said to be gone" in told("en", look(claims=(gone,), present=Strength.WEAK))


def test_a_radius_is_never_told_better_than_it_is() -> None:
    detail = detail_of(look())
    said = sentence(detail, words("en"))
    (metres,) = [int(word) for word in said.replace("\u00a0", " ").split() if word.isdigit()]
    assert metres - 1 < detail.camera.reach95_m <= metres
    assert detail.camera.radius95_m < detail.camera.reach95_m, "a long region reaches farther than a circle as large"


def test_every_kind_and_mount_can_be_said() -> None:
    for kind in CameraKind:
        for mount in Mount:
            claims = (KindClaim(value=kind, strength=STRONG), MountClaim(value=mount, strength=STRONG))
            for code in ("en", "fr"):
                assert "_" not in told(code, look(claims=claims))


def test_claims_are_told_once_with_all_their_signs() -> None:
    weak = KindClaim(value=CameraKind.FIXED, strength=Strength.WEAK)
    detail = detail_of(look(claims=FIXED), look(claims=(weak,), walk=WALK_B, present=Strength.WEAK))
    assert [(claim.about, claim.strengths) for claim in summarise_claims(detail.claims)] == [
        ("present", (("strong", 1), ("weak", 1))),
        ("kind", (("strong", 1), ("weak", 1))),
        ("mount", (("strong", 1),)),
        ("direction", (("strong", 1),)),
    ]


def test_sightings_that_read_the_same_are_told_once() -> None:
    detail = detail_of(radio(), radio(), radio(walk=WALK_B))
    assert [(alike.item.walk_label, alike.count) for alike in group_evidence(detail.evidence)] == [("A", 2), ("B", 1)]
