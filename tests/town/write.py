"""Writes the walks as a probe would have recorded them: pcap with radiotap, NMEA, JPEGs with EXIF."""

from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from random import Random
from struct import pack

from tests.town.air import Heard
from tests.town.plan import place
from tests.town.walks import Photo, Step


def write_pcap(path: Path, frames: list[Heard], random: Random) -> None:
    """A pcap of link type 127; each frame is marked by nothing but its folder: pcap has no room for a label."""
    out = [pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 127)]
    for number, frame in enumerate(frames):
        packet = _radiotap(frame) + _management(frame, number, random)
        seconds = int(frame.at_s)
        out.append(pack("<IIII", seconds, int((frame.at_s - seconds) * 1e6), len(packet), len(packet)) + packet)
    path.write_bytes(b"".join(out))


def _radiotap(frame: Heard) -> bytes:
    # Present: flags, rate, channel, antenna signal, antenna.
    present = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 11
    channel = frame.sender.channel_mhz
    flags = 0x00A0 if channel < 3000 else 0x0140
    return pack("<BBHIBBHHbB", 0, 0, 16, present, 0, 2, channel, flags, frame.signal_dbm, 0)


def _management(frame: Heard, number: int, random: Random) -> bytes:
    sender = frame.sender
    broadcast, ssid = b"\xff" * 6, sender.ssid or b""
    bssid = broadcast if sender.subtype == 4 else sender.transmitter
    header = pack("<BBH", sender.subtype << 4, 0, 0) + broadcast + sender.transmitter + bssid
    header += pack("<H", (number & 0xFFF) << 4)
    elements = bytes([0, len(ssid)]) + ssid + b"\x01\x08\x82\x84\x8b\x96\x0c\x12\x18\x24"
    if sender.subtype == 4:
        return header + elements
    fixed = pack("<QHH", int(frame.at_s * 1e6) & (1 << 63) - 1, 100, 0x0411)
    tim = bytes([5, 4, random.randrange(3), 3, 0, 0])
    rsn = b"\x30\x14\x01\x00\x00\x0f\xac\x04\x01\x00\x00\x0f\xac\x04\x01\x00\x00\x0f\xac\x02\x00\x00"
    return header + fixed + elements + tim + rsn


def write_nmea(path: Path, steps: list[Step]) -> None:
    """RMC and GGA once a second."""
    lines = []
    for step in steps:
        at = datetime.fromtimestamp(step.at_s, UTC)
        lat, lon = place(step.given)
        where = f"{_dm(abs(lat), 2)},{'N' if lat >= 0 else 'S'},{_dm(abs(lon), 3)},{'E' if lon >= 0 else 'W'}"
        lines.append(f"GPGGA,{at:%H%M%S}.00,{where},1,09,{step.hdop:.1f},12.0,M,50.0,M,,")
        lines.append(f"GPRMC,{at:%H%M%S}.00,A,{where},2.5,,{at:%d%m%y},,,A")
    path.write_text("".join(f"${line}*{_checksum(line):02X}\r\n" for line in lines), newline="")


def _dm(degrees: float, digits: int) -> str:
    whole = int(degrees)
    return f"{whole:0{digits}d}{(degrees - whole) * 60:08.5f}"


def _checksum(line: str) -> int:
    return reduce(lambda total, char: total ^ char, line.encode(), 0)


def write_photo(path: Path, photo: Photo) -> None:
    """A small drawing of a facade and a camera, with the EXIF that a phone would write. No one is in it."""
    from PIL import Image, ImageDraw
    from PIL.TiffImagePlugin import IFDRational

    picture = Image.new("RGB", (240, 180), "#cfe0ea")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((20, 30, 220, 180), fill="#d9cdb8")
    for x in (40, 100, 160):
        pen.rectangle((x, 60, x + 30, 110), fill="#7d93a3")
    pen.ellipse((112, 36, 132, 56), fill="#222222")
    pen.text((44, 150), "COMPOSED / COMPOSÉ", fill="#222222")
    exif = picture.getexif()
    camera = photo.camera
    kind = "surveillance:type=ALPR" if camera.kind == "alpr" else f"camera:type={camera.kind}"
    exif[0x010E] = (
        f"man_made=surveillance; {kind}; camera:mount={camera.mount}; "
        f"camera:direction={photo.direction:.0f}; contrechamp:composed=yes"
    )
    at = datetime.fromtimestamp(photo.at_s, UTC)
    inner = exif.get_ifd(0x8769)
    inner[0x9003], inner[0x9011] = f"{at:%Y:%m:%d %H:%M:%S}", "+00:00"
    lat, lon = place(photo.given)
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N" if lat >= 0 else "S", _rationals(abs(lat))
    gps[3], gps[4] = "E" if lon >= 0 else "W", _rationals(abs(lon))
    gps[7] = tuple(IFDRational(part) for part in (at.hour, at.minute, at.second))
    gps[16], gps[17] = "T", IFDRational(round(photo.bearing_deg * 10), 10)
    if photo.distance_m is not None:
        gps[25], gps[26] = "K", IFDRational(round(photo.distance_m * 10), 10_000)
    gps[29], gps[31] = f"{at:%Y:%m:%d}", IFDRational(round(photo.accuracy_m * 10), 10)
    picture.save(path, "JPEG", quality=55, exif=exif)


def _rationals(degrees: float) -> tuple[object, ...]:
    from PIL.TiffImagePlugin import IFDRational

    whole = int(degrees)
    minutes = int((degrees - whole) * 60)
    seconds = round(((degrees - whole) * 60 - minutes) * 60 * 10_000)
    return IFDRational(whole), IFDRational(minutes), IFDRational(seconds, 10_000)
