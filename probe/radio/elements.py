"""The tagged elements of 802.11 management frames: the network name, vendor elements, Wi-Fi Protected Setup."""

from collections.abc import Iterator

from probe.detect.rule import Setup

SSID, TIM, QBSS_LOAD, VENDOR = 0, 5, 11, 221
WPS_OUI = b"\x00\x50\xf2\x04"
MAX_ELEMENTS = 128  # of 2 octets at least in a frame of 2304: what says more than this is not worth more


def find_ssid(elements: bytes) -> tuple[bytes | None, bool]:
    """The name among a frame's elements, and whether the elements end where they should.

    A name longer than the 32 octets that a name may have is no name; one of zeros alone is how some hide theirs.
    """
    at, end, ssid = 0, len(elements), None
    try:
        while at < end:
            if not elements[at] and ssid is None:
                stop = at + 2 + elements[at + 1]
                if stop > end or stop - at > 34:
                    return None, False
                ssid = elements[at + 2 : stop]
                at = stop
            else:
                at += 2 + elements[at + 1]
    except IndexError:
        at = -1
    if ssid and not ssid[0] and not ssid.strip(b"\0"):
        ssid = b""
    return ssid, at == end


def walk(elements: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and body of each whole element, as far as they go."""
    at, end = 0, len(elements)
    for _ in range(MAX_ELEMENTS):
        if at + 2 > end:
            return
        stop = at + 2 + elements[at + 1]
        if stop > end:
            return
        yield elements[at], elements[at + 2 : stop]
        at = stop


def whole_part(frame: bytes) -> bytes:
    """A management frame that was cut short, up to the end of its last whole element."""
    at = {0x00: 28, 0x20: 34, 0x40: 24, 0x50: 36, 0x80: 36}.get(frame[0] if frame else 0, len(frame))
    if len(frame) > 1 and frame[1] & 0x80:
        at += 4  # +HTC: four more octets of header
    while at + 2 <= len(frame) and at + 2 + frame[at + 1] <= len(frame):
        at += 2 + frame[at + 1]
    return frame[:at]


def passing(elements: bytes) -> tuple[int, int, int, int]:
    """The bodies of the traffic map and of the load report, as two stretches of octets (see `Memory.cuts`)."""
    found: list[int] = []
    at, end = 0, len(elements)
    while at + 2 <= end and len(found) < 4:
        stop = at + 2 + elements[at + 1]
        if stop > end:
            break
        if elements[at] in (TIM, QBSS_LOAD):
            found += (at + 2, stop)
        at = stop
    found += [end] * (4 - len(found))
    return found[0], found[1], found[2], found[3]


def order(elements: bytes) -> str:
    """The elements' numbers in the order in which they came, without the name; vendor elements with their first octets.

    `1,50,221.0050f208`: it gives a driver away. Bodies of vendor elements are cut after 7 octets.
    """
    parts = (
        f"{number}.{body[:7].hex()}" if number == VENDOR else str(number) for number, body in walk(elements) if number
    )
    return ",".join(parts)


def wps(elements: bytes) -> Setup | None:
    """What the frame says in Wi-Fi Protected Setup (Wi-Fi Simple Configuration 2.0.2, 12), or None where nothing."""
    for number, body in walk(elements):
        if number == VENDOR and body.startswith(WPS_OUI):
            return _attributes(body[4:])
    return None


def _attributes(data: bytes) -> Setup:
    texts: dict[int, str] = {}
    device_type, at = None, 0
    while at + 4 <= len(data):
        kind, length = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
        value = data[at + 4 : at + 4 + length]
        if len(value) < length:
            break
        if kind == 0x1054 and length == 8 and value[2:6] == WPS_OUI:
            device_type = f"{int.from_bytes(value[:2], 'big')}-{int.from_bytes(value[6:], 'big')}"
        elif kind in (0x1021, 0x1023) and 0 < length <= 64:
            texts[kind] = ssid_text(value.rstrip(b"\0 "))[:200]
        at += 4 + length
    return Setup(manufacturer=texts.get(0x1021) or None, model=texts.get(0x1023) or None, device_type=device_type)


def ssid_text(octets: bytes) -> str:
    """A name as text: UTF-8 where it is, else with octets escaped as `\\xhh`; control characters always escaped."""
    text = octets.decode("utf-8", errors="backslashreplace")
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
