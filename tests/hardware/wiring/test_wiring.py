"""The kits' wires against the firmware's pins, and against what chips and boards stand. No kit was ever wired."""

import html
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from hardware.parts import load, load_kits
from hardware.parts.model import LANGUAGES
from hardware.wiring import load_wiring, pins_table, wires_table
from hardware.wiring.harness import printed
from hardware.wiring.table import rows
from tests.firmware.rig import load as load_firmware

KITS, PARTS, WIRING = load_kits(), load(), load_wiring()
BOARD_IDS = {"esp32-s3": "espressif_esp32s3_devkitc_1_n8r8", "esp32-c5": "espressif_esp32c5_devkitc_1_n8r8"}
GROUND, SUPPLY_V = "G", {"3V3": 3.3, "5V": 5.0}
MOST_OF_A_PIN_MA = 20.0  # Espressif's chips: 20 mA at the strength that is set at start


def firmware(kit: str) -> Any:
    """The pins that the firmware takes on the kit's board."""
    return load_firmware("pins").of(BOARD_IDS[KITS[kit].board])


def goes(kit: str, part: str, pin: str) -> str | None:
    """Where a part's pin goes, as the firmware names it; None where no wire is."""
    for wire in WIRING.kits[kit]:
        if wire.part.startswith(part) and wire.pin == pin:
            return f"IO{wire.board}" if wire.board.isdigit() else wire.board
    return None


@pytest.mark.parametrize("kit", list(KITS))
def test_pins_in_the_wiring_are_pins_in_the_firmware(kit: str) -> None:
    pins = firmware(kit)
    assert goes(kit, "button", "1") == pins.button
    assert goes(kit, "led", "+") == pins.light
    assert goes(kit, "buzzer", "+") == pins.buzzer
    assert goes(kit, "gnss-", "TX") == pins.receiver[1]
    assert goes(kit, "gnss-", "RX") is pins.receiver[0] is None
    assert (goes(kit, "compass-", "SCL"), goes(kit, "compass-", "SDA")) == pins.wires
    if any(line.part == "motor" for line in KITS[kit].lines):
        assert goes(kit, "motor", "IN") == pins.motor
    grounds = {f"IO{wire.board}" for wire in WIRING.kits[kit] if wire.pin == WIRING.parts[wire.part].ground}
    assert {pin for pin in grounds if pin[2:].isdigit()} == set(pins.low)
    supplied = {f"IO{wire.board}" for wire in WIRING.kits[kit] if is_supply(wire.part, wire.pin)}
    assert {pin for pin in supplied if pin[2:].isdigit()} == set(pins.high)


def is_supply(part: str, pin: str) -> bool:
    supply = WIRING.parts[part].supply
    return supply is not None and supply.pin == pin


@pytest.mark.parametrize("name", ["s3", "c5"])
def test_the_firmware_takes_no_pin_twice_and_none_that_the_board_keeps(name: str) -> None:
    pins: Any = load_firmware("pins").BOARDS[name]
    taken = [pins.button, pins.light, pins.buzzer, pins.motor, *pins.receiver, *pins.wires, *pins.low, *pins.high]
    numbers = [pin[2:] for pin in taken if pin is not None]
    assert max(Counter(numbers).values()) == 1
    board = WIRING.boards[f"esp32-{name}"]
    kept = {pin for why in board.kept.values() for pin in why}
    assert not kept & set(numbers)
    assert set(numbers) <= {pin for row in board.rows for pin in row}


@pytest.mark.parametrize("kit", list(KITS))
def test_no_wire_ends_at_a_pin_that_the_board_keeps(kit: str) -> None:
    board = WIRING.boards[KITS[kit].board]
    kept = {pin for why in board.kept.values() for pin in why}
    assert not kept & {wire.board for wire in WIRING.kits[kit]}


def test_the_kept_pins_are_those_of_the_makers_guides() -> None:
    s3, c5 = WIRING.boards["esp32-s3"], WIRING.boards["esp32-c5"]
    assert set(s3.kept["start"]) == {"0", "3", "45", "46"}
    assert set(s3.kept["memory"]) == {"35", "36", "37"}, "N8R8 has its memory on eight wires"
    assert set(c5.kept["start"]) == {"2", "3", "7", "25", "26", "27", "28"}
    for board, length in ((s3, 22), (c5, 16)):
        assert [len(row) for row in board.rows] == [length, length]
        pins = [pin for row in board.rows for pin in row]
        assert len(set(pins)) == len(pins)
        assert sum(printed(pin) == "G" for pin in pins) == 4


@pytest.mark.parametrize("kit", list(KITS))
def test_power_is_what_the_part_wants_and_ground_is_ground(kit: str) -> None:
    high = {pin[2:] for pin in firmware(kit).high}
    low = {pin[2:] for pin in firmware(kit).low}
    for wire in WIRING.kits[kit]:
        module = WIRING.parts[wire.part]
        at = printed(wire.board)
        if module.supply is not None and wire.pin == module.supply.pin:
            volts = 3.3 if at in high else SUPPLY_V[at]
            assert module.supply.volts[0] <= volts <= module.supply.volts[1], wire
            current = PARTS[wire.part].current
            assert current is not None
            assert volts == pytest.approx(current.volts), "what the power table reckons with"
            if at in high:
                assert current.peak_ma <= MOST_OF_A_PIN_MA, wire
        elif wire.pin == module.ground:
            assert at == GROUND or at in low, wire
            if at in low:
                current = PARTS[wire.part].current
                assert current is None or current.peak_ma <= MOST_OF_A_PIN_MA, wire
        else:
            assert at.isdigit(), wire


@pytest.mark.parametrize("kit", list(KITS))
def test_every_part_that_wants_power_and_ground_has_them(kit: str) -> None:
    wired = {line.part for line in KITS[kit].lines} & WIRING.parts.keys()
    ends = {(wire.part, wire.pin) for wire in WIRING.kits[kit]}
    for part in wired:
        module = WIRING.parts[part]
        assert (part, module.ground) in ends
        assert module.supply is None or (part, module.supply.pin) in ends


@pytest.mark.parametrize("kit", list(KITS))
def test_addresses_on_the_two_wires_do_not_clash(kit: str) -> None:
    on = {wire.part for wire in WIRING.kits[kit] if wire.pin == "SDA"}
    addresses = [address for part in on for address in WIRING.parts[part].addresses]
    assert addresses
    assert max(Counter(addresses).values()) == 1
    assert all(0x08 <= address <= 0x77 for address in addresses)


@pytest.mark.parametrize("kit", list(KITS))
def test_the_boards_regulator_gives_what_hangs_on_its_3_3_volts(kit: str) -> None:
    board = KITS[kit].board
    hanging = {wire.part for wire in WIRING.kits[kit]} | {board}
    peak = sum(
        current.peak_ma for part in hanging if (current := PARTS[part].current) is not None and current.volts == 3.3
    )
    assert 300 < peak <= WIRING.boards[board].regulator_ma


@pytest.mark.parametrize("kit", list(KITS))
def test_the_bill_has_a_jumper_wire_for_each_wire(kit: str) -> None:
    (jumpers,) = [line.quantity for line in KITS[kit].lines if line.part == "jumpers"]
    assert jumpers == len(WIRING.kits[kit])


@pytest.mark.parametrize("kit", list(KITS))
def test_wires_of_a_part_have_colours_of_their_own(kit: str) -> None:
    colours = Counter((wire.part, wire.colour) for wire in WIRING.kits[kit])
    assert max(colours.values()) == 1
    for wire in WIRING.kits[kit]:
        assert (printed(wire.board) == "G") <= (wire.colour in ("black", "grey"))
        assert is_supply(wire.part, wire.pin) == (wire.colour == "red")


@pytest.mark.parametrize("kit", list(KITS))
def test_the_tables_have_every_wire_in_both_languages(kit: str) -> None:
    for language in LANGUAGES:
        assert len(rows(kit, language)) == len(WIRING.kits[kit])
        assert wires_table(kit, language).count("\n") == len(WIRING.kits[kit]) + 2
        table = pins_table(kit, language)
        assert table.count("\n") == len(WIRING.boards[KITS[kit].board].rows[0]) + 2
        assert table.count("**") == 2 * len(WIRING.kits[kit])


@pytest.mark.parametrize("kit", list(KITS))
def test_the_board_as_it_lies_has_each_wire_beside_its_pin_and_number_1_at_the_bottom(kit: str) -> None:
    from hardware.wiring.seen import svg

    drawing = svg(kit, "fr")
    assert drawing.count("<path") == 2 * len(WIRING.kits[kit])
    for wire in WIRING.kits[kit]:
        assert f">{wire.pin} (" in drawing
    rows = WIRING.boards[KITS[kit].board].rows
    heights = [float(line.split('y="')[1].split('"')[0]) for line in drawing.splitlines() if ">1</text>" in line]
    assert max(heights) == heights[0] > 96 + (len(rows[0]) - 1) * 30, "face down, the aerial is below"


@pytest.mark.kit
def test_the_drawings_show_every_wire(tmp_path: Path) -> None:
    import yaml  # type: ignore[import-untyped]

    from hardware.wiring import make

    made = make(tmp_path)
    assert {path.suffix for path in made} == {".yml", ".svg", ".png", ".csv"}
    assert len(made) == len(KITS) * len(LANGUAGES) * 5
    for kit in KITS:
        for language in LANGUAGES:
            drawing = html.unescape((tmp_path / f"{kit}-{language}.svg").read_text())
            for wire in WIRING.kits[kit]:
                assert PARTS[wire.part].name.said(language) in drawing
                assert f">{printed(wire.board)}</text>" in drawing
            harness = yaml.safe_load((tmp_path / f"{kit}-{language}.yml").read_text())
            assert sum(len(entry["colors"]) for entry in harness["cables"].values()) == len(WIRING.kits[kit])
    assert "rouge" in (tmp_path / "scout-fr.svg").read_text()
    assert "RED" not in (tmp_path / "scout-en.svg").read_text()
    for path in made:
        if path.suffix == ".png":
            assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
            assert path.stat().st_size > 20_000
