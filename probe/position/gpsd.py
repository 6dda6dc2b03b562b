"""A receiver behind gpsd, on this machine or another: its NMEA, as a port that is read like any other.

https://gpsd.io/client-howto.html: gpsd says who it is in JSON, and passes sentences on once it is asked to.
"""

import socket

from probe.errors import BadInput, SourceLost

WORD, PORT = "gpsd", 2947
_CONNECT_S, _READ_S = 5.0, 1.0
_WATCH = b'?WATCH={"enable":true,"nmea":true};\n'


def is_gpsd(text: str) -> bool:
    """Whether a word for a receiver means gpsd: `gpsd`, `gpsd://host` or `gpsd://host:port`."""
    return text == WORD or text.startswith(f"{WORD}://")


def gpsd_address(text: str) -> tuple[str, int]:
    """Host and port in such a word; an IPv6 host stands in brackets. Raises BadInput."""
    rest = text.removeprefix(WORD).removeprefix("://")
    host, mark, port = rest.rpartition(":") if rest.count(":") == 1 or "]:" in rest else (rest, "", "")
    number = int(port) if port.isascii() and port.isdecimal() and len(port) <= 5 else 0
    if (mark and not 0 < number < 65536) or "/" in rest:
        raise BadInput(f"--gnss {text!r}: give gpsd, gpsd://host or gpsd://host:port")
    return host.strip("[]") or "127.0.0.1", number or PORT


class GpsdPort:
    """A connection to gpsd. `read` returns what came within a second, b"" for nothing; raises OSError where it ended.

    Raises SourceLost where nobody answers.
    """

    def __init__(self, host: str, port: int) -> None:
        try:
            self._socket = socket.create_connection((host, port), _CONNECT_S)
            self._socket.sendall(_WATCH)
        except OSError as problem:
            raise SourceLost(f"gpsd at {host}:{port}: nobody answers ({problem}); is it running?") from problem
        self._socket.settimeout(_READ_S)

    def read(self, size: int = 1, /) -> bytes:
        try:
            data = self._socket.recv(size)
        except TimeoutError:
            return b""
        if not data:
            raise OSError("gpsd has ended")
        return data

    def write(self, data: bytes, /) -> int:
        """Nothing is said to gpsd but the first word."""
        return len(data)

    def close(self) -> None:
        self._socket.close()
