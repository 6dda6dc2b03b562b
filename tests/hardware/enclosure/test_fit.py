"""The parts fit: among each other, in the case, with room for plugs and hands. Each check is shown one that fails."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from hardware.enclosure.parameters import KITS, Parameters, parameters

pytestmark = pytest.mark.kit


@cache
def printed(p: Parameters) -> dict[str, Any]:
    from hardware.enclosure.case import case
    from hardware.enclosure.lid import bar, lid

    return {"case": case(p), "lid": lid(p), "bar": bar(p)}


def clashes(p: Parameters) -> list[tuple[str, str, float]]:
    """All interferences but that of a screw with its own nut, which is a thread."""
    from hardware.enclosure.checks import interferences
    from hardware.enclosure.layout import nuts, placed, screws

    parts = placed(p) | screws(p) | nuts(p)
    return [found for found in interferences(printed(p), parts) if found[0].replace("screw", "nut") != found[1]]


@pytest.mark.parametrize("kit", KITS)
def test_nothing_takes_another_s_room(kit: str) -> None:
    assert clashes(parameters(kit)) == []


def test_a_button_over_the_camera_is_seen_to_clash() -> None:
    assert any("button" in pair for pair in clashes(replace(parameters("scout"), button_z=6.0)))


@pytest.mark.parametrize("kit", KITS)
def test_plugs_jumpers_and_the_card_have_their_room(kit: str) -> None:
    from hardware.enclosure.checks import blocked
    from hardware.enclosure.layout import placed

    p = parameters(kit)
    assert list(blocked(printed(p), placed(p))) == []


def test_a_case_too_low_for_the_board_s_plug_is_seen() -> None:
    from hardware.enclosure.checks import blocked
    from hardware.enclosure.layout import placed

    p = replace(parameters("scout"), height=98.0)
    assert any("plug" in label for label, _, _ in blocked(printed(p), placed(p)))


@pytest.mark.parametrize("kit", KITS)
def test_the_camera_sees_all_of_its_field(kit: str) -> None:
    from hardware.enclosure.checks import hidden

    p = parameters(kit)
    assert hidden(p, printed(p)) == 0
    small = replace(p, opening=9.0)
    assert hidden(small, printed(small)) > 1


@pytest.mark.parametrize("kit", KITS)
def test_only_plastic_is_between_the_antenna_and_the_sky(kit: str) -> None:
    from hardware.enclosure.boards import turned
    from hardware.enclosure.checks import above, whole
    from hardware.enclosure.layout import placed

    p = parameters(kit)
    parts = placed(p)
    assert above(p, parts[p.gnss], parts) == []
    # right under the top wall: within 2 mm of it
    assert p.height - whole(parts[p.gnss]).bounding_box().max.Y < 6
    parts["buzzer"] = parts["buzzer"].at(turned(-20, p.height + 2, 0))
    assert above(p, parts[p.gnss], parts) == ["buzzer"]


@pytest.mark.parametrize("kit", KITS)
def test_the_compass_is_far_from_magnets_and_currents(kit: str) -> None:
    from hardware.enclosure.boards import turned
    from hardware.enclosure.checks import bank, distance, whole
    from hardware.enclosure.layout import placed

    p = parameters(kit)
    parts = placed(p)
    for part in {"buzzer", "motor"} & parts.keys():
        assert distance(parts[p.compass], parts[part]) >= 50, part
    assert whole(parts[p.compass]).distance_to(bank(p)) >= 50
    # the camera focuses with a small magnet; how far it reaches nobody measured
    assert distance(parts[p.compass], parts[p.camera]) >= 15
    near = parts["buzzer"].at(turned(0, 30, 0))
    assert distance(parts[p.compass], near) < 50


@pytest.mark.parametrize("kit", KITS)
def test_screws_fill_their_nuts_and_end_in_their_holes(kit: str) -> None:
    from hardware.enclosure.checks import common, whole
    from hardware.enclosure.layout import nuts, screws

    p = parameters(kit)
    held, pieces = nuts(p), printed(p)
    for name, screw in screws(p).items():
        nut = whole(held[name.replace("screw", "nut")]).bounding_box()
        box = whole(screw).bounding_box()
        through = min(box.max.Z, nut.max.Z) - max(box.min.Z, nut.min.Z)
        assert through >= 1.9, f"{name} holds {through:.1f} mm of its nut"
        assert all(common(whole(screw), piece) < 0.05 for piece in pieces.values()), f"{name} stands on something"


def test_a_thicker_roof_over_the_nut_leaves_the_screw_too_short() -> None:
    from hardware.enclosure.checks import whole
    from hardware.enclosure.layout import nuts, screws

    p = replace(parameters("scout"), over_nut=4.0, pi_post=8.5)
    nut = whole(nuts(p)["pi nut 1"]).bounding_box()
    assert nut.max.Z - whole(screws(p)["pi screw 1"]).bounding_box().min.Z < 1.9


def test_the_ears_take_the_strap_and_the_second_button_has_its_hole() -> None:
    from hardware.enclosure.case import case
    from hardware.enclosure.checks import common
    from hardware.enclosure.shapes import block, rod

    p = parameters("scout")
    body = case(p)
    for x in (-p.wall - p.ear + 4.0, p.width + p.wall + p.ear - 4.0 - 3.0):
        webbing = block(x, p.height / 2 - p.webbing / 2, -p.floor - 1, (3.0, p.webbing, p.ear_thick + 2))
        assert common(body, webbing) < 0.1, x
    second = rod(0.5, p.button_y - 19.0, p.button_z, 12.0, p.wall + 1, "-x")
    assert common(body, second) > 100
    assert common(case(replace(p, power_button=True)), second) == 0


@pytest.mark.parametrize("kit", KITS)
def test_the_wiring_says_how_the_board_lies_in_the_case(kit: str) -> None:
    """Whoever counts from the other end puts 3.3 V on ground."""
    from build123d import Pos

    from hardware.enclosure.boards import GOLD, first_pin
    from hardware.enclosure.layout import placed, radio_place
    from hardware.wiring import load_wiring

    p = parameters(kit)
    first = [(radio_place(p) * Pos(*first_pin(p.board, row))).position for row in (0, 1)]
    lies = load_wiring().in_case
    assert lies.left == (0 if first[0].X < first[1].X else 1)
    middle = p.radio.y + p.radio.height / 2
    assert [middle > at.Y for at in first] == [lies.begins == "bottom"] * 2
    # the frame of `first_pin` is the model's: pins stand there, and the module with its aerial is at that end
    model = placed(p)[p.board]
    boxes = [(colour, body.bounding_box()) for colour, body in model.bodies]
    for at in first:
        assert any(c == GOLD and abs(b.center().X - at.X) < 0.4 and abs(b.center().Y - at.Y) < 0.4 for c, b in boxes)
    aerial, sockets = boxes[2][1], boxes[3][1]
    assert aerial.center().Y < p.height / 2 < sockets.center().Y
    pins_end = max(box.max.Z for colour, box in boxes if colour == GOLD)
    assert pins_end > aerial.center().Z + 5, "face down, pins to the front"


@pytest.mark.parametrize("kit", KITS)
def test_the_pages_say_how_far_the_compass_is_from_buzzer_and_motor(kit: str) -> None:
    """The pages say 7 cm of the buzzer and 5 cm of the motor, edge to edge."""
    from hardware.enclosure.checks import distance
    from hardware.enclosure.layout import placed

    p = parameters(kit)
    parts = placed(p)
    assert 70 <= distance(parts[p.compass], parts["buzzer"]) < 80
    if p.motor:
        assert 50 <= distance(parts[p.compass], parts["motor"]) < 60
