"""From frames and adverts to what the rules look at."""

from probe.contract.evidence import Role
from probe.detect.rule import Bluetooth, Transmission
from probe.radio.elements import VENDOR, order, ssid_text, walk, wps
from probe.radio.frame import Advert, Frame

_STATION = {0, 2, 4}  # (re)association requests and probe requests
_MAX_ORDER = 1000
_COMPLETE_NAME, _SHORT_NAME, _MANUFACTURER = 0x09, 0x08, 0xFF
_SERVICES_16 = {0x02: 2, 0x03: 2}
_SERVICES_128 = {0x06, 0x07}
_SERVICE_DATA_16 = 0x16
# The Bluetooth base number: a 16-bit number written as one of 128 bits, little-endian.
_BASE_128 = bytes.fromhex("fb349b5f8000008000100000")


def transmission_of(event: Frame | Advert) -> Transmission:
    """What a frame or an advert says, as far as the rules look at it."""
    if isinstance(event, Advert):
        return Transmission(transmitter=event.transmitter, bluetooth=_bluetooth(event))
    station = event.subtype in _STATION
    return Transmission(
        transmitter=event.transmitter,
        ssid=None if event.ssid is None else ssid_text(event.ssid),
        role=Role.STATION if station else Role.NETWORK,
        order=order(event.elements)[:_MAX_ORDER] if event.subtype == 4 else None,
        elements=tuple(body[:7].hex() for number, body in walk(event.elements) if number == VENDOR),
        setup=wps(event.elements),
    )


def _bluetooth(advert: Advert) -> Bluetooth:
    name: str | None = None
    companies: list[str] = []
    services: list[str] = []
    for kind, body in structures(advert.data):
        if kind in (_COMPLETE_NAME, _SHORT_NAME):
            name = ssid_text(body.rstrip(b"\0"))
        elif kind == _MANUFACTURER and len(body) >= 2:
            companies.append(_sixteen(body[:2]))
        elif kind in _SERVICES_16:
            services += [_sixteen(body[at : at + 2]) for at in range(0, len(body) - 1, 2)]
        elif kind in _SERVICES_128:
            whole = (body[at : at + 16] for at in range(0, len(body) - 15, 16))
            services += [_sixteen(one[12:14]) for one in whole if one[:12] == _BASE_128 and one[14:] == b"\0\0"]
        elif kind == _SERVICE_DATA_16 and len(body) >= 2:
            services.append(_sixteen(body[:2]))
    return Bluetooth(
        public=advert.public,
        name=name[:200] if name else None,
        companies=tuple(dict.fromkeys(companies)),
        services=tuple(dict.fromkeys(services)),
    )


def structures(data: bytes) -> list[tuple[int, bytes]]:
    """The AD structures of an advert: kind and body of each whole one (Bluetooth Core 5.4, volume 3 part C, 11)."""
    found, at = [], 0
    while at + 1 < len(data) and data[at]:
        stop = at + 1 + data[at]
        if stop > len(data):
            break
        found.append((data[at + 1], data[at + 2 : stop]))
        at = stop
    return found


def _sixteen(octets: bytes) -> str:
    return octets[::-1].hex()
