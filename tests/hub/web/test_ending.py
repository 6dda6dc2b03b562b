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
from tests.visiting import Visitor


@contextmanager
def listening(port: int, cookie: str) -> Iterator[http.client.HTTPResponse]:
    """A page's stream of changes, open and begun."""
    page = http.client.HTTPConnection("127.0.0.1", port)
    page.request("GET", "/api/events", headers={"cookie": cookie})
    answer = page.getresponse()
    assert answer.readline() == b"event: hello\n"
    try:
        yield answer
    finally:
        page.close()


@contextmanager
def stuck(port: int, _cookie: str) -> Iterator[socket.socket]:
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


def by_link(port: int, token: str) -> str:
    """Signed in by a link that works once; the cookie."""
    page = http.client.HTTPConnection("127.0.0.1", port)
    own = {"origin": f"http://127.0.0.1:{port}", "content-type": "application/x-www-form-urlencoded"}
    page.request("POST", "/welcome", body=f"code={token}", headers=own)
    answer = page.getresponse()
    assert answer.status == 303, answer.read()
    page.close()
    return (answer.headers["set-cookie"] or "").partition(";")[0]


@pytest.mark.parametrize("reader", [listening, stuck], ids=["a page", "a stuck reader"])
def test_a_hub_ends_cleanly_with_a_page_open(
    reader: Callable[[int, str], AbstractContextManager[object]], tmp_path: Path
) -> None:
    running = HubProcess(tmp_path / "hub")
    running.start()
    try:
        with reader(running.port, Visitor(tmp_path / "hub", f"http://127.0.0.1:{running.port}").cookie) as answer:
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
        found = re.search(r"http://[^:]+:(\d+)/welcome#(\S+)", demo.stdout.readline())
        assert found
        port = int(found[1])
        with listening(port, by_link(port, found[2])):
            demo.send_signal(signal.SIGINT)
            _, errors = finished(demo, 60)
        assert demo.returncode == 130, errors
        assert "Traceback" not in errors
        assert "Error" not in errors
    finally:
        demo.kill()
