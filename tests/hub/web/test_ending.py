"""Ctrl-C while pages are open: the hub ends at once, with nothing on stderr."""

import http.client
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.patience import finished
from tests.processes import HubProcess


@contextmanager
def listening(port: int) -> Iterator[http.client.HTTPResponse]:
    """A page's stream of changes, open and begun."""
    page = http.client.HTTPConnection("127.0.0.1", port)
    page.request("GET", "/api/events")
    answer = page.getresponse()
    assert answer.readline() == b"event: hello\n"
    try:
        yield answer
    finally:
        page.close()


@contextmanager
def stuck(port: int) -> Iterator[socket.socket]:
    """A reader that asked for much and takes nothing of it."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    reader.connect(("127.0.0.1", port))
    ask = b"GET /static/vendor/maplibre-gl.mjs HTTP/1.1\r\nHost: localhost\r\n\r\n"
    reader.sendall(ask * 8)
    reader.recv(1)
    try:
        yield reader
    finally:
        reader.close()


@pytest.mark.parametrize("reader", [listening, stuck], ids=["a page", "a stuck reader"])
def test_a_hub_ends_cleanly_with_a_page_open(
    reader: Callable[[int], AbstractContextManager[object]], tmp_path: Path
) -> None:
    running = HubProcess(tmp_path / "hub")
    running.start()
    try:
        with reader(running.port) as answer:
            assert running.interrupt() == 0
            if isinstance(answer, http.client.HTTPResponse):
                assert answer.read() == b"data: {}\n\n", "the stream was torn, not ended"
        assert running.log == ""
    finally:
        running.kill()


def test_the_demo_ends_cleanly_with_a_page_open() -> None:
    command = [sys.executable, "-m", "hub", "demo", "--port", "0", "--speed", "40"]
    demo = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert demo.stdout is not None
        found = re.search(r"http://[^:]+:(\d+)/", demo.stdout.readline())
        assert found
        with listening(int(found.group(1))):
            demo.send_signal(signal.SIGINT)
            _, errors = finished(demo, 60)
        assert demo.returncode == 130, errors
        assert "Traceback" not in errors
        assert "Error" not in errors
    finally:
        demo.kill()
