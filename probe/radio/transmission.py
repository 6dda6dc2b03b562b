"""From frames and adverts to what the rules look at."""

from uuid import UUID

from probe.contract.evidence import Role
from probe.detect.rule import Bluetooth, Transmission
from probe.radio.elements import VENDOR, order, ssid_text, walk, wps
from probe.radio.frame import Advert, Frame

PROBE_REQUEST = 4
_STATION = {0, 2, PROBE_REQUEST}  # the others are association and reassociation requests
_MAX_ORDER = 1000
_COMPLETE_NAME, _SHORT_NAME, _MANUFACTURER = 0x09, 0x08, 0xFF
# Lists of services, and data of one service with its number in front: octets a number by the kind of AD structure.
_SERVICE_LISTS = {0x02: 2, 0x03: 2, 0x04: 4, 0x05: 4, 0x06: 16, 0x07: 16}
_SERVICE_DATA = {0x16: 2, 0x20: 4, 0x21: 16}
# The Bluetooth base number: shorter numbers are written as one of 128 bits with this behind them, little-endian.
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
        order=order(event.elements)[:_MAX_ORDER] if event.subtype == PROBE_REQUEST else None,
        elements=tuple(body[:7].hex() for number, body in walk(event.elements) if number == VENDOR),
        setup=wps(event.elements),
    )


def _bluetooth(advert: Advert) -> Bluetooth:
    name: str | None = None
    companies: list[str] = []
    services: list[str] = []
    own: list[str] = []
    for kind, body in structures(advert.data):
        if kind in (_COMPLETE_NAME, _SHORT_NAME):
            name = ssid_text(body.rstrip(b"\0"))
        elif kind == _MANUFACTURER and len(body) >= 2:
            companies.append(_sixteen(body[:2]))
        else:
            for number in _service_numbers(kind, body):
                (services if len(number) == 4 else own).append(number)
    return Bluetooth(
        public=advert.public,
        name=name[:200] if name else None,
        companies=tuple(dict.fromkeys(companies)),
        services=tuple(dict.fromkeys(services)),
        services_128=tuple(dict.fromkeys(own)),
    )


def _service_numbers(kind: int, body: bytes) -> list[str]:
    """The services in an AD structure: assigned numbers in four hex digits, others as numbers of 128 bits."""
    if kind in _SERVICE_DATA:
        size = _SERVICE_DATA[kind]
        return [_service(body[:size])] if len(body) >= size else []
    size = _SERVICE_LISTS.get(kind, len(body) + 1)
    return [_service(body[at : at + size]) for at in range(0, len(body) - size + 1, size)]


def _service(octets: bytes) -> str:
    """A service by its number of 2, 4 or 16 octets, little-endian: the same service is the same text in each size."""
    whole = octets if len(octets) == 16 else _BASE_128 + octets.ljust(4, b"\0")
    if whole[:12] == _BASE_128 and whole[14:] == b"\0\0":
        return _sixteen(whole[12:14])
    return str(UUID(bytes=whole[::-1]))


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
