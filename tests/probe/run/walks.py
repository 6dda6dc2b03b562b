"""A recorded walk past one camera, made by a test: short, and with a way."""

from pathlib import Path

from tests.probe.position.test_nmea import sentence
from tests.probe.radio.compose import beacon, radiotap

BEGAN_S = 1_780_000_000


def made_walk(folder: Path, seconds: int = 60, *, track: bool = True) -> Path:
    """The folder of a walk that hears one camera each second."""
    folder.mkdir()
    header = b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00" + bytes(8) + b"\xff\xff\x00\x00" + (127).to_bytes(4, "little")
    packets = b"".join(_packet(BEGAN_S + second) for second in range(seconds))
    (folder / "frames.pcap").write_bytes(header + packets)
    if track:
        lines = [_fix(second) for second in range(-5, seconds + 5)]
        (folder / "track.nmea").write_text("".join(lines))
    return folder


def _packet(at_s: int) -> bytes:
    data = radiotap(beacon())
    return b"".join(part.to_bytes(4, "little") for part in (at_s, 0, len(data), len(data))) + data


def _fix(second: int) -> str:
    """A place each second, some metres on: 28 May 2026, 20:26:40 UTC is when it began."""
    of_day = (20 * 3600 + 26 * 60 + 40 + second) % 86_400
    hour, minute, second_of = of_day // 3600, of_day // 60 % 60, of_day % 60
    body = f"GPRMC,{hour:02}{minute:02}{second_of:02}.00,A,{4701 + second * 6e-4:.5f},N,01700.00000,W,2.5,,280526,,,A"
    return sentence(body)
