"""What a watched machine let out of its memory, and whether anything of a picture was in it that nobody may see."""

import base64
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
RUN = 48  # so many octets in a row, as a picture has them in memory, are no chance
ROWS = 40
_WORD = 8
# Where the first octets do not tell enough, more has to follow: sealed octets have three such in a row now and then.
PICTURES = {
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "WebP": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "AVIF or HEIC": re.compile(rb"ftyp(?:avif|heic|mif1)"),
    "TIFF": re.compile(rb"(?:II\*\0|MM\0\*)\x00?.{0,6}\0\0\0", re.DOTALL),
    "BMP": re.compile(rb"BM....\0\0\0\0.\0\0\0\x28\0\0\0", re.DOTALL),
    "NumPy": re.compile(rb"\x93NUMPY"),
    "PPM": re.compile(rb"P[56]\n\d+ \d+\n255\n"),
    "JPEG in base 64": re.compile(rb"/9j/4[AQ]{2}"),
    "JPEG in hexadecimal": re.compile(rb"ffd8ffe0|FFD8FFE0"),
}
_MOUNTS = {"/", "/data", "/tmp", "/run", "/dev/shm"}  # noqa: S108 (they are watched)
_QUIET = re.compile(r"/dev/(null|zero|u?random|tty|video\d+|media\d+|v4l-subdev\d+|dma_heap/.+|udmabuf|gpiochip\d+)")
INET, INET6, NETLINK = 2, 10, 16
_SOCKET = re.compile(r"^(?P<name>.+?)-(?P<pid>\d+) .*sys_socket\(family: (?P<family>[0-9a-f]+)")
_SEND = re.compile(r"^(?P<name>.+?)-(?P<pid>\d+) .*unix_\w+_sendmsg.* size=(?P<size>\d+)")
_BENCH = re.compile(r"dropbear|sh|bash|scp|sftp-server|\(?udev|systemd-udevd|v4l2-ctl|cat|sleep|kill|ip|sync|dmsetup")


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written to: what new octets were in it each time somebody looked, and who wrote it."""

    path: str
    octets: bytes
    by: list[dict[str, str]]
    whole: bool


@dataclass(slots=True)
class Seen:
    """What the watch saw, and what a program said on its outputs."""

    files: list[Written] = field(default_factory=list)
    flows: dict[str, bytes] = field(default_factory=dict)
    traced: list[str] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    machine: dict[str, object] = field(default_factory=dict)
    said: dict[str, bytes] = field(default_factory=dict)

    def octets(self) -> Iterator[tuple[str, bytes]]:
        """All that left memory, by where it went."""
        yield from ((written.path, written.octets) for written in self.files)
        yield from self.flows.items()
        yield from self.said.items()


def seen(lines: list[str]) -> Seen:
    """What the watch told at its end."""
    found = Seen()
    for line in lines:
        told = json.loads(line)
        match told.pop("what"):
            case "file":
                octets = base64.b64decode(told["octets"])
                found.files.append(Written(told["path"], octets, told["by"], told["whole"]))
            case "flow":
                found.flows[told["flow"]] = base64.b64decode(told["octets"])
            case "traced":
                found.traced.append(told["line"])
            case "devices":
                found.devices = told["names"]
            case "machine":
                found.machine = told
    assert found.machine, f"the watch did not come to its end: {lines[-1:]}"
    return found


class Secret:
    """A part of a picture that has to stay in memory, as rows of octets in each order in which cameras and programs
    have them. Octets without any change in them are no sign of it."""

    def __init__(self, parts: Sequence[Pixels]) -> None:
        rows = [octets for pixels in parts if pixels.size for octets in self._orders(some_rows(pixels))]
        self._words = np.unique(np.concatenate([telling(words(octets)) for octets in rows]))
        assert self.longest(rows[0]) >= RUN, "there is too little in this picture to know it by"

    @staticmethod
    def _orders(pixels: Pixels) -> Iterator[bytes]:
        red, green, blue = (pixels[..., number].astype(np.int32) for number in range(3))
        grey = ((299 * red + 587 * green + 114 * blue + 500) // 1000).astype(np.uint8)
        orders = [pixels, pixels[..., ::-1], grey, *(pixels[..., number] for number in range(3))]
        with_alpha = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
        orders += [with_alpha, with_alpha[..., [2, 1, 0, 3]]]
        yield from (np.ascontiguousarray(order).tobytes() for order in orders)

    def longest(self, octets: bytes) -> int:
        """How many octets in a row are in it as they are in the picture."""
        if len(octets) < _WORD:
            return 0
        there = words(octets)
        at = np.minimum(np.searchsorted(self._words, there), self._words.size - 1)
        known = self._words[at] == there
        ends = np.flatnonzero(np.diff(np.concatenate(([0], known.view(np.int8), [0]))))
        return int((ends[1::2] - ends[::2]).max(initial=0)) + _WORD - 1 if ends.size else 0


def some_rows(pixels: Pixels) -> Pixels:
    """Rows spread over a part of a picture: whoever lets a part out lets some of these out."""
    return pixels[:: -(-pixels.shape[0] // ROWS)]


def words(octets: bytes) -> NDArray[np.uint64]:
    """The eight octets from each on."""
    if len(octets) < _WORD:
        return np.empty(0, np.uint64)
    return np.ndarray((len(octets) - _WORD + 1,), np.uint64, octets, strides=(1,))


def telling(some: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Those in which not all octets are the same, and not half of them zero."""
    octets = np.ascontiguousarray(some).view(np.uint8).reshape(-1, _WORD)
    told: NDArray[np.uint64] = some[(octets != octets[:, :1]).any(axis=1) & ((octets == 0).sum(axis=1) < _WORD // 2)]
    return told


def picture_in(octets: bytes) -> str | None:
    """What kind of picture begins somewhere in there."""
    for kind, pattern in PICTURES.items():
        if pattern.search(octets):
            return kind
    at = octets.find(b"\xff\xd8\xff")
    while at >= 0:
        if _is_jpeg(octets, at + 2):
            return "JPEG"
        at = octets.find(b"\xff\xd8\xff", at + 1)
    return None


def _is_jpeg(octets: bytes, at: int) -> bool:
    """Whether two segments follow, each of the length that it says. Sealed octets look so once in 10^11."""
    for _ in range(2):
        if at + 4 > len(octets) or octets[at] != 0xFF or not 0xC0 <= octets[at + 1] <= 0xFE:
            return False
        at += 2 + int.from_bytes(octets[at + 2 : at + 4], "big")
    return at >= len(octets) or octets[at] == 0xFF


def leaks(found: Seen, secret: Secret, allowed: str) -> list[str]:
    """A sentence for each thing that may not be; `allowed` are the paths of files that may be written."""
    told = [f"{path}: written" for path in (each.path for each in found.files) if not re.fullmatch(allowed, path)]
    told += [f"{name}: used" for name in found.devices if not _QUIET.fullmatch(name)]
    for where, octets in found.octets():
        run, kind = secret.longest(octets), picture_in(octets)
        told += [f"{where}: {run} octets of the picture as they were"] if run >= RUN else []
        told += [f"{where}: a {kind}"] if kind is not None else []
    for written in found.files:
        told += [f"{written.path}: too large to be looked at"] if not written.whole else []
        probes = [each for each in written.by if each["name"].startswith(("contrechamp", "python"))]
        told += [f"{each['name']}: may dump core" for each in probes if each["core"] not in ("0", "")]
    return told + _sockets(found) + _machine(found)


def _sockets(found: Seen) -> list[str]:
    told = []
    for line in found.traced:
        made, sent = _SOCKET.match(line), _SEND.match(line)
        if made and not _BENCH.match(made["name"]) and int(made["family"], 16) not in (1, INET, INET6, NETLINK):
            told.append(f"{made['name']}: a socket of family {int(made['family'], 16)}")
        if sent and not _BENCH.match(sent["name"]) and int(sent["pid"]) != found.machine["own"]:
            told.append(f"{sent['name']}: {sent['size']} octets to a Unix socket")
    return told


def _machine(found: Seen) -> list[str]:
    """What of the watch itself was not as it has to be."""
    told = [f"{at}: not watched" for at in sorted(_MOUNTS - set(found.machine["mounts"]))]  # type: ignore[call-overload]
    told += ["memory may be swapped to a disk"] if found.machine["swaps"] else []
    told += ["packets were missed"] if found.machine["lost"] else []
    return told + (["writes were missed"] if found.machine["overflowed"] else [])
