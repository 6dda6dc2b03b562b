"""The self-test's verdicts: what was seen passes, what failed says its mend, what could not be tried is neither."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from probe.aim.compass import Compass, Reading
from probe.aim.sensor import OnReading
from probe.selftest.facts import CameraFact, CompassFact, Facts, OutboxFact, RadioFact, ReceiverFact
from probe.selftest.gather import compass_of
from probe.selftest.judge import judged

ROOT = Path(__file__).parents[3]

GOOD_RADIO = RadioFact(name="wlan1", kind="monitor", health="listening", frames=310, seconds=6.0)
GOOD_COMPASS = CompassFact(readings=20, field_ut=48.0, gravity=9.8, heading_sd_deg=2.0)
GOOD = Facts(
    radios=(GOOD_RADIO,),
    receiver=ReceiverFact(sentences=30, has_fix=True, accuracy_m=3.4),
    compass=GOOD_COMPASS,
    camera=CameraFact(name="the camera"),
    outbox=OutboxFact(paired=True, waiting=0, room_bytes=1 << 30),
    button=True,
    has_signals=True,
    power_low=False,
    clock_known=True,
)


def verdicts(facts: Facts) -> dict[str, bool | None]:
    return {check.note.code: check.passed for check in judged(facts) if check.note is not None}


def test_a_kit_in_order_passes_all_that_it_can_see_of_itself() -> None:
    """An open switch and a piezo that hangs on nothing look like good ones: these two stay open."""
    lines = list(judged(GOOD))
    assert {line.name for line in lines if line.passed is None} == {"button", "signals"}
    assert not [line for line in lines if line.passed is False]
    assert [line.name for line in lines] == [
        "radio", "position", "heading", "calibration", "camera", "redactor", "button", "signals", "outbox", "pairing",
        "power", "clock",
    ]  # fmt: skip


def test_what_a_kit_has_not_is_not_judged_but_a_probe_without_a_radio_is_none() -> None:
    assert verdicts(Facts()) == {"selftest-radio-none": False}


@pytest.mark.parametrize(
    ("facts", "code", "passed"),
    [
        (Facts(radios=(RadioFact(name="w", kind="monitor", health="refused", frames=0, seconds=6, trouble="x"),)),
         "selftest-radio-refused", False),
        (Facts(radios=(RadioFact(name="w", kind="board", health="lost", frames=9, seconds=6),)),
         "selftest-radio-lost", False),
        (Facts(radios=(RadioFact(name="w", kind="board", health="listening", frames=0, seconds=6),)),
         "selftest-radio-silent", None),
        (Facts(receiver=ReceiverFact(sentences=0, has_fix=False)), "selftest-receiver-mute", False),
        (Facts(receiver=ReceiverFact(sentences=9, has_fix=False)), "selftest-receiver-no-fix", None),
        (Facts(receiver=ReceiverFact(sentences=9, has_fix=True)), "selftest-receiver", True),
        (Facts(receiver=ReceiverFact(sentences=0, has_fix=False, trouble="gone")), "selftest-receiver-lost", False),
        (Facts(compass=CompassFact(readings=0, trouble="none")), "selftest-compass-mute", False),
        (Facts(compass=CompassFact(readings=9, field_ut=48, gravity=1.0)), "selftest-compass-gravity", False),
        (Facts(compass=CompassFact(readings=9, field_ut=400, gravity=9.8)), "selftest-compass-field", False),
        (Facts(compass=CompassFact(readings=9, field_ut=48, gravity=9.8)), "selftest-uncalibrated", False),
        (Facts(compass=CompassFact(readings=9, field_ut=48, gravity=9.8, heading_deg=359.7, heading_sd_deg=2.0)),
         "selftest-heading", None),
        (Facts(camera=CameraFact(name="c", trouble="no ribbon")), "selftest-camera-none", False),
        (Facts(camera=CameraFact(name="c", redactor_trouble="no model")), "selftest-redactor-none", False),
        (Facts(outbox=OutboxFact(paired=False, trouble="read-only")), "selftest-outbox", False),
        (Facts(outbox=OutboxFact(paired=True, room_bytes=5 << 20)), "selftest-outbox-full", False),
        (Facts(outbox=OutboxFact(paired=False)), "selftest-not-paired", False),
        (Facts(button=False), "selftest-button-none", False),
        (Facts(has_signals=True, signals_trouble="no board"), "selftest-signals-none", False),
        (Facts(power_low=True), "selftest-power-low", False),
        (Facts(clock_known=False), "selftest-clock-unknown", None),
    ],
)  # fmt: skip
def test_each_fault_has_its_line(facts: Facts, code: str, passed: bool | None) -> None:
    assert verdicts(facts)[code] is passed


def test_north_is_0_and_the_heading_is_that_of_the_calibrated_lens() -> None:
    level = Compass(
        offset=(0, 0, 0), matrix=((1, 0, 0), (0, 1, 0), (0, 0, 1)), residual_deg=0, dip_deg=0, heading_sd_deg=1,
        readings=0, spread=0,
    )  # fmt: skip

    class Held:
        """A compass whose X points right of the lens, Y down, Z ahead, as it lies in the case; the lens looks north."""

        trouble: str | None = None

        def start(self, on_reading: OnReading) -> None:
            on_reading(Reading(field=(0.0, 40.0, 20.0), up=(0.0, -9.8, 0.0)), 0.0)

        def stop(self) -> None:
            pass

    found = compass_of(Held(), level, lambda _s: None)
    assert found.heading_deg == pytest.approx(0.0, abs=1e-6) or found.heading_deg == pytest.approx(360.0, abs=1e-6)
    assert compass_of(Held(), None, lambda _s: None).heading_deg is None
    told = [check.note for check in judged(Facts(compass=replace(found, readings=9))) if check.note is not None]
    assert [note.values for note in told if note.code == "selftest-heading"] == [{"heading": 0}]


def test_every_reference_leads_to_a_place_in_the_kits_pages() -> None:
    text = (ROOT / "hardware/README.md").read_text(encoding="utf-8")
    anchors = set(re.findall(r'<a id="([a-z]+)">', text))
    sources = (ROOT / "probe/selftest/judge.py").read_text(encoding="utf-8")
    bad = Facts(
        radios=tuple(RadioFact(name="r", kind=kind, health="lost", frames=0, seconds=1)
                     for kind in ("monitor", "board", "bluetooth")),
        receiver=ReceiverFact(sentences=0, has_fix=False), compass=CompassFact(readings=9, field_ut=48, gravity=9.8),
        camera=CameraFact(name="c"), outbox=OutboxFact(paired=False), button=False, has_signals=True, power_low=True,
        clock_known=False,
    )  # fmt: skip
    for check in judged(bad):
        assert check.reference is not None
        assert check.reference.partition("#")[2] in anchors, check.reference
    assert "hardware/README.md" in sources
