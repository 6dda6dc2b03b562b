"""The end of a walk: what was found, what was covered, what to do better."""

from probe.contract.sighting import PhotoNotKept
from probe.errors import OutboxFull
from probe.session.session import Session
from probe.session.view import Note, PartHealth, PartName, Phase, Power
from tests.probe.session.around import a_snapshot, moved
from tests.probe.session.walks import AXIS, a_session, seconds

OTHER = bytes.fromhex("accc8e102031")


def test_a_walk_is_summed_up_once_it_is_over() -> None:
    session, around = a_session()
    around.said = (Note(code="from-the-probe"),)
    around.health[PartName.HEADING] = PartHealth.GOOD
    seconds(session, around, 300, lambda second: around.walk_to(1.4 * second))
    around.hear(AXIS)
    seconds(session, around, 1)
    for snapshot in (
        a_snapshot(bearing_deg=None),
        a_snapshot(),
        a_snapshot(why=PhotoNotKept.MEMORY),
        a_snapshot(why=PhotoNotKept.MEMORY),
        OutboxFull("full"),
    ):
        session.photo(("dome", "wall"))
        around.come(snapshot)
    session.pin(("gone",))
    session.undo(session.pin(("alpr",)))
    around.heard.clear()
    around.hear(OTHER)
    around.power_now = Power(low=True)
    around.health[PartName.RADIO] = PartHealth.TROUBLE
    around.place = None
    seconds(session, around, 120)
    around.back = (0, 2)
    assert session.view().advice == ()
    session.end()
    assert session.view().phase is Phase.ENDING
    assert session.view().advice == (
        Note(code="found-heard", values={"count": 2}),
        Note(code="found-photos", values={"count": 2}),
        Note(code="found-pins", values={"count": 3}),
        Note(code="found-dome", values={"count": 4}),
        Note(code="found-wall", values={"count": 4}),
        Note(code="found-gone", values={"count": 1}),
        Note(code="covered", values={"metres": round(session.view().tally.metres), "minutes": 7, "cells": 3}),
        Note(code="improve-no-fix", values={"minutes": 2}),
        Note(code="improve-memory", values={"count": 2}),
        Note(code="improve-room", values={"count": 1}),
        Note(code="improve-no-photo", values={"count": 1, "of": 2}),
        Note(code="improve-no-direction", values={"count": 1}),
        Note(code="improve-power"),
        Note(code="improve-radio", values={"minutes": 2}),
        Note(code="hidden-never", values={"count": 2}),
        Note(code="from-the-probe"),
    )
    assert 400 < session.view().tally.metres < 425


def test_a_walk_on_which_all_went_well_is_told_nothing_to_do_better() -> None:
    session, around = a_session()
    seconds(session, around, 60, lambda second: around.walk_to(1.4 * second))
    session.end()
    assert [note.code for note in session.view().advice] == ["found-nothing", "covered"]


def test_photos_without_a_direction_are_those_that_hold_and_a_kit_without_a_compass_is_told_nothing() -> None:
    for health, codes in ((PartHealth.GOOD, 1), (PartHealth.ABSENT, 0)):
        session, around = a_session()
        around.health[PartName.HEADING] = health
        session.photo()
        around.come(a_snapshot(bearing_deg=None))
        undone = session.photo()
        around.come(a_snapshot(bearing_deg=None))
        session.undo(undone)
        session.end()
        told = [note for note in session.view().advice if note.code == "improve-no-direction"]
        assert told == [Note(code="improve-no-direction", values={"count": 1})] * codes


def test_a_walk_that_is_played_faster_took_as_long_as_it_was_walked() -> None:
    session, around = a_session()
    began_s = around.clock_s
    session = Session(around, now=lambda: began_s + (around.clock_s - began_s) / 60)
    for _ in range(26):
        session.tick()
        around.pass_time(60.0)
    assert session.view().tally.seconds == 25 * 60


def test_time_paused_is_not_walked() -> None:
    session, around = a_session()
    seconds(session, around, 61, lambda second: around.walk_to(1.4 * second))
    session.pause(paused=True)
    seconds(session, around, 600)
    around.place = moved(500.0)
    session.pause(paused=False)
    seconds(session, around, 60)
    tally = session.view().tally
    assert (tally.seconds, round(tally.metres, -2)) == (120, 100)
