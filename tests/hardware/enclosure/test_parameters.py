"""What can be known of the case without modelling it."""

import pytest

from hardware.enclosure.parameters import KITS, parameters
from hardware.enclosure.printing import settings
from hardware.parts import load_kits


@pytest.mark.parametrize("kit", KITS)
def test_a_case_holds_the_parts_of_its_kit(kit: str) -> None:
    p = parameters(kit)
    bought = {line.part for line in load_kits()[kit].lines}
    assert {p.camera, p.board, p.gnss, p.compass} <= bought
    assert p.motor == ("motor" in bought)


def test_an_unknown_kit_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="There is no kit 'ranger'; there are scout, surveyor"):
        parameters("ranger")


def test_the_walls_are_whole_lines_of_the_nozzle() -> None:
    how, p = settings(), parameters("scout")
    assert not how.supports
    for thick in (p.wall, p.plate, p.pane_ledge, how.thinnest_mm):
        assert thick / how.nozzle_mm == pytest.approx(round(thick / how.nozzle_mm)), thick
        assert thick >= how.thinnest_mm
