"""MQTT 3.1.1 by hand, over a socket: a client that also says what no library would let it say."""

import contextlib
import socket
import ssl
from types import TracebackType

from probe.contract.address import BrokerAddress

WAIT_S = 60.0  # far longer than it takes: the machine may be busy
_BIND_ADDRESS_NO_PORT = 24  # Linux: the port is chosen as it connects, not among those that one listens on
CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = 1, 2, 3, 4, 8, 9, 12, 13, 14


def text(said: str | bytes) -> bytes:
    """A string as it travels."""
    octets = said.encode() if isinstance(said, str) else said
    return len(octets).to_bytes(2, "big") + octets


def length_of(count: int) -> bytes:
    """A packet's length as it travels."""
    octets = b""
    while True:
        octets += bytes([count & 0x7F | (0x80 if count > 0x7F else 0)])
        count >>= 7
        if not count:
            return octets


def packet(kind: int, body: bytes = b"", flags: int = 0) -> bytes:
    """A whole packet."""
    return bytes([kind << 4 | flags]) + length_of(len(body)) + body


def connect(
    user: str | None,
    password: str | None,
    client: str = "",
    *,
    clean: bool = True,
    will: tuple[str, bytes] | None = None,
    will_retain: bool = False,
    keep_alive_s: int = 60,
) -> bytes:
    """A CONNECT; a will is sent at QoS 1."""
    marks = 0x02 * clean | 0x80 * (user is not None) | 0x40 * (password is not None)
    body = text(client)
    if will is not None:
        marks |= 0x04 | 0x08 | 0x20 * will_retain
        body += text(will[0]) + text(will[1])
    body += text(user) if user is not None else b""
    body += text(password) if password is not None else b""
    return packet(CONNECT, text("MQTT") + bytes([4, marks]) + keep_alive_s.to_bytes(2, "big") + body)


def publish(topic: str, payload: bytes = b"", *, number: int = 1, retain: bool = False, qos: int = 1) -> bytes:
    """A PUBLISH."""
    head = text(topic) + (number.to_bytes(2, "big") if qos else b"")
    return packet(PUBLISH, head + payload, qos << 1 | retain)


def subscribe(topic: str, *, number: int = 1, qos: int = 1) -> bytes:
    """A SUBSCRIBE to one filter."""
    return packet(SUBSCRIBE, number.to_bytes(2, "big") + text(topic) + bytes([qos]), 2)


def _connected(host: str, port: int, source: str | None) -> socket.socket:
    """A socket whose own port stays free for others to listen on at once: many come and go here."""
    plain = socket.socket()
    try:
        plain.settimeout(WAIT_S)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if source is not None:
            plain.setsockopt(socket.IPPROTO_IP, _BIND_ADDRESS_NO_PORT, 1)
            plain.bind((source, 0))
        plain.connect((host, port))
    except BaseException:
        plain.close()
        raise
    return plain


class Wire:
    """A connection to a broker, by TLS where its address says so. Everything waits, but not for ever."""

    def __init__(self, url: str, source: str | None = None) -> None:
        address = BrokerAddress.parse(url)
        plain = _connected(address.host, address.port, source)
        if address.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            try:
                plain = context.wrap_socket(plain)
            except BaseException:
                plain.close()
                raise
        self._socket = plain
        self._number = 0
        self.present = False  # whether the broker still had a session of ours
        self.heard: list[tuple[str, bytes]] = []

    def __enter__(self) -> "Wire":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.cut()

    def cut(self) -> None:
        """Go without a word."""
        self._socket.close()

    def leave(self) -> None:
        """Go as one should."""
        with contextlib.suppress(OSError):
            self.send(packet(DISCONNECT))
        self.cut()

    def finish(self) -> None:
        """Say that no more comes, and wait until the other side hangs up, having read all. Raises OSError."""
        self._socket.shutdown(socket.SHUT_WR)
        while self._socket.recv(65_536):
            pass

    def send(self, octets: bytes) -> None:
        """Send whatever octets. Raises OSError where the other side has gone."""
        self._socket.sendall(octets)

    def login(self, octets: bytes) -> bool:
        """Send a CONNECT; whether it lets us in."""
        try:
            self.send(octets)
        except OSError:
            return False
        answer = self.next()
        if answer is None or answer[0] != CONNACK:
            return False
        self.present = bool(answer[2][0])
        return answer[2][1] == 0

    def next(self) -> tuple[int, int, bytes] | None:
        """Kind, flags and body of the next packet; None where the other side has hung up."""
        try:
            first = self._exactly(1)[0]
            length = shift = 0
            while True:
                octet = self._exactly(1)[0]
                length |= (octet & 0x7F) << shift
                shift += 7
                if not octet & 0x80:
                    return first >> 4, first & 0x0F, self._exactly(length)
        except TimeoutError:
            raise AssertionError("the broker neither answered nor hung up") from None
        except (OSError, EOFError):
            return None

    def publish(self, topic: str, payload: bytes = b"", *, retain: bool = False) -> bool:
        """Send a message at QoS 1; whether the broker took it, which is not to say that anybody gets it."""
        self._number += 1
        return self._answered(publish(topic, payload, number=self._number, retain=retain), PUBACK) is not None

    def subscribe(self, topic: str) -> bool:
        """Ask for a topic; whether the broker says yes, which is not to say that anything comes."""
        self._number += 1
        answer = self._answered(subscribe(topic, number=self._number), SUBACK)
        return answer is not None and answer[2] < 0x80

    def ping(self) -> bool:
        """Whether the other side is still there."""
        return self._answered(packet(PINGREQ), PINGRESP) is not None

    def hears(self, topic: str, payload: bytes) -> bool:
        """Wait for a message; False where the broker hangs up before it comes."""
        while (topic, payload) not in self.heard:
            if not self._take():
                return False
        return True

    def _answered(self, octets: bytes, kind: int) -> bytes | None:
        try:
            self.send(octets)
        except OSError:
            return None
        while (answer := self.next()) is not None:
            if answer[0] == kind:
                return answer[2]
            self._note(*answer)
        return None

    def _take(self) -> bool:
        answer = self.next()
        if answer is not None:
            self._note(*answer)
        return answer is not None

    def _note(self, kind: int, flags: int, body: bytes) -> None:
        if kind != PUBLISH:
            return
        end = 2 + int.from_bytes(body[:2], "big")
        topic, rest = body[2:end].decode(), body[end:]
        if flags & 0x06:
            number, rest = rest[:2], rest[2:]
            with contextlib.suppress(OSError):
                self.send(packet(PUBACK, number))
        self.heard.append((topic, rest))

    def _exactly(self, count: int) -> bytes:
        octets = bytearray()
        while len(octets) < count:
            more = self._socket.recv(count - len(octets))
            if not more:
                raise EOFError
            octets += more
        return bytes(octets)
