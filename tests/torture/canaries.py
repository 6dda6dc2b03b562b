"""What must not be found on a seized card, in a broker's files or on the wire; and how it is looked for."""

import json
import struct
import zlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

_BLOCK = 4096
_STREAMS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"\x1f\x8b\x08")


@dataclass(frozen=True)
class Canary:
    """Something secret, in the forms in which it could have been written down."""

    name: str
    forms: tuple[bytes, ...]


def canaries(sightings: list[bytes], extra: dict[str, str]) -> list[Canary]:
    """What the plain sightings (JSON) of a walk give away: places, times, addresses, names; and other texts."""
    found: dict[str, set[bytes]] = {}

    def add(name: str, *forms: bytes) -> None:
        found.setdefault(name, set()).update(form for form in forms if len(form) >= 6)

    for line in sightings:
        told = json.loads(line)
        for place in _places(told):
            for value in place:
                written = f"{value:.5f}".encode()
                add(f"place {value}", written, struct.pack("<d", value), struct.pack(">d", value))
        if "time" in told:
            day, clock = told["time"]["utc"][:19].split("T")
            # Hour and minute as text: the day alone is no secret of a walk's.
            add(f"time {day} {clock}", f"{day}T{clock[:5]}".encode(), f"{day} {clock[:5]}".encode())
        address = told.get("radio", {}).get("transmitter")
        if address is not None:
            octets = bytes.fromhex(address.replace(":", ""))
            add(f"address {address}", address.encode(), address.upper().encode(), octets, octets.hex().encode())
        for evidence in told.get("evidence", []):
            if evidence.get("ssid") and len(evidence["ssid"]) > 5:
                add(f"name {evidence['ssid']}", evidence["ssid"].encode(), evidence["ssid"].encode("utf-16-le"))
    for name, text in extra.items():
        add(name, text.encode(), text.encode("utf-16-le"))
    add("a picture", b"JFIF\0\1", b"Exif\0\0", b"Exif\0II", b"Exif\0MM")
    return [Canary(name, tuple(sorted(forms))) for name, forms in found.items()]


def traces(data: bytes, wanted: list[Canary]) -> list[str]:
    """The names of what is in the data: plain, in base64, or within a compressed stream."""
    by_start: dict[int, list[tuple[bytes, str]]] = {}
    for canary in wanted:
        for plain in canary.forms:
            for form in _written(plain):
                by_start.setdefault(int.from_bytes(form[:4], "little"), []).append((form, canary.name))
    starts = np.array(sorted(by_start), dtype=np.uint32)
    found: set[str] = set()
    for part in (_without_holes(data), *_inflated(_without_holes(data))):
        octets = np.frombuffer(part, dtype=np.uint8).astype(np.uint32)
        if len(octets) < 4:
            continue
        windows = octets[:-3] | octets[1:-2] << 8 | octets[2:-1] << 16 | octets[3:] << 24
        for at in np.flatnonzero(np.isin(windows, starts)):
            for form, name in by_start[int(windows[at])]:
                if name not in found and part.startswith(form, at):
                    found.add(name)
    return sorted(found)


def _without_holes(data: bytes) -> bytes:
    """The data without blocks of nothing but zeros, of which a card's free space is full."""
    zeros = bytes(_BLOCK)
    blocks = (data[at : at + _BLOCK] for at in range(0, len(data), _BLOCK))
    return b"".join(block for block in blocks if block != zeros[: len(block)])


def _written(form: bytes) -> Iterator[bytes]:
    yield form
    if len(form) >= 8:
        for shift in range(3):  # base64 of the form at any place in a longer text
            yield b64encode(bytes(shift) + form)[4 if shift else 0 :].rstrip(b"=")[: len(form) * 4 // 3 - 3]


def _places(part: object) -> Iterator[tuple[float, float]]:
    if isinstance(part, dict):
        if "lat" in part and "lon" in part:
            yield part["lat"], part["lon"]
        for value in part.values():
            yield from _places(value)
    elif isinstance(part, list):
        for value in part:
            yield from _places(value)


def _inflated(data: bytes) -> Iterator[bytes]:
    """Whatever can be unpacked anywhere in the data."""
    for magic in _STREAMS:
        at = data.find(magic)
        while at >= 0:
            unpacker = zlib.decompressobj(31 if magic[0] == 0x1F else 15)
            try:
                part = unpacker.decompress(data[at : at + 65_536], 1 << 20)
            except zlib.error:
                part = b""
            if len(part) >= 32:
                yield part
            at = data.find(magic, at + 1)
