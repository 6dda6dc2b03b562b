"""Writes the walks as a probe would have recorded them: pcap with radiotap, NMEA, JPEGs with EXIF."""

from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from random import Random
from struct import pack
from typing import TYPE_CHECKING

from tests.town.air import Heard
from tests.town.plan import place
from tests.town.walks import Photo, Step

if TYPE_CHECKING:
    from PIL import Image

    from probe.redact.faces import Pixels
    from tests.town.shots import Shot

MAX_PHOTO_BYTES = 60 * 1024
_POSE = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:GPano="http://ns.google.com/photos/1.0/panorama/" '
    'GPano:PosePitchDegrees="{:.1f}" GPano:PoseRollDegrees="{:.1f}"/></rdf:RDF></x:xmpmeta>'
)


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


def write_photo(path: Path, photo: Photo, shot: "Shot", pixels: "Pixels") -> None:
    """A drawn street with a camera, and the EXIF and XMP that an app for street pictures would write."""
    from PIL import Image
    from PIL.TiffImagePlugin import IFDRational

    picture = Image.fromarray(pixels)
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
    inner[0xA405], inner[0xA002], inner[0xA003] = shot.focal_35mm, picture.width, picture.height
    lat, lon = place(photo.given)
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N" if lat >= 0 else "S", _rationals(abs(lat))
    gps[3], gps[4] = "E" if lon >= 0 else "W", _rationals(abs(lon))
    gps[7] = tuple(IFDRational(part) for part in (at.hour, at.minute, at.second))
    gps[16], gps[17] = "T", IFDRational(round(shot.bearing_deg * 10), 10)
    if photo.distance_m is not None:
        gps[25], gps[26] = "K", IFDRational(round(photo.distance_m * 10), 10_000)
    gps[29], gps[31] = f"{at:%Y:%m:%d}", IFDRational(round(photo.accuracy_m * 10), 10)
    _save_small(path, picture, exif=exif, xmp=_POSE.format(shot.pitch_deg, shot.roll_deg).encode())


def _save_small(path: Path, picture: "Image.Image", **metadata: object) -> None:
    """As good as it goes within the bound, since all of them lie in the wheel; a little soft where that is needed."""
    from PIL import ImageFilter

    for softer in (0.0, 0.5, 0.8, 1.0):
        soft = picture.filter(ImageFilter.GaussianBlur(softer)) if softer else picture
        for quality in (82, 76, 70, 64, 58, 52, *((46, 40, 34, 28) if softer == 1.0 else ())):
            soft.save(path, "JPEG", quality=quality, optimize=True, progressive=True, **metadata)
            if path.stat().st_size <= MAX_PHOTO_BYTES:
                return


def _rationals(degrees: float) -> tuple[object, ...]:
    from PIL.TiffImagePlugin import IFDRational

    whole = int(degrees)
    minutes = int((degrees - whole) * 60)
    seconds = round(((degrees - whole) * 60 - minutes) * 60 * 10_000)
    return IFDRational(whole), IFDRational(minutes), IFDRational(seconds, 10_000)
