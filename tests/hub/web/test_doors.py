"""Connections that take and give nothing: each has its end, all together have a bound, and a reader gets in."""

import http.client
import logging
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, closing, contextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.server import ServerState

from hub.log.people import Role
from hub.web.app import make_app
from hub.web.doors import Doors, GuardedProtocol, Patience
from hub.web.gate import OpenGate
from hub.web.serve import WebServer
from tests.examples import look, radio
from tests.hub.web.scripted import ScriptedMap
from tests.processes import until

SHORT = Patience(header_s=0.2, body_s=0.2, stall_s=0.2)
ASK = b"GET /api/status HTTP/1.1\r\nHost: localhost\r\n\r\n"
LARGE = b"GET /static/vendor/maplibre-gl.mjs HTTP/1.1\r\nHost: localhost\r\n\r\n"


@contextmanager
def served(doors: Doors) -> Iterator[int]:
    """A page behind doors; gives its port."""
    server = WebServer(
        make_app(ScriptedMap(radio(), look(observer=(200.0, 0.0))), gate=OpenGate(Role.ADMIN)),
        "127.0.0.1",
        0,
        doors=doors,
    )
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def connect(port: int, source: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), source_address=(source, 0))


def ended(connection: socket.socket) -> bool:
    """Whether the page has let go of a connection; waits for it."""
    try:
        while connection.recv(1 << 16):
            pass
    except ConnectionError:
        pass
    return True


def answered(port: int, source: str = "127.0.0.1") -> int:
    """The status that a reader gets who comes now."""
    reader = http.client.HTTPConnection("127.0.0.1", port, source_address=(source, 0))
    with closing(reader):
        reader.request("GET", "/api/status", headers={"Host": "localhost"})
        with reader.getresponse() as answer:
            answer.read()
            return answer.status


def chunk(octets: int) -> bytes:
    return b"%x\r\n" % octets + b"x" * octets + b"\r\n"


UNFINISHED = {
    "nothing": b"",
    "half a header": b"GET / HTTP/1.1\r\nHost: loc",
    "a header without an end": b"GET / HTTP/1.1\r\nHost: localhost\r\nX: y",
    "half a body": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc",
    "a body without an end": b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(9),
    "half a header after a whole request": ASK + b"GET / HT",
    "half a body that nobody reads": ASK.replace(b"\r\n\r\n", b"\r\nContent-Length: 9\r\n\r\nabc"),
}


@pytest.mark.parametrize("sent", UNFINISHED.values(), ids=UNFINISHED)
def test_a_request_that_never_ends_is_let_go(sent: bytes) -> None:
    with served(Doors(patience=SHORT)) as port, connect(port) as connection:
        connection.sendall(sent)
        assert ended(connection)


def test_a_header_by_drops_is_let_go() -> None:
    """Each octet comes in time; the whole never does."""
    with served(Doors(patience=SHORT)) as port, connect(port) as connection:
        connection.settimeout(0.02)
        for octet in b"GET / HTTP/1.1\r\nX: " + b"y" * 9000:
            try:
                connection.sendall(bytes([octet]))
                if connection.recv(1) == b"":
                    return
            except TimeoutError:
                continue
            except ConnectionError:
                return
    pytest.fail("it may drop for ever")


def test_a_reader_who_takes_nothing_is_let_go() -> None:
    doors = Doors(patience=SHORT)
    with served(doors) as port, connect(port) as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        reader.sendall(LARGE * 8)
        until(lambda: len(doors) == 0, "the page lets go of a reader who takes nothing")
        assert answered(port) == 200


def test_more_connections_than_there_is_room_for_keep_nobody_out() -> None:
    doors = Doors(most=8, per_address=6)
    with served(doors) as port, ExitStack() as stack:
        idle = [stack.enter_context(connect(port, f"127.0.0.{2 + n % 20}")) for n in range(200)]
        for connection in idle[100:]:
            connection.sendall(b"GET / HTTP/1.1\r\nHost:")
        assert answered(port) == 200
        assert len(doors) <= 8
        assert answered(port, "127.0.0.7") == 200


def test_streams_have_the_same_bound() -> None:
    doors = Doors(most=8, per_address=6)
    with served(doors) as port, ExitStack() as stack:
        for n in range(40):
            stream = stack.enter_context(connect(port, f"127.0.0.{2 + n % 20}"))
            stream.sendall(b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert stream.recv(1) == b"H"
        assert answered(port) == 200
        assert len(doors) <= 8


def test_one_address_displaces_its_own_and_nobody_else() -> None:
    doors = Doors(most=50, per_address=4)
    with served(doors) as port, ExitStack() as stack:
        reader = stack.enter_context(
            closing(http.client.HTTPConnection("127.0.0.1", port, source_address=("127.0.0.9", 0)))
        )
        reader.request("GET", "/api/events", headers={"Host": "localhost"})
        events = stack.enter_context(reader.getresponse())
        assert events.readline() == b"event: hello\n"
        crowd = [stack.enter_context(connect(port, "127.0.0.8")) for _ in range(30)]
        assert all(ended(one) for one in crowd[:26])
        assert answered(port, "127.0.0.8") == 200
        assert len(doors) <= 5
        assert events.readline() == b"data: {}\n"  # still open


def test_what_strangers_send_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), served(Doors()) as port:
        upgrade = ASK.replace(b"\r\n\r\n", b"\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n")
        for garbage in (b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", upgrade):
            with connect(port) as connection:
                connection.sendall(garbage)
                connection.shutdown(socket.SHUT_WR)
                assert ended(connection)
    assert caplog.records == []


class _Connection(SimpleNamespace):
    """As much of a connection as the doors look at."""

    __hash__ = object.__hash__  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return self is other


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["come", "ask", "go"]), st.integers(0, 40))))
def test_the_bounds_hold_whoever_comes_and_goes(steps: list[tuple[str, str, int]]) -> None:
    doors = Doors(most=6, per_address=3)
    inside: list[_Connection] = []

    def leaver(one: _Connection) -> Callable[[], None]:
        def leave() -> None:
            inside.remove(one)
            doors.leave(cast(GuardedProtocol, one))  # uvicorn tells of each end, also of one that we made

        return leave

    for address, step, which in steps:
        if step == "come":
            one = _Connection(address=address, answering=False)
            one.abort = leaver(one)
            inside.append(one)
            doors.enter(cast(Any, one))
            assert one in inside, "who comes gets in"
        elif inside:
            chosen = inside[which % len(inside)]
            if step == "ask":
                chosen.answering = True
            else:
                leaver(chosen)()
        assert len(doors) == len(inside) <= 6
        assert all(sum(one.address == name for one in inside) <= 3 for name in "abc")


class Started:
    """A task that never runs."""

    def add_done_callback(self, _call: object) -> None: ...


class Turned:
    """An event loop whose clock the test turns, and a transport that remembers whether it was aborted."""

    def __init__(self) -> None:
        self.now_s, self.aborted = 0.0, False
        self._timers: list[tuple[float, SimpleNamespace, Callable[[], None]]] = []

    def call_later(self, seconds: float, call: Callable[[], None]) -> SimpleNamespace:
        handle = SimpleNamespace(cancelled=False)
        handle.cancel = lambda: setattr(handle, "cancelled", True)
        self._timers.append((self.now_s + seconds, handle, call))
        return handle

    def waiting(self) -> int:
        """How many timers are set."""
        return sum(not handle.cancelled for _, handle, _ in self._timers)

    def create_task(self, coroutine: Coroutine[Any, Any, None], **_: object) -> "Started":
        coroutine.close()
        return Started()

    def go(self, seconds: float) -> None:
        self.now_s += seconds
        for at_s, handle, call in self._timers:
            if at_s <= self.now_s and not handle.cancelled:
                handle.cancelled = True
                call()

    def protocol(self, doors: Doors) -> GuardedProtocol:
        config = uvicorn.Config(make_app(ScriptedMap(radio()), gate=OpenGate(Role.READER)), http="h11", log_config=None)
        config.load()
        made = doors.protocol(config=config, server_state=ServerState(), app_state={}, _loop=self)
        assert isinstance(made, GuardedProtocol), "without TLS nobody shakes hands first"
        made.connection_made(
            cast(
                Any,
                SimpleNamespace(
                    get_extra_info=lambda _name: None,
                    is_closing=lambda: False,
                    abort=lambda: setattr(self, "aborted", True),
                    pause_reading=lambda: None,
                    resume_reading=lambda: None,
                ),
            )
        )
        return made


def test_a_large_body_has_its_time_for_each_part_and_a_dribble_has_not() -> None:
    """By the server's own protocol, with a clock that the test turns."""
    turned = Turned()
    patience = Patience(header_s=10.0, body_s=30.0, body_octets=1000)
    protocol = turned.protocol(Doors(patience=patience))
    protocol.data_received(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n")
    for _ in range(4):  # 1,000 octets in 20 s each: 80 s in all
        turned.go(20.0)
        protocol.data_received(b"x" * 1000)
        assert not turned.aborted
    for _ in range(3):
        turned.go(9.0)
        protocol.data_received(b"x")
        assert not turned.aborted
    turned.go(9.0)
    assert turned.aborted
