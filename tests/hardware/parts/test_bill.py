"""The bill and the power table: computed, under the ceilings, honest about what they rest on."""

import csv
import datetime
import io
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from hardware.parts import bill, load, load_kits, make, power
from hardware.parts.__main__ import main
from hardware.parts.model import LANGUAGES, Line

KITS = list(load_kits())


@pytest.mark.parametrize("kit", KITS)
def test_a_kit_costs_less_than_its_ceiling(kit: str) -> None:
    told = bill.bill(kit)
    assert told.eur < told.kit.ceiling_eur
    assert told.low < told.eur < told.high


def test_the_two_kits_have_the_ceilings_that_were_promised() -> None:
    assert [bill.bill(kit).kit.ceiling_eur for kit in ("scout", "surveyor")] == [60, 120]
    own = {line.part.id for line in bill.bill("scout").lines if line.state == "own"}
    assert own == {"power-bank-5", "cable-power"}
    assert "power-bank-10" in {line.part.id for line in bill.bill("surveyor").counted}


@pytest.mark.parametrize("kit", KITS)
def test_the_sum_is_that_of_the_lines_that_are_counted(kit: str) -> None:
    parts = load()
    lines = [line for line in load_kits()[kit].lines if not line.own and not line.optional]
    assert bill.bill(kit).eur == pytest.approx(
        sum(parts[line.part].price.eur * line.quantity for line in lines), abs=0.01
    )
    rows = list(csv.DictReader(io.StringIO(bill.comma_separated(kit))))
    counted = [row for row in rows if row["state"] == "counted" and row["part"] != "total"]
    assert rows[-1]["part"] == "total"
    assert float(rows[-1]["eur"]) == pytest.approx(sum(float(row["eur"]) for row in counted), abs=0.05)


def test_a_part_more_costs_more_and_what_the_walker_has_costs_nothing() -> None:
    told = bill.bill("scout")
    tie = load()["tie"]
    more = replace(told, lines=(*told.lines, bill.BillLine(Line(part="tie", quantity=50), tie)))
    assert more.eur == pytest.approx(told.eur + 50 * tie.price.eur)
    own = replace(told, lines=(*told.lines, bill.BillLine(Line(part="tie", quantity=50, own=True), tie)))
    assert own.eur == told.eur
    assert own.mass_g == pytest.approx(told.mass_g + 50 * tie.size.mass_g)


def test_packs_are_bought_whole() -> None:
    line = bill.BillLine(Line(part="tie", quantity=101), msgspec.structs.replace(load()["tie"], pack=100))
    assert line.packs_eur == pytest.approx(200 * load()["tie"].price.eur)
    for kit in KITS:
        assert bill.bill(kit).packs_eur > bill.bill(kit).eur


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_summary_says_what_it_rests_on(language: str) -> None:
    said = bill.summary("scout", "fr" if language == "fr" else "en")
    told = bill.bill("scout")
    for amount in (told.eur, told.low, told.high, told.packs_eur):
        assert bill.money(amount, "fr" if language == "fr" else "en") in said
    assert f"{round(told.mass_g)}" in said
    assert ("2026-11-23" if language == "en" else "23/11/2026") in said
    assert ("above" in said) if language == "en" else ("dépasse" in said)


def test_the_age_is_that_of_the_oldest_price() -> None:
    told = bill.bill("surveyor")
    assert told.dates[0] == min(line.part.price.date for line in told.counted)
    assert told.age_days(told.dates[0] + datetime.timedelta(days=400)) == 400


@pytest.mark.parametrize("kit", KITS)
def test_both_languages_have_the_same_lines(kit: str) -> None:
    english, french = bill.rows(kit, "en"), bill.rows(kit, "fr")
    assert [row[0] for row in english] == [row[0] for row in french]
    assert len(english) == len(load_kits()[kit].lines)
    assert len(power.rows(kit, "en")) == len(power.rows(kit, "fr"))


def test_what_draws_and_how_long_it_lasts() -> None:
    scout, surveyor = power.power("scout"), power.power("surveyor")
    assert scout.average_ma == 379
    # 10 Ah of 3.7 V, of which 85 % come out at 5 V
    assert scout.hours(10) == pytest.approx(10 * 3.7 * 0.85 / 5 / 0.379)
    assert scout.hours(10) == pytest.approx(2 * scout.hours(5))
    assert scout.enough
    assert surveyor.enough
    assert not power.power("surveyor-dongle").enough
    assert "2.4 A" in power.summary("surveyor-dongle", "en")
    assert "2,4\u00a0A" in power.summary("surveyor-dongle", "fr")


@pytest.mark.parametrize("kit", KITS)
def test_no_part_that_has_electronics_is_left_out_of_the_power_table(kit: str) -> None:
    draws = ("pi-", "camera-", "esp32-", "gnss-", "compass-", "dongle-", "usb-hub", "led", "buzzer", "motor")
    wanted = {line.part for line in load_kits()[kit].lines if line.part.startswith(draws)}
    assert {part.id for part in power.power(kit).parts} == wanted


def test_it_is_printed_in_both_languages_and_refuses_another_kit() -> None:
    run = CliRunner()
    assert bill.markdown("scout", "en") in run.invoke(main, ["scout"]).output
    assert power.markdown("scout", "fr") in run.invoke(main, ["scout", "--lang", "fr"]).output
    assert run.invoke(main, ["scout", "--csv"]).output == bill.comma_separated("scout")
    refused = run.invoke(main, ["major"])
    assert refused.exit_code == 2
    assert refused.output == "there is no kit major; there are scout, surveyor, surveyor-dongle\n"


def test_the_tables_are_written(tmp_path: Path) -> None:
    made = make(tmp_path / "kit")
    assert sorted(path.name for path in made) == sorted(
        f"{name}-{kit}.csv" for kit in KITS for name in ("bill", "power")
    )
    assert all(path.stat().st_size > 300 for path in made)
