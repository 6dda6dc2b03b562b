"""A broker that floods a probe: no broker makes it hold more in memory than a hub's messages take."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

from probe.contract.address import BrokerAddress
from probe.uplink.connection import Change, Connection, Message

_MOST = 24 << 20  # the kernels' buffers, and what the probe may hold


@contextmanager
def connected(flood: Callable[[socket.socket], None]) -> Iterator[Connection]:
    """A connection to a broker that lets everybody in, and then does as it likes."""
    with closing(socket.create_server(("127.0.0.1", 0))) as there:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    one, _ = there.accept()
                    with closing(one), suppress(OSError):
                        one.recv(4096)
                        one.sendall(b"\x20\x02\x00\x00")  # CONNACK
                        asked = one.recv(4096)
                        one.sendall(b"\x90\x03" + asked[2:4] + b"\x01")  # SUBACK
                        flood(one)

        threading.Thread(target=serve, daemon=True).start()
        port = there.getsockname()[1]
        with Connection(
            BrokerAddress(host="127.0.0.1", port=port, tls=False),
            users=["one"], password="two", client="three", topics=["t"], is_ours=lambda _hub: True,
        ) as connection:  # fmt: skip
            yield connection


def test_a_message_that_is_larger_than_any_of_a_hub_is_not_read() -> None:
    taken, over = [0], threading.Event()

    def flood(there: socket.socket) -> None:
        there.settimeout(10)
        try:
            there.sendall(b"\x30\xff\xff\xff\x7f\x00\x01t")  # PUBLISH on `t`, of 256 MiB
            while taken[0] < 64 << 20:
                taken[0] += there.send(bytes(1 << 16))
        finally:
            over.set()

    with connected(flood) as connection:
        assert connection.next(30) is Change.UP
        assert over.wait(60)
        assert taken[0] < _MOST
        assert connection.next(30) is Change.DOWN


def test_messages_that_nobody_has_read_yet_are_few() -> None:
    size, count = 256 << 10, 400
    message = b"\x30" + bytes([(size + 3) & 127 | 128, (size + 3) >> 7 & 127 | 128, (size + 3) >> 14])
    sent = threading.Event()

    def flood(there: socket.socket) -> None:
        for _ in range(count):
            there.sendall(message + b"\x00\x01t" + bytes(size))
        sent.set()
        there.recv(1)

    with connected(flood) as connection:
        assert connection.next(30) is Change.UP
        assert sent.wait(60)
        held = 0
        while isinstance(event := connection.next(1.0), Message):
            held += len(event.payload)
        assert 0 < held < _MOST
