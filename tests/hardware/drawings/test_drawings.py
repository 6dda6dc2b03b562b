"""Each drawing is a small file of its own, whole on its sheet, and read out in both languages."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from hardware.drawings import NAMES, make, svg, words_of
from probe.errors import BadInput

SVG = "{http://www.w3.org/2000/svg}"
LARGEST = 12_000  # octets: a page shows twenty of them on a phone
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
BOTH = pytest.mark.parametrize("language", ["en", "fr"])
EACH = pytest.mark.parametrize("name", NAMES)


def _root(name: str, language: str = "en") -> ElementTree.Element:
    return ElementTree.fromstring(svg(name, language))  # noqa: S314 - our own


def _reach(part: ElementTree.Element) -> tuple[list[float], list[float]]:
    """How far a part reaches, its outline with it. Of a curve, that of its control points."""
    edge = float(part.get("stroke-width", "0")) / 2
    if part.tag == f"{SVG}circle":
        x, y, r = (float(part.attrib[name]) for name in ("cx", "cy", "r"))
        return [x - r - edge, x + r + edge], [y - r - edge, y + r + edge]
    if part.tag == f"{SVG}text":
        wide = 0.62 * float(part.attrib["font-size"]) * len(part.text or "") / 2
        x, y = float(part.attrib["x"]), float(part.attrib["y"])
        return [x - wide, x + wide], [y - float(part.attrib["font-size"]), y]
    assert part.tag == f"{SVG}path", part.tag
    assert set(re.findall("[A-Za-z]", part.attrib["d"])) <= set("MLQCZ"), "steps that are no places on the sheet"
    numbers = [float(one) for one in _NUMBER.findall(part.attrib["d"])]
    xs, ys = numbers[::2], numbers[1::2]
    return [min(xs) - edge, max(xs) + edge], [min(ys) - edge, max(ys) + edge]


@EACH
def test_a_drawing_lies_whole_on_its_sheet(name: str) -> None:
    root = _root(name)
    _, _, width, height = (float(one) for one in root.attrib["viewBox"].split())
    parts = [part for part in root if part.tag not in (f"{SVG}title", f"{SVG}desc")]
    assert len(parts) > 5
    for part in parts:
        xs, ys = _reach(part)
        assert min(xs) >= 0, part.attrib
        assert max(xs) <= width, part.attrib
        assert min(ys) >= 0, part.attrib
        assert max(ys) <= height, part.attrib


@EACH
@BOTH
def test_a_drawing_is_read_out_in_its_language(name: str, language: str) -> None:
    root = _root(name, language)
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert root.attrib["role"] == "img"
    assert root.attrib["lang"] == language
    assert root.attrib["aria-labelledby"].split() == [title.attrib["id"], desc.attrib["id"]]
    assert title.text == words_of(name, language).title
    assert all(mark in (desc.text or "") for mark in words_of(name, language).marks)


@EACH
def test_each_number_on_a_drawing_is_explained_in_both_languages(name: str) -> None:
    drawn = {int(part.text or "") for part in _root(name).iter(f"{SVG}text") if (part.text or "").isdigit()}
    for language in ("en", "fr"):
        assert drawn == set(range(1, len(words_of(name, language).marks) + 1))
    assert words_of(name, "en").title != words_of(name, "fr").title


@EACH
def test_a_drawing_needs_nothing_from_elsewhere_and_no_script(name: str) -> None:
    text = svg(name, "en").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|href|url\(|@import|<script|<style|<image|\bon\w+=", text)
    assert len(text) < LARGEST


def test_all_are_written_and_the_same_each_time(tmp_path: Path) -> None:
    first, second = make(tmp_path / "a"), make(tmp_path / "b")
    assert len(first) == 2 * len(NAMES)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert {path.relative_to(tmp_path / "a" / "drawings").as_posix() for path in first} == {
        f"{name}-{language}.svg" for language in ("en", "fr") for name in NAMES
    }


@pytest.mark.parametrize(
    ("name", "language", "why"), [("spaceship", "en", "no drawing is called"), ("dome", "tlh", "no drawing speaks")]
)
def test_what_is_no_drawing_is_said(name: str, language: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        svg(name, language)
