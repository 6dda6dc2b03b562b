"""The documents of the house speak of files that exist, and the drawing is of the rooms."""

import re
from pathlib import Path

import pytest

from tests.house.drawing import HUB_WAY, PICTURE, PROBE_WAY, picture
from tests.house.rooms import HUB, PROBE, Room

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "CONTRIBUTING.md",
    ROOT / "docs" / "architecture.md",
    ROOT / "docs" / "glossary.md",
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    text = page.read_text()
    for name in re.findall(r"`((?:probe|hub|tests|docs|firmware)/[\w./-]*)`", text):
        assert (ROOT / name).exists(), name
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_the_drawing_is_of_the_rooms() -> None:
    assert PICTURE.read_text() == picture(), "run make picture"


@pytest.mark.parametrize(("top", "rooms"), [("probe", PROBE), ("hub", HUB)])
def test_every_room_is_drawn_and_every_drawn_room_is_there(top: str, rooms: tuple[Room, ...]) -> None:
    there = {path.stem if path.suffix == ".py" else path.name for path in (ROOT / top).iterdir()}
    there -= {"__init__", "__main__", "__pycache__"}
    assert {room.name for room in rooms} == there


def test_the_way_leads_through_rooms() -> None:
    assert set(PROBE_WAY) <= {room.name for room in PROBE}
    assert set(HUB_WAY) <= {room.name for room in HUB}


def test_the_glossary_is_in_order_and_has_each_word_once() -> None:
    words = re.findall(r"^\| ([^|]+?) \|", (ROOT / "docs" / "glossary.md").read_text(), re.MULTILINE)
    words.remove("word")
    assert words == sorted(words, key=str.lower)
    assert len(words) == len(set(words))
