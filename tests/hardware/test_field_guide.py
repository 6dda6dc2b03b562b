"""The field guide knows what the contract knows, and names the buttons and the tags that there are."""

import re
from pathlib import Path

import pytest

from hardware.drawings import NAMES
from hub.publish.osm_tags import TAGS
from probe.contract.sighting import CameraKind, Mount
from probe.page.words import words

ROOT = Path(__file__).parents[2]
BOTH = pytest.mark.parametrize("language", ["en", "fr"])
# Tags that the guide explains and that are no kind's: of a speed camera it says that it is none of ours.
OTHERS = {"highway=speed_camera", "camera:direction=120"}
_TAG = re.compile(r"`([a-z_]+(?::[a-z_]+)?=[^`]+)`")


def _page(language: str, name: str = "field-guide") -> str:
    return (ROOT / "hardware/pages" / language / f"{name}.md").read_text(encoding="utf-8")


def _rows(language: str) -> list[list[str]]:
    """The rows of tables that end with tags, without their heads: what is seen, button, tags."""
    rows = [line.strip("|").split("|") for line in _page(language).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows if "`" in row[-1]]


def _buttons() -> list[str]:
    bits = (ROOT / "probe/page/static/bits.js").read_text(encoding="utf-8")
    found = re.findall(r"export const (?:TAGS|RARE) = \[(.*?)\]", bits)
    assert len(found) == 2, "the buttons, and those behind them"
    return re.findall(r'"(\w+)"', " ".join(found))


@BOTH
def test_each_kind_of_the_contract_has_a_place_in_the_guide_and_no_other(language: str) -> None:
    assert sorted(re.findall(r"^\(kind-(\w+)\)=$", _page(language), re.MULTILINE)) == sorted(CameraKind)


@BOTH
def test_each_mount_of_the_contract_is_in_the_guide_and_no_other(language: str) -> None:
    assert sorted(re.findall(r"`camera:mount=(\w+)`", _page(language))) == sorted(Mount)


@BOTH
def test_the_tags_are_those_that_the_hub_writes(language: str) -> None:
    stated = {tuple(_TAG.findall(row[-1])) for row in _rows(language) if "camera:mount" not in row[-1]}
    kinds = {tags if tags[0].startswith("man_made") else ("man_made=surveillance", *tags) for tags in stated}
    assert kinds == {tuple(f"{key}={value}" for key, value in tags.items()) for tags in TAGS.values()}
    known = {tag for kind in kinds for tag in kind} | {f"camera:mount={mount}" for mount in Mount} | OTHERS
    assert set(_TAG.findall(_page(language))) == known


@BOTH
def test_the_buttons_are_those_of_the_walkers_page(language: str) -> None:
    named = {button for row in _rows(language) for button in re.findall(r"\*\*(.+?)\*\*", row[-2])}
    gone = words(language)["page-tag-gone"]
    assert f"**{gone}**" in _page(language)
    assert named | {gone} == {words(language)[f"page-tag-{tag}"] for tag in _buttons()}


@BOTH
def test_a_kind_without_a_button_is_said_to_have_none(language: str) -> None:
    """What the page has no button for, the section tells to leave open; what it has one for, it names."""
    for section in re.split(r"^\(kind-", _page(language), flags=re.MULTILINE)[1:]:
        kind = section.partition(")")[0]
        said = re.search(
            r"^- \*\*(?:Press|Touchez|Ne touchez)\*\* (.+?)(?:[.,:\u00a0]| si | when )", section, re.MULTILINE
        )
        if kind == CameraKind.BRIDGE:
            continue
        assert said is not None, kind
        if kind in _buttons():
            assert said[1] == f"*{words(language)[f'page-tag-{kind}']}*"
        else:
            assert said[1] in ("no kind", "aucun type")


def test_each_drawing_is_in_the_guide_once_in_the_same_place() -> None:
    shown = [re.findall(r"^```\{drawing\} (\S+)$", _page(language), re.MULTILINE) for language in ("en", "fr")]
    assert shown[0] == shown[1]
    assert sorted(shown[0]) == sorted(NAMES)


@BOTH
def test_each_source_is_named_and_used(language: str) -> None:
    body, _, sources = _page(language).partition("\n## Sources\n")
    listed = re.findall(r"^(\d)\. ", sources, re.MULTILINE)
    assert listed == [str(number) for number in range(1, len(listed) + 1)]
    assert set(re.findall(r"\[(\d)\](?!\()", body)) == set(listed)


@BOTH
def test_the_figures_of_two_pavements_are_those_that_were_measured(language: str) -> None:
    record = (ROOT / "docs/decisions/0028-way-back.md").read_text(encoding="utf-8")
    page = _page(language).replace("\u00a0", " ")
    for told, figures in (
        ("after one pass alone 11.0 m", ("11.0 m",)),
        ("proposal the median error is 7.9 m and on the same line again 9.4 m", ("7.9 m", "9.4 m")),
        ("3.5 m, and 8 m further on along the pavement 5.6 m", ("3.5 m", "8 m", "5.6 m")),
        ("crossed at 60 to 120 degrees", ("60",)),
        ("450 streets", ("450",)),
    ):
        assert told in " ".join(record.split())
        assert all((figure.replace(".", ",") if language == "fr" else figure) in page for figure in figures)
