"""Each part of a probe, passed or not, with the mend in one sentence: pure. The sentences are the page's words.

The references are places in the kit's pages, where the mend has its pictures.
"""

from collections.abc import Iterator

from probe.selftest.facts import CameraFact, CompassFact, Facts, OutboxFact, RadioFact, ReceiverFact
from probe.session.view import Check, Note

PAGES = "hardware/README.md"
# What no compass on Earth leaves (the field is 22 to 67 microtesla), with room for the iron of the kit itself.
FIELD_UT = (10.0, 150.0)
GRAVITY = (8.5, 11.0)
FEWEST_READINGS = 5
LITTLE_ROOM = 64 << 20

Values = dict[str, str | int | float]


def judged(facts: Facts) -> Iterator[Check]:
    """A line for each part, in the order in which a maker mends them."""
    if not facts.radios:
        yield _failed("radio", "selftest-radio-none")
    for radio in facts.radios:
        yield _radio(radio)
    if facts.receiver is not None:
        yield _receiver(facts.receiver)
    if facts.compass is not None:
        yield from _compass(facts.compass)
    if facts.camera is not None:
        yield from _camera(facts.camera)
    if facts.button is not None:
        # A board reads its pin and plays on it whether or not a part hangs there: only a person can tell
        yield _open("button", "selftest-button") if facts.button else _failed("button", "selftest-button-none")
    if facts.has_signals:
        trouble = facts.signals_trouble
        yield (
            _open("signals", "selftest-signals")
            if trouble is None
            else _failed("signals", "selftest-signals-none", trouble)
        )
    if facts.outbox is not None:
        yield from _outbox(facts.outbox)
    if facts.power_low is not None:
        yield _failed("power", "selftest-power-low") if facts.power_low else _passed("power", "selftest-power")
    if facts.clock_known is not None:
        yield _passed("clock", "selftest-clock") if facts.clock_known else _open("clock", "selftest-clock-unknown")


def _radio(radio: RadioFact) -> Check:
    where = "bluetooth" if radio.kind == "bluetooth" else "board" if radio.kind == "board" else "radio"
    values: Values = {"name": radio.name, "frames": radio.frames, "seconds": round(radio.seconds)}
    if radio.health == "refused":
        return _failed("radio", "selftest-radio-refused", radio.trouble, where, values)
    if radio.health != "listening":
        return _failed("radio", "selftest-radio-lost", radio.trouble, where, values)
    if not radio.frames:
        return _open("radio", "selftest-radio-silent", where, values)
    return _passed("radio", "selftest-radio", where, values)


def _receiver(receiver: ReceiverFact) -> Check:
    if receiver.trouble is not None:
        return _failed("position", "selftest-receiver-lost", receiver.trouble, "receiver")
    if not receiver.sentences:
        return _failed("position", "selftest-receiver-mute", reference="receiver")
    if not receiver.has_fix:
        return _open("position", "selftest-receiver-no-fix", "receiver")
    if receiver.accuracy_m is None:
        return _passed("position", "selftest-receiver", "receiver")
    return _passed("position", "selftest-receiver-metres", "receiver", {"metres": round(receiver.accuracy_m)})


def _compass(compass: CompassFact) -> Iterator[Check]:
    if compass.readings < FEWEST_READINGS or compass.field_ut is None or compass.gravity is None:
        yield _failed("heading", "selftest-compass-mute", compass.trouble, "compass")
        return
    if not GRAVITY[0] <= compass.gravity <= GRAVITY[1]:
        yield _failed("heading", "selftest-compass-gravity", None, "compass", {"felt": round(compass.gravity, 1)})
    elif not FIELD_UT[0] <= compass.field_ut <= FIELD_UT[1]:
        yield _failed("heading", "selftest-compass-field", None, "compass", {"field": round(compass.field_ut)})
    else:
        yield _passed("heading", "selftest-compass", "compass")
    if compass.heading_sd_deg is None:
        yield _failed("calibration", "selftest-uncalibrated", reference="calibrate")
    else:
        yield _passed("calibration", "selftest-calibrated", "calibrate", {"degrees": round(compass.heading_sd_deg)})
        if compass.heading_deg is not None:
            # Nothing here knows where north is: whoever holds the kit sees whether it is so
            yield _open("heading", "selftest-heading", "calibrate", {"heading": round(compass.heading_deg) % 360})


def _camera(camera: CameraFact) -> Iterator[Check]:
    if camera.trouble is None:
        yield _passed("camera", "selftest-camera", "camera")
    else:
        yield _failed("camera", "selftest-camera-none", camera.trouble, "camera")
    if camera.redactor_trouble is None:
        yield _passed("redactor", "selftest-redactor", "camera")
    else:
        yield _failed("redactor", "selftest-redactor-none", camera.redactor_trouble, "camera")


def _outbox(outbox: OutboxFact) -> Iterator[Check]:
    if outbox.trouble is not None:
        yield _failed("outbox", "selftest-outbox", outbox.trouble, "card")
        return
    if outbox.room_bytes is not None and outbox.room_bytes < LITTLE_ROOM:
        yield _failed("outbox", "selftest-outbox-full", None, "card", {"megabytes": outbox.room_bytes >> 20})
    else:
        yield _passed("outbox", "selftest-outbox-room", "card")
    yield (
        _passed("pairing", "selftest-paired", "pairing")
        if outbox.paired
        else _failed("pairing", "selftest-not-paired", reference="pairing")
    )


def _passed(name: str, code: str, reference: str | None = None, values: Values | None = None) -> Check:
    return Check(name=name, passed=True, note=Note(code=code, values=values or {}), reference=_place(reference or name))


def _open(name: str, code: str, reference: str | None = None, values: Values | None = None) -> Check:
    return Check(name=name, passed=None, note=Note(code=code, values=values or {}), reference=_place(reference or name))


def _failed(
    name: str, code: str, detail: str | None = None, reference: str | None = None, values: Values | None = None
) -> Check:
    note = Note(code=code, values=values or {}, detail=detail)
    return Check(name=name, passed=False, note=note, reference=_place(reference or name))


def _place(anchor: str) -> str:
    return f"{PAGES}#{anchor}"
