"""The radio board's pins: which board gets which, and what the glue does with them, on boards that are made up."""

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.firmware.rig import load

S3_ID, C5_ID = "espressif_esp32s3_devkitc_1_n8r8", "espressif_esp32c5_devkitc_1_n8r8"


class Hardware:
    """CircuitPython's modules, as far as the glue touches them; it keeps which pins were driven and how."""

    def __init__(self, board_id: str, names: list[str], settings: dict[str, str]) -> None:
        self.out: dict[str, bool] = {}
        self.keys: list[str] = []
        self.tone: list[str] = []
        self.serial: list[tuple[object, object, int]] = []
        self.i2c: list[tuple[str, ...]] = []
        self.settings = settings
        hardware = self

        class DigitalInOut:
            def __init__(self, pin: str) -> None:
                self.pin = pin

            def switch_to_output(self, value: bool) -> None:
                hardware.out[self.pin] = value

        def keys(pins: tuple[str, ...], **_: object) -> object:
            hardware.keys += pins
            return object()

        def tone(pin: str, **_: object) -> object:
            hardware.tone.append(pin)
            return object()

        def serial(tx: object, rx: object, baudrate: int, **_: object) -> object:
            hardware.serial.append((tx, rx, baudrate))
            return object()

        def wires(*pins: str) -> object:
            hardware.i2c.append(pins)
            return object()

        self.modules: dict[str, Any] = {
            "board": SimpleNamespace(board_id=board_id, **{name: name for name in names}),
            "microcontroller": SimpleNamespace(pin=SimpleNamespace(GPIO24="GPIO24", GPIO23="GPIO23")),
            "digitalio": SimpleNamespace(DigitalInOut=DigitalInOut),
            "keypad": SimpleNamespace(Keys=keys),
            "pwmio": SimpleNamespace(PWMOut=tone),
            "busio": SimpleNamespace(UART=serial, I2C=wires),
            "supervisor": ModuleType("supervisor"),
            "wifi": ModuleType("wifi"),
        }


def made(monkeypatch: pytest.MonkeyPatch, hardware: Hardware, **libraries: object) -> tuple[Any, list[str]]:
    """What `extras` makes of a board, and what it said."""
    for name, module in {**hardware.modules, **libraries}.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.delitem(sys.modules, "radio.glue", raising=False)
    glue: Any = load("glue")
    monkeypatch.setattr(glue.os, "getenv", hardware.settings.get)
    monkeypatch.setattr(glue.time, "sleep", lambda _: None)
    said: list[str] = []
    extras = glue.extras(said)
    monkeypatch.delitem(sys.modules, "radio.glue")
    return extras, said


def all_names() -> list[str]:
    return [f"IO{number}" for number in range(49)]


@pytest.mark.parametrize(("board_id", "name"), [(S3_ID, "s3"), ("yd_esp32_s3_n16r8", "s3"), (C5_ID, "c5")])
def test_each_kits_board_finds_its_pins_by_itself(board_id: str, name: str) -> None:
    pins = load("pins")
    assert pins.of(board_id) is pins.BOARDS[name]


def test_another_board_gets_none_unless_its_owner_says_which() -> None:
    pins = load("pins")
    assert pins.of("seeed_xiao_esp32s3") is None
    assert pins.of("seeed_xiao_esp32s3", "S3") is pins.S3
    assert pins.of(S3_ID, "c5") is pins.C5
    assert pins.of(S3_ID, "nonsense") is None


@pytest.mark.parametrize(("board_id", "name"), [(S3_ID, "s3"), (C5_ID, "c5")])
def test_the_glue_drives_each_pin_of_the_table_and_no_other(
    board_id: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hardware = Hardware(board_id, all_names(), {})
    extras, said = made(monkeypatch, hardware)
    pins = load("pins").BOARDS[name]
    assert hardware.keys == [pins.button]
    assert hardware.tone == [pins.buzzer]
    assert hardware.serial == [(None, pins.receiver[1], 9600)]
    assert hardware.i2c == [pins.wires]
    assert hardware.out == {
        **dict.fromkeys([*pins.low, pins.light, pins.motor], False),
        **dict.fromkeys(pins.high, True),
    }
    assert extras.parts == ["receiver", "button", "player"]
    assert len(extras._held) == len(pins.low) + len(pins.high), "a pin that nobody holds is let go"
    assert said[0].startswith("no compass answers; libraries not on the board: adafruit_lis2mdl")


def test_a_board_that_calls_its_pins_otherwise_is_asked_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [name for name in all_names() if name not in ("IO23", "IO24")]
    hardware = Hardware(C5_ID, names, {})
    made(monkeypatch, hardware)
    assert hardware.serial == [(None, "GPIO23", 9600)]
    assert hardware.out["GPIO24"] is False


def test_a_board_that_is_not_in_the_table_listens_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    hardware = Hardware("seeed_xiao_esp32s3", all_names(), {})
    extras, said = made(monkeypatch, hardware)
    assert extras.parts == []
    assert hardware.out == {}
    assert "seeed_xiao_esp32s3" in said[0]


def test_a_receivers_speed_comes_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    hardware = Hardware(S3_ID, all_names(), {"CONTRECHAMP_BAUD": "38400"})
    made(monkeypatch, hardware)
    assert hardware.serial[0][2] == 38400


def test_a_library_whose_sensor_is_another_does_not_end_the_board(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIS2MDL's library raises AttributeError where another chip answers at its address."""

    def refuses(*_: object) -> object:
        raise AttributeError("Cannot find an LIS2MDL")

    asked: list[tuple[object, ...]] = []

    def answers(_: object, *more: object) -> object:
        asked.append(more)
        if more != (0x68,):
            raise ValueError("No I2C device at address: 0x69")
        return object()

    extras, said = made(
        monkeypatch,
        Hardware(C5_ID, all_names(), {}),
        adafruit_lis2mdl=SimpleNamespace(LIS2MDL=refuses),
        adafruit_lsm303_accel=SimpleNamespace(LSM303_Accel=refuses),
        adafruit_icm20x=SimpleNamespace(ICM20948=answers),
    )
    assert asked == [(), (0x68,)]
    assert "compass" in extras.parts
    assert said == []


def test_a_magnetometer_that_lies_the_other_way_round_in_its_chip_is_turned(monkeypatch: pytest.MonkeyPatch) -> None:
    """InvenSense draws the ICM-20948's Y and Z of the field against those of gravity."""
    chip = SimpleNamespace(magnetic=(20.0, 3.0, 40.0), acceleration=(0.1, 0.2, 9.8))
    library = SimpleNamespace(ICM20948=lambda *_: chip)
    other = SimpleNamespace(LIS2MDL=lambda *_: chip, LSM303_Accel=lambda *_: chip)
    turned, _ = made(monkeypatch, Hardware(S3_ID, all_names(), {}), adafruit_icm20x=library)
    assert turned._compass.read() == ((20.0, -3.0, -40.0), (0.1, 0.2, 9.8))
    scouts = {"adafruit_lis2mdl": other, "adafruit_lsm303_accel": other}
    straight, _ = made(monkeypatch, Hardware(S3_ID, all_names(), {}), **scouts)
    assert straight._compass.read() == ((20.0, 3.0, 40.0), (0.1, 0.2, 9.8))
