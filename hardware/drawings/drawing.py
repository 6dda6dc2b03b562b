"""The drawings by name: what the pages show by `{drawing}`, as SVG in the language of the page."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from hardware.drawings.cameras import (
    alpr_arm,
    alpr_solar,
    bullet,
    cabinet,
    dome,
    multi_sensor,
    panning,
    panoramic,
    thermal,
)
from hardware.drawings.others import (
    antenna,
    bridge,
    doorbell,
    fake,
    gunshot_detector,
    mounts,
    street_lamp,
    traffic_sensor,
)
from hardware.drawings.pen import Pen
from hardware.drawings.plans import direction, frame, height, near_far, two_pavements
from probe.errors import BadInput
from probe.page.words import typeset

LANGUAGES = ("en", "fr")
WIDE = (360, 240)
_Draw = Callable[[Pen], None]

_DRAWN: dict[str, tuple[_Draw, tuple[int, int]]] = {
    "dome": (dome, (360, 200)),
    "bullet": (bullet, (240, 240)),
    "panning": (panning, WIDE),
    "multi-sensor": (multi_sensor, (240, 240)),
    "panoramic": (panoramic, (240, 240)),
    "thermal": (thermal, (240, 240)),
    "alpr-solar": (alpr_solar, (240, 240)),
    "alpr-arm": (alpr_arm, WIDE),
    "cabinet": (cabinet, (240, 240)),
    "traffic-sensor": (traffic_sensor, (240, 240)),
    "antenna": (antenna, (240, 240)),
    "bridge": (bridge, (240, 240)),
    "gunshot-detector": (gunshot_detector, (240, 240)),
    "street-lamp": (street_lamp, (240, 240)),
    "doorbell": (doorbell, (240, 240)),
    "fake": (fake, (240, 240)),
    "mounts": (mounts, (360, 200)),
    "two-pavements": (two_pavements, WIDE),
    "near-far": (near_far, WIDE),
    "height": (height, WIDE),
    "direction": (direction, (360, 230)),
    "frame": (frame, (360, 226)),
}
NAMES = tuple(_DRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a drawing is called, what it shows, and what its numbers point at, from 1 on."""

    title: str
    desc: str
    marks: tuple[str, ...]

    @property
    def told(self) -> str:
        """All of it, for whoever cannot see the drawing."""
        return " ".join([self.desc, *(f"{number}: {mark}." for number, mark in enumerate(self.marks, 1))])


def words_of(name: str, language: str) -> Words:
    """The words of a drawing. Raises BadInput for a name or a language that is none."""
    if name not in _DRAWN:
        raise BadInput(f"no drawing is called {name!r}; there are: {', '.join(NAMES)}")
    if language not in LANGUAGES:
        raise BadInput(f"no drawing speaks {language!r}; give one of: {', '.join(LANGUAGES)}")
    text = resources.files("hardware.drawings").joinpath("words.toml").read_text(encoding="utf-8")
    said = tomllib.loads(text)[name][language]
    title, desc, *marks = (typeset(one, language) for one in (said["title"], said["desc"], *said["marks"]))
    return Words(title=title, desc=desc, marks=tuple(marks))


def svg(name: str, language: str, *, marked: bool = True) -> str:
    """A drawing as SVG, with or without its numbers. Raises BadInput for a name or a language that is none."""
    words = words_of(name, language)
    draw, (width, height) = _DRAWN[name]
    pen = Pen(width, height, marked=marked)
    draw(pen)
    return pen.svg(name, words.title, words.told if marked else words.desc, language)


def make(out: Path) -> list[Path]:
    """Write all drawings as `out`/drawings/NAME-LANGUAGE.svg; the files that were written."""
    folder = out / "drawings"
    folder.mkdir(parents=True, exist_ok=True)
    made = {folder / f"{name}-{language}.svg": svg(name, language) for name in NAMES for language in LANGUAGES}
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")
    return list(made)
