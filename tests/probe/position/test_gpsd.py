"""A receiver behind gpsd: a server that speaks its protocol, over a real socket. Debian's gpsd itself was not tried."""

import json
import socket
import threading
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.errors import BadInput, SourceLost
from probe.position.gpsd import GpsdPort, gpsd_address, is_gpsd
from probe.position.live import LivePosition
from probe.position.receiver import Receiver
from tests.processes import until

HELLO = b'{"class":"VERSION","release":"3.25","proto_major":3,"proto_minor":15}\r\n'
DEVICES = b'{"class":"DEVICES","devices":[{"class":"DEVICE","path":"/dev/ttyACM0"}]}\r\n'
FIX = (
    b"$GPRMC,120000.00,A,4713.1040,N,00133.2160,W,0.1,0.0,090526,,,A*77\r\n"
    b"$GPGGA,120000.00,4713.1040,N,00133.2160,W,1,08,1.2,20.0,M,,M,,*40\r\n"
)


def with_sum(line: bytes) -> bytes:
    body = line[1 : line.index(b"*")]
    check = 0
    for octet in body:
        check ^= octet
    return b"$%s*%02X\r\n" % (body, check)


class Gpsd:
    """Says hello, waits to be asked, passes a fix on, and ends when told to."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.asked = b""
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        there, _ = self._server.accept()
        with there:
            there.sendall(HELLO)
            while not self.asked.endswith(b";\n"):
                self.asked += there.recv(100)
            there.sendall(DEVICES + b"".join(with_sum(line) for line in FIX.splitlines()))
            self._end.wait(60)

    def close(self) -> None:
        self._end.set()
        self._thread.join(60)
        self._server.close()


def test_its_sentences_become_a_place_and_its_end_is_told() -> None:
    gpsd = Gpsd()
    position = LivePosition(lambda: 1000.0, not_before=date(2026, 1, 1))
    receiver = Receiver("gpsd", GpsdPort("127.0.0.1", gpsd.port), position)
    lost: list[Exception] = []

    def read() -> None:
        try:
            list(receiver.events())
        except SourceLost as problem:
            lost.append(problem)

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    until(lambda: position.at(1000.0) is not None, "a fix")
    fix = position.at(1000.0)
    assert fix is not None
    assert fix.lat == pytest.approx(47.2184, abs=1e-4)
    assert fix.lon == pytest.approx(-1.5536, abs=1e-4)
    assert json.loads(gpsd.asked.removeprefix(b"?WATCH=").removesuffix(b";\n")) == {"enable": True, "nmea": True}
    gpsd.close()
    reading.join(60)
    assert "unplugged" in str(lost[0]), "it is opened again"


def test_where_nobody_answers_it_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(SourceLost, match=f"gpsd at 127.0.0.1:{port}: nobody answers"):
        GpsdPort("127.0.0.1", port)


@pytest.mark.parametrize(
    ("word", "address"),
    [
        ("gpsd", ("127.0.0.1", 2947)),
        ("gpsd://pi.local", ("pi.local", 2947)),
        ("gpsd://10.0.0.2:2950", ("10.0.0.2", 2950)),
        ("gpsd://[::1]:2948", ("::1", 2948)),
        ("gpsd://[::1]", ("::1", 2947)),
    ],
)
def test_words_for_it(word: str, address: tuple[str, int]) -> None:
    assert is_gpsd(word)
    assert gpsd_address(word) == address


@pytest.mark.parametrize("word", ["gpsd://h:0", "gpsd://h:99999", "gpsd://h:x", "gpsd://h:1/path", "gpsd://h:²"])
def test_what_is_no_address_is_a_sentence(word: str) -> None:
    with pytest.raises(BadInput, match="give gpsd, gpsd://host or gpsd://host:port"):
        gpsd_address(word)


@given(st.text(max_size=30))
def test_any_word_is_an_address_or_a_sentence(rest: str) -> None:
    try:
        _, port = gpsd_address(f"gpsd://{rest}")
    except BadInput:
        return
    assert 0 < port < 65536


def test_a_device_is_no_gpsd() -> None:
    assert not is_gpsd("/dev/ttyACM0")
