"""What the directives show is what the data say."""

import pytest

from hardware.parts import load, load_kits
from hardware.site import facts
from hardware.site.pagelist import LANGUAGES
from hardware.site.words import WORDS, money


def test_both_languages_have_the_same_words() -> None:
    assert WORDS["en"].keys() == WORDS["fr"].keys()


def test_money_is_written_as_the_language_does() -> None:
    assert money(59.2, "en") == "€59.20"
    assert money(59.2, "fr") == "59,20\N{NO-BREAK SPACE}€"
    assert money(0.022, "en", exact=True) == "€0.022"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bill_has_every_line_and_the_sum_is_that_of_the_counted(language: str) -> None:
    for name, kit in load_kits().items():
        lines = [line.part for line in facts.bill(name, language)]
        rest = [] if kit.of is None else [line.part for line in load_kits()[kit.of].lines]
        assert set(lines) <= {line.part for line in kit.lines} <= {*lines, *rest}
        counted = sum(load()[line.part].price.eur * line.quantity for line in kit.lines if line.counted)
        assert facts.total(name, language) == money(counted, language)


def test_filament_is_weighed_and_screws_are_counted() -> None:
    assert facts.amount(60, "petg", "en") == "60\N{NO-BREAK SPACE}g, PETG filament"
    assert facts.amount(4, "screw-m25x6", "en").startswith("4\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}screw")


def test_what_is_not_there_is_missing() -> None:
    for ask in (
        lambda: facts.part_name("flux-capacitor", "en"),
        lambda: facts.tool_name("hammer", "en"),
        lambda: facts.bill("rover", "en"),
        lambda: facts.drawing_words("balloon", "en"),
    ):
        with pytest.raises(facts.Missing):
            ask()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_wire_is_a_row_and_each_row_has_all_cells(language: str) -> None:
    for rows in (facts.wires("scout", language), facts.pins("scout", language), facts.currents("scout", language)):
        assert len(rows.rows) > 5
        assert all(len(row) == len(rows.head) for row in rows.rows)


def test_the_signs_are_the_probes_own() -> None:
    assert ("•", "The kit listens.") in facts.signs("en").rows
