"""All that the self-test can say, as the table of the page `selftest`; `python -m hardware.site.checks` writes it.

The sentences are the probe's own (`probe/selftest/judge.py` and its words), made by handing it each state of each part.
"""

from collections.abc import Iterator
from pathlib import Path

from hardware.site.pagelist import LANGUAGES, PAGES
from probe.page.words import said, words
from probe.selftest.facts import CameraFact, CompassFact, Facts, OutboxFact, RadioFact, ReceiverFact
from probe.selftest.judge import judged
from probe.session.view import Check

BEGIN, END = "<!-- checks: made from the code -->\n", "<!-- checks end -->\n"
MARKS = {True: "✓", False: "✗", None: "`?`"}
_HEAD = {"en": ("", "it says", "more"), "fr": ("", "ce qui s’affiche", "détails")}
_PLACES = {
    "en": {
        "radio": "Wi-Fi radio", "board": "radio board", "bluetooth": "Bluetooth", "receiver": "satellite receiver",
        "compass": "compass", "calibrate": "calibration", "camera": "camera", "button": "button", "signals": "buzzer",
        "card": "card", "pairing": "pairing", "power": "power", "clock": "clock",
    },
    "fr": {
        "radio": "radio Wi-Fi", "board": "carte radio", "bluetooth": "Bluetooth", "receiver": "récepteur satellite",
        "compass": "boussole", "calibrate": "étalonnage", "camera": "caméra", "button": "bouton", "signals": "buzzer",
        "card": "carte microSD", "pairing": "appairage", "power": "alimentation", "clock": "horloge",
    },
}  # fmt: skip


def states() -> Iterator[Facts]:
    """Each part in each state that it can have, the good one first."""
    board = {"name": "/dev/ttyACM1", "kind": "board", "seconds": 6.0}
    for health, frames in (("listening", 574), ("listening", 0), ("lost", 0)):
        yield Facts(radios=(RadioFact(**board, health=health, frames=frames),))  # type: ignore[arg-type]
    yield Facts(radios=(RadioFact(name="wlan1", kind="monitor", seconds=6.0, health="refused", frames=0),))
    yield Facts()
    for receiver in (
        ReceiverFact(sentences=12, has_fix=True, accuracy_m=4.0),
        ReceiverFact(sentences=12, has_fix=True),
        ReceiverFact(sentences=12, has_fix=False),
        ReceiverFact(sentences=0, has_fix=False),
        ReceiverFact(sentences=0, has_fix=False, trouble=""),
    ):
        yield Facts(receiver=receiver)
    for compass in (
        CompassFact(readings=20, field_ut=47.0, gravity=9.8, heading_deg=90.0, heading_sd_deg=2.0),
        CompassFact(readings=20, field_ut=47.0, gravity=9.8),
        CompassFact(readings=20, field_ut=310.0, gravity=9.8),
        CompassFact(readings=20, field_ut=47.0, gravity=4.1),
        CompassFact(readings=0),
    ):
        yield Facts(compass=compass)
    for camera in (CameraFact(name="auto"), CameraFact(name="auto", trouble="", redactor_trouble="")):
        yield Facts(camera=camera)
    yield from (Facts(button=True), Facts(button=False))
    yield from (Facts(has_signals=True), Facts(has_signals=True, signals_trouble=""))
    for outbox in (
        OutboxFact(paired=True, room_bytes=1 << 32),
        OutboxFact(paired=False, room_bytes=31 << 20),
        OutboxFact(paired=True, trouble=""),
    ):
        yield Facts(outbox=outbox)
    yield from (Facts(power_low=False), Facts(power_low=True))
    yield from (Facts(clock_known=True), Facts(clock_known=False))


def checks() -> list[Check]:
    """One line of the self-test for each sentence that it can say, part by part."""
    found: dict[str, Check] = {}
    for facts in states():
        for check in judged(facts):
            if check.note is not None and (facts.radios or check.name != "radio" or facts == Facts()):
                found.setdefault(check.note.code, check)
    return list(found.values())


def table(language: str) -> str:
    """The table in a language, as Markdown."""
    texts = words(language)
    head = _HEAD[language]
    lines = [f"| {' | '.join(head)} |", "|---|---|---|"]
    for check in checks():
        if check.note is not None and check.reference is not None:
            place = check.reference.partition("#")[2]
            sentence = said(texts[check.note.code], check.note.values)
            lines.append(f"| {MARKS[check.passed]} | {sentence} | [{_PLACES[language][place]}](#{place}) |")
    return "\n".join(lines) + "\n"


def with_table(text: str, language: str) -> str:
    """A page's text with the table of today between its marks."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{table(language)}\n{END}{rest.partition(END)[2]}"


def main() -> None:
    """Write the table into both pages."""
    for language in LANGUAGES:
        path: Path = PAGES / language / "selftest.md"
        path.write_text(with_table(path.read_text(encoding="utf-8"), language), encoding="utf-8")


if __name__ == "__main__":
    main()
