"""Tunes a radio by a hand-written nl80211 message: this happens eight times a second for each radio.

Starting `iw` for each visit would cost a small machine a tenth of a core, and the netlink library of the field costs it
25 MB; so the one message that is needed often is written here. All that happens once is left to `iw` and `ip`.
https://www.kernel.org/doc/html/latest/userspace-api/netlink/intro.html, include/uapi/linux/nl80211.h
"""

import socket
from struct import pack, unpack_from

_GENERIC, _REQUEST_ACK, _ERROR = 16, 0x5, 2
_CONTROL, _GET_FAMILY, _FAMILY_ID, _FAMILY_NAME = 16, 3, 1, 2
_SET_WIPHY, _IFINDEX, _FREQUENCY = 2, 3, 38


class NetlinkError(OSError):
    """The kernel refused; `errno` says why."""


class Tuner:
    """Sets the channel of interfaces. Needs CAP_NET_ADMIN. Raises OSError where there is no nl80211."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _GENERIC)
        self._socket.settimeout(1.0)
        self._sequence = 0
        try:
            answer = self._request(_CONTROL, pack("<BBH", _GET_FAMILY, 1, 0) + attribute(_FAMILY_NAME, b"nl80211\0"))
            self._family = family_of(answer)
        except OSError:
            self._socket.close()
            raise

    def close(self) -> None:
        self._socket.close()

    def tune(self, ifindex: int, mhz: int) -> None:
        """Put an interface in monitor mode on a channel, by its middle. Raises NetlinkError where that is refused."""
        self._request(self._family, tuning(ifindex, mhz))

    def _request(self, family: int, body: bytes) -> bytes:
        self._sequence += 1
        self._socket.send(pack("<IHHII", 16 + len(body), family, _REQUEST_ACK, self._sequence, 0) + body)
        answer = b""
        while True:
            data = self._socket.recv(65536)
            acknowledged, content = read_answer(data, self._sequence)
            answer = content or answer
            if acknowledged:
                return answer


def attribute(kind: int, value: bytes) -> bytes:
    """A netlink attribute, padded to four octets."""
    return pack("<HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)


def tuning(ifindex: int, mhz: int) -> bytes:
    """The body of the message that sets the channel: 20 MHz wide, by the middle of the channel."""
    return (
        pack("<BBH", _SET_WIPHY, 0, 0)
        + attribute(_IFINDEX, pack("<I", ifindex))
        + attribute(_FREQUENCY, pack("<I", mhz))
    )


def read_answer(data: bytes, sequence: int) -> tuple[bool, bytes]:
    """Whether an answer acknowledges the request of a number, and its content. Raises NetlinkError for a refusal."""
    at, content = 0, b""
    while at + 16 <= len(data):
        length, kind, _, number, _ = unpack_from("<IHHII", data, at)
        if length < 16 or at + length > len(data):
            break
        if number == sequence:
            if kind == _ERROR and length >= 20:
                (code,) = unpack_from("<i", data, at + 16)
                if code:
                    raise NetlinkError(-code, "refused by the kernel")
                return True, content
            content = data[at + 16 : at + length]
        at += (length + 3) // 4 * 4
    return False, content


def family_of(content: bytes) -> int:
    """The number that the kernel gave a family. Raises OSError where the answer does not say."""
    at = 4
    while at + 4 <= len(content):
        length, kind = unpack_from("<HH", content, at)
        if length < 4:
            break
        if kind & 0x3FFF == _FAMILY_ID and length >= 6 and at + 6 <= len(content):
            return int(unpack_from("<H", content, at + 4)[0])
        at += (length + 3) // 4 * 4
    raise NetlinkError(2, "no nl80211")
