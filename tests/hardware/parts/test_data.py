"""The kits' data: whole, in both languages, dated, and refused with a sentence where they are not."""

import datetime
import re
import shutil
from pathlib import Path

import pytest

from hardware.parts import DATA, Part, load, load_kits, load_tools
from hardware.parts.model import LANGUAGES
from hardware.wiring import load_wiring
from probe.errors import BadInput

PARTS, KITS = load(), load_kits()


@pytest.mark.parametrize("part", PARTS.values(), ids=list(PARTS))
def test_each_part_says_all_that_a_maker_needs_in_both_languages(part: Part) -> None:
    for language in LANGUAGES:
        for words in (part.name, part.use, part.recognise):
            assert len(words.said(language)) > 2
            assert "  " not in words.said(language)
    assert part.recognise.en != part.recognise.fr
    assert part.price.basis in ("estimate", "read")
    assert len(part.price.source) > 5
    assert part.price.date <= datetime.datetime.now(tz=datetime.UTC).date()
    assert part.price.date.year >= 2026
    assert part.size.mass_g > 0
    if part.link is not None:
        assert re.match(r"https://(www\.raspberrypi\.com|docs\.espressif\.com|learn\.adafruit\.com)/", part.link)


def test_french_has_its_spaces_and_its_apostrophes() -> None:
    words = [text.fr for part in PARTS.values() for text in (part.name, part.use, part.recognise)]
    words += [kit.title.fr for kit in KITS.values()] + [tool.name.fr for tool in load_tools().values()]
    for said in words:
        assert not re.search(r"[^\u00a0][;!?»]| :|« |'", said), said


def test_each_part_is_in_a_kit_or_stands_in_for_one_that_is() -> None:
    used = {line.part for kit in KITS.values() for line in kit.lines}
    instead = {other for name in used for other in PARTS[name].alternatives}
    assert PARTS.keys() == used | (instead & PARTS.keys())
    assert not {name for name in PARTS if name in PARTS[name].alternatives}


def test_each_kit_has_one_board_one_camera_one_receiver_one_compass_one_card() -> None:
    for kit in KITS.values():
        names = [line.part for line in kit.lines]
        for kind in ("esp32-", "camera-", "gnss-", "compass-", "card-"):
            assert sum(name.startswith(kind) for name in names) == 1, (kit.id, kind)
        assert kit.board in names


def test_screws_and_nuts_go_together() -> None:
    for kit in KITS.values():
        quantity = {line.part: line.quantity for line in kit.lines}
        assert quantity["screw-m25x6"] + quantity["screw-m25x10"] == quantity["nut-m25"]


def test_holes_and_ports_lie_on_their_boards() -> None:
    for part in PARTS.values():
        if part.size.size_mm is None:
            continue
        width, depth, _ = part.size.size_mm
        for x, y in part.size.holes:
            assert 0 < x < width, part.id
            assert 0 < y < depth, part.id
        assert bool(part.size.holes) == (part.size.hole_mm is not None), part.id
        for edge, along in part.size.ports.values():
            assert 0 < along < (depth if edge in ("left", "right") else width), part.id


def test_a_variant_is_its_kit_with_a_difference() -> None:
    surveyor = {line.part for line in KITS["surveyor"].lines}
    dongle = {line.part for line in KITS["surveyor-dongle"].lines}
    assert surveyor - dongle == {"esp32-c5", "cable-otg"}
    assert dongle - surveyor == {"esp32-s3", "dongle-mt7612u", "usb-hub", "cable-usb"}


def test_the_tools_are_those_that_pages_may_name() -> None:
    assert set(load_tools()) == {"screwdriver", "printer", "card-reader", "laptop", "side-cutters", "tape"} | {
        "glue",
        "knife",
        "saw",
        "paper-printer",
        "data-cable",
    }


SPOILT = [
    (
        "parts.toml",
        'search = "Raspberry Pi Zero 2 W"',
        "",
        "parts.toml, pi-zero-2w: Object missing required field `search`",
    ),
    ("parts.toml", "eur = 18.0", "eur = 99.0", "the price 99.0 is not between 16.0 and 25.0"),
    ("parts.toml", 'basis = "read"', 'basis = "guess"', "Invalid enum value 'guess'"),
    ("parts.toml", 'alternatives = ["card-64"]', 'alternatives = ["card-63"]', "its alternative card-63 is no part"),
    ("parts.toml", "[tie]", "[cord]", "figures.toml measures tie, which is no part"),
    ("parts.toml", "[tie]", "[tie", "parts.toml cannot be read"),
    ("figures.toml", "[tie]\n", "[ty]\n", "figures.toml measures ty"),
    ("figures.toml", "current_ma = [150, 600]", "current_ma = [700, 600]", "its average current is above its peak"),
    ("kits.toml", '{ part = "led" }', '{ part = "lamp" }', "kits.toml, scout: lamp is no part"),
    ("kits.toml", '{ part = "led" }', '{ part = "buzzer" }', "kits.toml, scout: a part is on two lines"),
    ("kits.toml", "quantity = 13", "quantity = 0", "kits.toml, scout: it has 0 of jumpers"),
    ("kits.toml", 'of = "surveyor"', 'of = "major"', "a variant of major, which does not come before it"),
    (
        "kits.toml",
        'without = ["esp32-c5"',
        'without = ["card-32"',
        "it leaves out card-32, which surveyor does not have",
    ),
    ("kits.toml", 'board = "esp32-c5"', 'board = "esp32-s3"', "its board esp32-s3 is not on its lines"),
    ("wiring.toml", 'board = "18"', 'board = "99"', "a board has no pin 99"),
    ("wiring.toml", 'pin = "TX"', 'pin = "TXD"', "gnss-atgm336h has no pin TXD"),
    ("wiring.toml", 'board = "18"', 'board = "8"', "two wires end at board 8"),
    ("wiring.toml", "[kits.scout]", "[kits.major]", "do not both have the kit"),
    ("wiring.toml", "[parts.motor]", "[parts.engine]", "engine is no part of parts.toml"),
]


@pytest.mark.parametrize(("name", "was", "becomes", "says"), SPOILT, ids=[row[3][:40] for row in SPOILT])
def test_what_is_wrong_is_told_in_one_sentence(tmp_path: Path, name: str, was: str, becomes: str, says: str) -> None:
    for path in DATA.glob("*.toml"):
        shutil.copy(path, tmp_path)
    text = (tmp_path / name).read_text()
    assert was in text
    (tmp_path / name).write_text(text.replace(was, becomes, 1))
    with pytest.raises(BadInput) as caught:
        load_wiring(tmp_path)  # which loads parts and kits
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
