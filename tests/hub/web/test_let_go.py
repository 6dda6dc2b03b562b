"""A connection by TLS that has gone leaves nothing behind, and one that takes nothing holds little.

What TLS takes for one, some 60 KB, may hang in a circle of objects, which Python looks for now and then; during a flood
that is hundreds of them. So these tests stop Python from looking.
"""

import asyncio
import gc
import socket
import ssl
import struct
from asyncio.sslproto import SSLProtocol
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest

from hub.keys import HubKeys
from hub.web import certificate
from hub.web.bodies import PORTION
from hub.web.certificate import PageCertificate
from hub.web.doors import Doors, GuardedProtocol, Inside, Patience
from hub.web.handshake import WAITING, Handshake
from tests.hub.web.test_doors import ASK, LARGE, Turned
from tests.hub.web.test_https import served
from tests.processes import until

# No timer of the page rings during a test: what one of them holds stays.
ENDLESS = Patience(header_s=3600.0, body_s=3600.0, stall_s=3600.0)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> PageCertificate:
    return certificate.own(HubKeys(tmp_path_factory.mktemp("hub")), ["127.0.0.1"])


@pytest.fixture
def _uncollected() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def held(*kinds: type) -> int:
    """How many objects of some kinds there are."""
    return sum(type(one) in kinds for one in gc.get_objects())


class Counted(Doors):
    """Doors that know how many have come."""

    came = 0

    def enter(self, one: Inside) -> None:
        self.came += 1
        super().enter(one)


def by_tls(raw: socket.socket) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(raw)


def goes_at_once(_raw: socket.socket) -> None: ...


def begins_a_handshake(raw: socket.socket) -> None:
    raw.sendall(b"\x16\x03")


def speaks_no_tls(raw: socket.socket) -> None:
    raw.sendall(ASK)
    with suppress(ConnectionError):
        while raw.recv(1 << 16):
            pass


def breaks_off_after_an_answer(raw: socket.socket) -> None:
    with by_tls(raw) as tls:
        tls.sendall(ASK)
        assert tls.recv(1 << 16)
        tls.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close() resets it


@pytest.mark.usefixtures("_uncollected")
@pytest.mark.parametrize("visit", [goes_at_once, begins_a_handshake, speaks_no_tls, breaks_off_after_an_answer])
def test_who_has_gone_leaves_nothing_behind(made: PageCertificate, visit: Callable[[socket.socket], None]) -> None:
    before = held(SSLProtocol, Handshake, GuardedProtocol)
    doors = Counted(patience=ENDLESS, tls=made.context)
    with served(made, doors) as port:
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", port)) as raw:
                visit(raw)
        until(lambda: doors.came >= 5 and len(doors) == 0, "all to have come and gone")
        until(lambda: held(SSLProtocol, Handshake, GuardedProtocol) <= before, "nothing that is held")


@pytest.mark.usefixtures("_uncollected")
def test_who_is_displaced_before_the_handshake_leaves_nothing_behind(made: PageCertificate) -> None:
    """All of them come in one turn of the loop, so that most have to go before their handshake has begun."""
    before, most, came = held(SSLProtocol, Handshake), 4, 40
    doors = Doors(most=most, per_address=most, patience=ENDLESS, tls=made.context)
    met: list[None] = []

    def meet() -> asyncio.Protocol:
        met.append(None)
        return doors.protocol()

    async def besieged(listener: socket.socket) -> None:
        server = await asyncio.get_running_loop().create_server(meet, sock=listener, backlog=came)
        with ExitStack() as stack:
            for _ in range(came):
                stack.enter_context(socket.create_connection(listener.getsockname()))
            async with asyncio.timeout(60):
                while len(met) < came or len(doors) < most or held(SSLProtocol, Handshake) > before + 2 * most:
                    await asyncio.sleep(0.02)
        server.close()

    with socket.create_server(("127.0.0.1", 0), backlog=came) as listener:
        asyncio.run(besieged(listener))
    assert held(SSLProtocol, Handshake) <= before


def test_no_timer_holds_a_connection_that_broke_off() -> None:
    turned = Turned()
    protocol = turned.protocol(Doors(patience=ENDLESS))
    protocol.on_response_complete()  # from here on uvicorn waits for the next request
    assert turned.waiting() > 0
    protocol.connection_lost(ConnectionResetError())
    assert turned.waiting() == 0


@pytest.mark.usefixtures("_uncollected")
def test_a_reader_by_tls_who_takes_nothing_holds_a_portion_and_not_the_whole(made: PageCertificate) -> None:
    def stalled() -> list[GuardedProtocol]:
        return [one for one in gc.get_objects() if type(one) is GuardedProtocol and one.flow.write_paused]

    with (
        served(made, Doors(patience=ENDLESS, tls=made.context)) as port,
        by_tls(socket.create_connection(("127.0.0.1", port))) as deaf,
    ):
        deaf.sendall(LARGE * 20)
        until(lambda: len(stalled()) == 1, "a reader for whom the page waits")
        (one,) = stalled()
        assert one.transport.get_write_buffer_size() <= WAITING + PORTION + 1024
