"""The check of shown commands can fail."""

import pytest

from tests.hardware.commands import fault


@pytest.mark.parametrize(
    "command",
    [
        "contrechamp-probe pair photo.jpg --outbox kit-1.db",
        "contrechamp-hub enroll 'Probe 1' --to folder:/media/stick",
        "contrechamp-probe card /media/bootfs --lang=fr  # a remark",
        "contrechamp-probe run --page --country FR",
        "contrechamp-probe calibrate show",
        "sudo apt install mosquitto",
    ],
)
def test_what_can_be_typed(command: str) -> None:
    assert fault(command) is None


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("contrechamp-probe pear x", "no command pear"),
        ("contrechamp-probe pair --colour red", "no option --colour"),
        ("contrechamp-probe card /media/bootfs --lang de", "cannot be de"),
        ("contrechamp-probe card", "0 arguments"),
        ("contrechamp-probe send --to", "has no value"),
        ("contrechamp-probe pair a b", "2 arguments"),
        ("contrechamp-walker go", "neither ours"),
        ("python3 -m hardware.nothing", "no module"),
    ],
)
def test_what_cannot(command: str, why: str) -> None:
    said = fault(command)
    assert said is not None
    assert why in said
