"""What is heard: its name in the view, the reasons, warmer and colder, and staying with one."""

import random
from math import log10

import pytest

from probe.contract.evidence import (
    BleEvidence,
    BssidEvidence,
    CatalogueEvidence,
    ElementsEvidence,
    Role,
    SsidEvidence,
    WpsEvidence,
)
from probe.contract.sighting import Kind, PresentClaim, Radio, Sighting, Strength, VendorClaim
from probe.detect.rule import Finding
from probe.listen.meter import Meter
from probe.session.heard import MOST_SHOWN, HeardBook
from probe.session.reasons import LONGEST_NAME, reasons_of, shown
from probe.session.signs import Sign
from probe.session.view import Note, Thing, Trend
from probe.walk.making import new_id
from tests.probe.session.around import WALK, ScriptedAround, a_finding, a_pin
from tests.probe.session.walks import AXIS, a_session, refused, seconds

ADDRESS = AXIS.hex(":")


def test_reasons_are_told_by_the_kind_of_evidence_the_strongest_first() -> None:
    finding = Finding(
        rule="any",
        version=1,
        evidence=(
            SsidEvidence(ssid="CCTV-3"),
            BssidEvidence(bssid=ADDRESS, role=Role.NETWORK),
            CatalogueEvidence(row="axis", vendor="Axis", value="ac:cc:8e/24"),
            ElementsEvidence(order="2,12"),
            WpsEvidence(manufacturer="Axis", model="P3245"),
            BleEvidence(public=True, services=("3100", "3200")),
            BleEvidence(public=True, name="FS Ext Battery"),
            BleEvidence(public=True, companies=("09c8",)),
            CatalogueEvidence(row="word", vendor="", value="^CCTV.*$"),
            CatalogueEvidence(row="word", vendor="Flock Safety", value="^Flock$"),
        ),
        claims=(PresentClaim(strength=Strength.WEAK), VendorClaim(value="Axis", strength=Strength.WEAK)),
    )
    assert reasons_of(finding) == (
        Note(code="why-address", values={"vendor": "Axis"}),
        Note(code="why-services", values={"count": 2}),
        Note(code="why-setup", values={"name": "Axis P3245"}),
        Note(code="why-manner"),
        Note(code="why-device-name", values={"name": "FS Ext Battery"}),
        Note(code="why-name", values={"name": "CCTV-3"}),
        Note(code="why-number"),
        Note(code="why-listed", values={"vendor": "Flock Safety"}),
        Note(code="why-known"),
        Note(code="why-perhaps", values={"vendor": "Axis"}),
        Note(code="why-hint"),
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CCTV-3", "CCTV-3"),
        ("Flock-102030", "Flock-…"),
        ("AXIS-ACCC8E102030", "AXIS-…"),
        ("AXIS-accc8e-102031", "AXIS-…"),
        ("cam ac:cc:8e:10:20:30", "cam …"),
        ("cam 30-20-10-8E-CC-AC", "cam …"),
        ("of 00:11:22:33:44:55 another", "of … another"),
        ("\u202egpj.cctv\x00\n", "�gpj.cctv��"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),  # the page escapes it
        ("x" * 40, "x" * 31 + "…"),
        ("", ""),
    ],
)
def test_a_name_from_the_air_is_cut_and_shows_nothing_of_an_address(name: str, text: str) -> None:
    assert shown(name, ADDRESS) == text
    assert len(text) <= LONGEST_NAME


def test_a_maker_is_named_only_where_that_is_sure() -> None:
    session, around = a_session()
    around.hear(AXIS, finding=a_finding(AXIS, sure=False))
    seconds(session, around, 1)
    (heard,) = session.view().heard
    assert (heard.vendor, heard.sure) == (None, False)
    assert {note.code for note in heard.why} >= {"why-perhaps", "why-hint"}


def test_rows_stand_still_by_who_was_heard_first_and_no_more_than_a_phone_can_show() -> None:
    session, around = a_session()
    for number in range(60):
        around.hear(bytes([0, 0, 0, 0, 0, number]), -40 - number if number else None)
    seconds(session, around, 1)
    heard = session.view().heard
    assert len(heard) == MOST_SHOWN
    assert [one.signal_dbm for one in heard[:3]] == [-41, -42, -43]
    session.follow(heard[5].key)
    assert [one.key for one in session.view().heard] == [one.key for one in heard]
    assert [one.number for one in heard[:3]] == [2, 3, 4], "of a flood the loudest, in the order of the walk"
    assert [one.number for one in heard if one.loudest] == [2]


def test_warmer_and_colder() -> None:
    session, around = a_session()
    around.hear(AXIS, -85)
    seconds(session, around, 1)
    assert session.view().heard[0].trend is Trend.SAME
    seconds(session, around, 10, lambda second: around.hear(AXIS, -85 + 2 * second))
    assert session.view().heard[0].trend is Trend.WARMER
    seconds(session, around, 15, lambda second: around.hear(AXIS, -65 - 2 * second))
    assert session.view().heard[0].trend is Trend.COLDER
    seconds(session, around, 13)
    assert session.view().heard[0].trend is Trend.SAME, "not heard any more"


def test_a_meter_in_a_street() -> None:
    """Shadows, scatter and frames that are missed: seldom does it tell a walker the contrary."""
    rng = random.Random(9)
    standing: list[str] = []
    coming: list[str] = []
    for _ in range(100):
        standing += trends(rng, [25.0] * 60)
        coming += trends(rng, [max(3.0, 60.0 - 1.3 * second) for second in range(44)])[6:]
    assert standing.count("same") / len(standing) > 0.7
    assert coming.count("warmer") / len(coming) > 0.6
    assert coming.count("colder") / len(coming) < 0.05


def trends(rng: random.Random, metres: list[float]) -> list[str]:
    meter, shadow, told = Meter(), 0.0, []
    for second, away in enumerate(metres):
        shadow = 0.9 * shadow + 0.436 * rng.gauss(0, 3.0)
        if rng.random() < 0.85:
            meter.hear(-38 - 27.5 * log10(away) + shadow + rng.gauss(0, 4.0), float(second))
        told.append(meter.trend(float(second)))
    return told


def test_staying_with_one_holds_its_channel_until_it_is_lost() -> None:
    session, around = a_session()
    around.hear(AXIS)
    seconds(session, around, 1)
    key = session.view().heard[0].key
    session.follow(key)
    assert session.view().heard[0].followed
    seconds(session, around, 19)
    around.hear(AXIS).channel_mhz = 2462
    seconds(session, around, 1)
    seconds(session, around, 19)
    assert session.view().heard[0].followed
    seconds(session, around, 2)
    held = [value for name, value in around.done if name == "hold_channel"]
    assert held == [2437, 2462, None], "it has another channel by now; and then it is lost"
    assert not session.view().heard[0].followed
    assert session.view().told == (Note(code="following-lost"),)
    session.follow(key)
    assert session.view().heard[0].followed, "what is in the view can be followed"
    assert session.view().told == ()
    assert "not heard" in refused(lambda: session.follow("0" * 16))


@pytest.mark.parametrize("let_go", ["follow", "pause", "end", "wipe", "forget"])
def test_the_channel_is_let_go(let_go: str) -> None:
    session, around = a_session()
    around.hear(AXIS)
    seconds(session, around, 1)
    session.follow(session.view().heard[0].key)
    {
        "follow": lambda: session.follow(None),
        "pause": lambda: session.pause(paused=True),
        "end": session.end,
        "wipe": session.wipe,
        "forget": session.forget,
    }[let_go]()
    assert ("hold_channel", None) in around.done
    seconds(session, around, 2)
    assert around.done.count(("hold_channel", None)) == 1


def test_one_that_is_followed_and_not_heard_stays_for_a_while_and_then_is_gone() -> None:
    session, around = a_session()
    around.hear(AXIS)
    seconds(session, around, 1)
    session.follow(session.view().heard[0].key)
    around.heard.clear()
    seconds(session, around, 19)
    assert [one.followed for one in session.view().heard] == [True]
    seconds(session, around, 3)
    assert session.view().heard == ()
    assert session.view().told == (Note(code="following-lost"),)
    seconds(session, around, 30)
    assert session.view().told == ()


def test_bluetooth_holds_no_channel() -> None:
    session, around = a_session()
    finding = Finding(
        rule="raven-services",
        version=1,
        evidence=(BleEvidence(public=True, services=("3100", "3200")), BssidEvidence(bssid=ADDRESS)),
        claims=(PresentClaim(strength=Strength.STRONG),),
    )
    around.hear(AXIS, finding=finding)
    seconds(session, around, 1)
    (heard,) = session.view().heard
    assert heard.bluetooth
    session.follow(heard.key)
    assert around.done == []


def test_each_is_counted_and_told_once_however_often_it_is_passed() -> None:
    session, around = a_session()
    for _ in range(3):
        around.hear(AXIS)
        seconds(session, around, 60)
        around.heard.clear()
        seconds(session, around, 60)
    session.wipe()
    around.hear(AXIS)
    seconds(session, around, 60)
    assert around.signs.count(Sign.HEARD) == 1
    view = session.view()
    assert view.tally.heard == 1
    assert [one.thing for one in view.lately] == []


def test_what_turns_out_to_move_is_struck_through() -> None:
    session, around = a_session()
    around.hear(AXIS)
    seconds(session, around, 1)
    sighting = Sighting(
        v=1, id=new_id(), walk=WALK, kind=Kind.RADIO, made=a_pin().made, radio=Radio(transmitter=AXIS.hex(":"))
    )
    session.made(sighting)
    session.made(a_pin())
    session.withdrawn([sighting.id, "f" * 32])
    session.withdrawn([sighting.id])
    view = session.view()
    assert view.tally.heard == 0
    (one,) = view.lately
    assert (one.thing, one.undone, one.note) == (Thing.HEARD, True, Note(code="heard-moved"))


def test_names_are_of_one_session() -> None:
    books = HeardBook(), HeardBook()
    assert books[0].key(AXIS) != books[1].key(AXIS)
    before = books[0].key(AXIS)
    books[0].wipe()
    assert books[0].key(AXIS) != before


def test_a_flood_costs_little_and_shows_little() -> None:
    session, around = a_session(ScriptedAround())
    for number in range(2_000):
        around.hear(b"\x00\x01\x02\x03" + number.to_bytes(2, "big"))
    seconds(session, around, 30)
    assert around.signs.count(Sign.HEARD) == 0
    view = session.view()
    assert len(view.heard) == MOST_SHOWN
    assert len(view.lately) == 20
