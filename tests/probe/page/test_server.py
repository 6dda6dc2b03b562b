"""The page as a server: it starts and stops, says what is wrong, holds few connections, and lets go of slow ones."""

import asyncio
import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from time import monotonic
from urllib.parse import urlsplit

import pytest

from probe.errors import BadInput
from probe.page.doors import MOST, Patience
from probe.page.server import MAX_HEADERS, WalkerPage
from probe.page.watching import Watching
from tests.probe.page.scripted import ScriptedWalker, Told
from tests.processes import until

CODE = "album banjo cactus"
SHORT = Patience(header_s=0.2, body_s=0.2, stall_s=0.2)
LONG = Patience(header_s=600.0, body_s=600.0, stall_s=600.0)


@contextmanager
def served(patience: Patience | None = None, host: str = "127.0.0.1") -> Iterator[WalkerPage]:
    """A page that answers."""
    told = Told()
    page = WalkerPage(ScriptedWalker(), secret=CODE, host=host, port=0, tell=told, patience=patience)
    page.start()
    try:
        assert page.trouble is None
        yield page
    finally:
        page.stop()
    assert told.sentences == []


def port_of(page: WalkerPage) -> int:
    port = urlsplit(page.url).port
    assert port is not None
    return port


def connect(page: WalkerPage) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port_of(page)))


def asked(page: WalkerPage, path: str = "/words/en", token: str | None = None) -> int:
    """The status that somebody gets who comes now."""
    reader = http.client.HTTPConnection("127.0.0.1", port_of(page))
    with closing(reader):
        reader.request("GET", path, headers={} if token is None else {"authorization": f"Bearer {token}"})
        with reader.getresponse() as answer:
            answer.read()
            return answer.status


def signed_in(page: WalkerPage) -> tuple[http.client.HTTPConnection, str]:
    """A connection that has shown the secret, and its token."""
    reader = http.client.HTTPConnection("127.0.0.1", port_of(page))
    origin = page.url.rstrip("/")
    headers = {"origin": origin, "content-type": "application/json"}
    reader.request("POST", "/sign-in", json.dumps({"code": CODE}), headers)
    token = json.loads(reader.getresponse().read())["token"]
    return reader, token


def seen_at(page: WalkerPage) -> float | None:
    return page.last_seen_s


def wrong_with(page: WalkerPage) -> str | None:
    return page.trouble


def ended(connection: socket.socket) -> bool:
    """Whether the page has let go of a connection; waits for it."""
    try:
        while connection.recv(1 << 16):
            pass
    except ConnectionError:
        pass
    return True


def test_it_is_there_from_start_to_stop_and_may_start_again() -> None:
    with served() as page:
        assert asked(page) == 200
        port = port_of(page)
        page.start()
        assert port_of(page) == port, "started twice is started"
        page.stop()
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", port))
        page.start()
        assert asked(page) == 200


def test_who_looks_is_noticed_and_a_stranger_is_not() -> None:
    with served() as page:
        assert asked(page, "/view") == 401
        assert seen_at(page) is None
        reader, _token = signed_in(page)
        reader.close()
        at_s = seen_at(page)
        assert at_s is not None
        assert at_s <= monotonic()


def test_a_port_that_is_taken_is_told_and_tried_again() -> None:
    told = Told()
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        page = WalkerPage(ScriptedWalker(), secret=CODE, host="127.0.0.1", port=other.getsockname()[1], tell=told)
        page.start()
        assert "cannot listen" in (wrong_with(page) or "")
        assert told.sentences == [wrong_with(page)]
        page.stop()
    page.start()
    assert wrong_with(page) is None
    assert asked(page) == 200
    page.stop()


def test_an_address_that_the_network_has_not_yet_is_listened_at() -> None:
    page = WalkerPage(ScriptedWalker(), secret=CODE, host="192.0.2.7", port=0, tell=Told())
    page.start()
    assert page.trouble is None
    assert page.url.startswith("http://192.0.2.7:")
    page.stop()


def test_a_secret_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(BadInput):
        WalkerPage(ScriptedWalker(), secret="1234", host="127.0.0.1", port=0, tell=Told())


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: loc",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: y",
        b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc",
        b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nxxxxxxxxx\r\n",
        b"GET /words/en HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HT",
    ],
)
def test_a_request_that_never_ends_is_let_go(sent: bytes) -> None:
    with served(SHORT) as page, connect(page) as connection:
        connection.sendall(sent)
        assert ended(connection)
        assert asked(page) == 200


def test_headers_without_end_are_let_go() -> None:
    with served(LONG) as page, connect(page) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 2 * MAX_HEADERS)
        assert ended(connection)
        assert asked(page) == 200


def test_many_who_only_connect_keep_nobody_out() -> None:
    with served(LONG) as page, ExitStack() as all_of_them:
        first = [all_of_them.enter_context(connect(page)) for _ in range(MOST)]
        for _ in range(3 * MOST):
            all_of_them.enter_context(connect(page))
        assert asked(page) == 200
        assert all(ended(one) for one in first)
        doors = page._doors
        assert doors is not None
        until(lambda: len(doors) <= MOST, "few enough connections")


def test_a_flood_does_not_displace_the_walkers_own_connection() -> None:
    with served(LONG) as page, ExitStack() as all_of_them:
        walker, token = signed_in(page)
        walker.request("GET", "/track", headers={"authorization": f"Bearer {token}"})
        walker.getresponse().read()
        own = walker.sock
        for _ in range(4 * MOST):
            all_of_them.enter_context(connect(page))
        assert asked(page) == 200
        walker.request("GET", "/track", headers={"authorization": f"Bearer {token}"})
        assert walker.getresponse().status == 200
        assert walker.sock is own
        walker.close()


def test_the_thread_that_watches_and_the_view_are_gone_soon_after_the_last_phone() -> None:
    watching = Watching(ScriptedWalker(), hold_s=0.01, linger_s=0.0)
    assert asyncio.run(watching.after(-1)) is not None
    until(lambda: watching.idle, "the thread to end")


def test_a_view_that_cannot_be_made_is_made_once_it_can() -> None:
    walker = ScriptedWalker()
    walker.broken = RuntimeError("not now")
    watching = Watching(walker, hold_s=0.01)

    async def try_both() -> tuple[bytes | None, bytes | None]:
        first = await watching.after(0)
        walker.broken = None
        return first, await watching.after(-1)

    first, second = asyncio.run(try_both())
    watching.end()
    assert first is None
    assert second is not None
