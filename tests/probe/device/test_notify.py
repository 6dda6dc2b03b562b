"""What systemd hears, on real sockets of both kinds."""

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from probe.device.notify import Notifier


@pytest.fixture(params=["path", "abstract"])
def heard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """What systemd puts into the environment, and its end of the socket."""
    path = str(tmp_path / "notify") if request.param == "path" else f"@contrechamp-{os.getpid()}-notify"
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as there:
        there.bind("\0" + path[1:] if path.startswith("@") else path)
        there.settimeout(20)
        yield path, there


def test_each_word_of_the_service_is_heard(heard: tuple[str, socket.socket]) -> None:
    address, there = heard
    notifier = Notifier.of({"NOTIFY_SOCKET": address})
    notifier.ready("listening after 2.1 s")
    notifier.status("two\nMAINPID=1\nlines")
    notifier.alive()
    notifier.stopping()
    said = [there.recv(4096).decode() for _ in range(4)]
    assert said == [
        "READY=1\nSTATUS=listening after 2.1 s",
        "STATUS=two MAINPID=1 lines",
        "WATCHDOG=1",
        "STOPPING=1",
    ]


def test_nobody_hears_where_nobody_asked(tmp_path: Path) -> None:
    for environment in ({}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1"}, {"NOTIFY_SOCKET": str(tmp_path)}):
        Notifier.of(environment).ready("nobody")


def test_a_manager_that_does_not_read_holds_nothing_up(heard: tuple[str, socket.socket]) -> None:
    address, _ = heard
    notifier = Notifier(address)
    for _ in range(10_000):
        notifier.alive()


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_for_this_process_alone(environment: dict[str, str], seconds: float | None) -> None:
    assert Notifier.of(environment).watchdog_s == seconds
