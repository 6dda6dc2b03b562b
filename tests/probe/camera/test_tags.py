"""Words in a photo's metadata, the tags in them, and what these claim of a camera: no more than was said."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.camera.captions import MAX_CAPTION, exif_captions, iptc_captions, xmp_captions
from probe.camera.claims import claims_of
from probe.camera.exif import Exif, Inner, Main
from probe.camera.tags import tags_of
from probe.contract.sighting import (
    DirectionClaim,
    GoneClaim,
    KindClaim,
    MountClaim,
    PresentClaim,
    Strength,
    claim_about,
)


def claimed(*captions: str) -> dict[str, Any]:
    """What is claimed, by its name: its value, or its strength where it has none."""
    claims = claims_of(dict(tags_of(captions)))
    return {claim_about(claim): getattr(claim, "value", claim.strength) for claim in claims}


@pytest.mark.parametrize(
    ("caption", "tags"),
    [
        ("man_made=surveillance; camera:type=dome", {"man_made": "surveillance", "camera:type": "dome"}),
        ("man_made = surveillance\ncamera:type = dome", {"man_made": "surveillance", "camera:type": "dome"}),
        ("man_made=surveillance, camera:type=dome", {"man_made": "surveillance", "camera:type": "dome"}),
        ("man_made=surveillance camera:type=dome", {"man_made": "surveillance", "camera:type": "dome"}),
        ("Man_Made=surveillance|camera:type=dome", {"man_made": "surveillance", "camera:type": "dome"}),
        ('#man_made="surveillance"', {"man_made": "surveillance"}),
        ("camera:direction=90;270", {"camera:direction": "90;270"}),
        ("camera:direction=N; S; camera:type=dome;fixed", {"camera:direction": "N;S", "camera:type": "dome;fixed"}),
        ("camera:direction=90; beside the bus stop", {"camera:direction": "90"}),
        ("camera:direction=90; and 270 as well", {"camera:direction": "90;and 270 as well"}),
        ("camera:type=dome; camera:type=fixed", {"camera:type": "dome;fixed"}),
        ("camera:type=dome; camera:type=dome", {"camera:type": "dome"}),
        ("OLYMPUS DIGITAL CAMERA", {}),
        ("=x; ;;", {}),
    ],
)
def test_tags_as_people_type_them(caption: str, tags: dict[str, str]) -> None:
    assert dict(tags_of([caption])) == tags


def test_a_caption_that_is_cut_loses_its_last_tag_whole() -> None:
    caption = "man_made=surveillance;" + "note=" + "x" * (MAX_CAPTION - 60) + ";camera:direction=90;"
    assert len(caption) < MAX_CAPTION
    assert dict(tags_of([caption + "270;" + "y" * 100])).keys() == {"man_made", "note"}


@pytest.mark.parametrize("text", ["90;270", "N;S", "N; south east", "90,270", "90/270", "90-270", "190-100", "south",
                                  "90; 2 of them", "-5", "nan", "361", "", "1e2", "٩٠", "9_0", "360.1",
                                  "90;camera:direction=270", "90;direction=270"])  # fmt: skip
def test_what_is_not_one_direction_is_none(text: str) -> None:
    said = claimed(f"man_made=surveillance; camera:direction={text}")
    assert said == {"present": Strength.STRONG}


@pytest.mark.parametrize(
    ("caption", "value"),
    [("camera:direction=135", 135.0), ("direction=135", 135.0), ("camera:direction=SSW", 202.5), ("direction=n", 0.0),
     ("camera:direction=360", 0.0), ("camera:direction=12.5°", 12.5), ("camera:direction=135; direction=135.0", 135.0)],
)  # fmt: skip
def test_one_direction_under_either_key(caption: str, value: float) -> None:
    assert claimed(f"man_made=surveillance; {caption}")["direction"] == value


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        ("man_made=surveillance", {"present": "strong"}),
        ("camera:type=dome", {"present": "strong", "kind": "dome"}),
        ("surveillance=outdoor; camera:mount=pole", {"present": "strong", "mount": "pole"}),
        ("man_made=surveillance; camera:type=dome;fixed; camera:mount=wall;pole", {"present": "strong"}),
        ("man_made=surveillance; surveillance:type=camera; camera:type=fixed", {"present": "strong", "kind": "fixed"}),
        ("man_made=surveillance; surveillance:type=camera;ALPR; camera:type=fixed", {"present": "strong"}),
        ("surveillance:type=ALPR; camera:type=dome", {"present": "strong", "kind": "alpr"}),
        ("surveillance:type=gunshot_detector", {"present": "strong", "kind": "gunshot_detector"}),
        ("camera:type=panoramic", {"present": "strong", "kind": "panoramic"}),
        ("camera:type=multi_sensor", {"present": "strong", "kind": "multi_sensor"}),
        ("man_made=mast;surveillance", {"present": "strong"}),
    ],
)
def test_what_a_person_says_is_claimed(caption: str, said: dict[str, Any]) -> None:
    assert claimed(caption) == said


@pytest.mark.parametrize(
    "caption",
    ["", "OLYMPUS DIGITAL CAMERA", "a dome camera on the corner", "highway=street_lamp", "man_made=mast",
     "direction=135", "highway=street_lamp; direction=135", "surveillance=no", "camera:type=none",
     "planned:man_made=surveillance",
     "surveillance:type=guard", "camera:make=OLYMPUS", "man_made=no", "contrechamp:composed=yes"],
)  # fmt: skip
def test_what_says_nothing_of_a_camera_claims_nothing(caption: str) -> None:
    assert claimed(caption) == {}


@pytest.mark.parametrize(
    ("caption", "strength"),
    [
        ("removed:man_made=surveillance", "strong"), ("was:man_made=surveillance; camera:type=dome", "strong"),
        ("demolished:surveillance=outdoor", "strong"), ("removed:camera:type=dome", "strong"),
        ("man_made=surveillance; removed=yes", "strong"), ("disused:man_made=surveillance", "weak"),
        ("abandoned:man_made=surveillance", "weak"), ("man_made=surveillance; disused=yes", "weak"),
    ],
)  # fmt: skip
def test_a_camera_that_is_gone_is_not_present(caption: str, strength: str) -> None:
    assert claimed(caption) == {"gone": strength}


def test_a_camera_that_replaced_another_is_present() -> None:
    assert "present" in claimed("man_made=surveillance; camera:type=dome; removed:camera:type=fixed")
    assert "removed" not in claimed("removed:highway=street_lamp; removed=yes")


def captions(
    main: dict[int, Any] | None = None, comment: bytes | None = None, *, big_endian: bool = False
) -> list[str]:
    inner: dict[int, Any] = {} if comment is None else {Inner.USER_COMMENT: comment}
    return [said for said in exif_captions(Exif(main=main or {}, inner=inner, big_endian=big_endian)) if said]


SAID = "camera:type=dome; note=Straße"


@pytest.mark.parametrize(
    "comment",
    [
        b"ASCII\0\0\0camera:type=dome", b"\0" * 8 + b"camera:type=dome\0\0", b"camera:type=dome",
        b"UNICODE\0" + "camera:type=dome".encode("utf-16-le"), b"UNICODE\0" + "camera:type=dome".encode("utf-16-be"),
        b"UNICODE\0" + "camera:type=dome".encode("utf-16"), b"JIS\0\0\0\0\0" + "camera:type=dome".encode("iso2022_jp"),
        b"Unicode\0" + "camera:type=dome".encode("utf-16-le") + b"\0\0",
    ],
)  # fmt: skip
def test_a_comment_in_any_of_its_codes(comment: bytes) -> None:
    for big_endian in (False, True):
        assert tags_of(captions(comment=comment, big_endian=big_endian)) == (("camera:type", "dome"),)


@pytest.mark.parametrize("tag", [Main.XP_TITLE, Main.XP_SUBJECT, Main.XP_COMMENT, Main.XP_KEYWORDS])
def test_the_words_that_windows_writes(tag: Main) -> None:
    assert captions({tag: SAID.encode("utf-16-le") + b"\0\0"}) == [SAID]


def test_tags_in_a_comment_are_not_hidden_by_the_cameras_own_description() -> None:
    said = captions({Main.DESCRIPTION: "OLYMPUS DIGITAL CAMERA"}, b"ASCII\0\0\0camera:type=dome")
    assert claimed(*said) == {"present": "strong", "kind": "dome"}
    said = captions({Main.DESCRIPTION: "camera:type=fixed"}, b"ASCII\0\0\0camera:type=dome")
    assert claimed(*said) == {"present": "strong"}, "two that differ are a list"


XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
<rdf:Description><dc:description><rdf:Alt><rdf:li xml:lang="x-default">on a pole</rdf:li></rdf:Alt></dc:description>
<dc:subject><rdf:Bag><rdf:li>man_made=surveillance</rdf:li><rdf:li>camera:type=dome</rdf:li></rdf:Bag></dc:subject>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def test_keywords_of_a_gallery_are_read() -> None:
    assert claimed(*xmp_captions(XMP)) == {"present": "strong", "kind": "dome"}
    for end in range(0, len(XMP), 7):
        list(xmp_captions(XMP[:end]))
    assert list(xmp_captions(b'<!DOCTYPE x [<!ENTITY e "eeee">]><x><description>&e;</description></x>')) == []


def test_an_agencys_caption_is_read() -> None:
    block = b"".join(
        b"\x1c\x02" + bytes([number]) + len(value).to_bytes(2, "big") + value
        for number, value in ((5, b"title"), (25, b"man_made=surveillance"), (25, b"camera:type=dome"), (120, b"x"))
    )
    assert claimed(*iptc_captions(block)) == {"present": "strong", "kind": "dome"}
    for end in range(len(block)):
        list(iptc_captions(block[:end]))


@given(st.text(), st.binary(), st.binary())
def test_any_words(caption: str, comment: bytes, other: bytes) -> None:
    said = [
        caption,
        *captions({Main.XP_COMMENT: other}, comment),
        *xmp_captions(comment),
        *iptc_captions(b"\x1c" + other),
    ]
    for claim in claims_of(dict(tags_of(said))):
        assert isinstance(claim, PresentClaim | GoneClaim | KindClaim | MountClaim | DirectionClaim)


@given(
    st.lists(
        st.sampled_from(["camera:direction", "direction", "man_made", "90", "270", "N", "=", ";", ",", " ", "x y"])
    )
)
def test_no_more_than_one_direction_that_stands_there(parts: list[str]) -> None:
    caption = "".join(parts)
    direction = claimed("man_made=surveillance", caption).get("direction")
    stated = [word for word in ("90", "270") if word in caption]
    if direction is not None and len(stated) == 1 and "N" not in caption:
        assert direction == float(stated[0])
