"""Frames and adverts composed for a row of the catalogue: what its source tells of, with what it needs beside it."""

from probe.detect.catalogue import Row, Status, bundled
from probe.radio.frame import Advert, Frame
from tests.probe.radio.compose import beacon, element

CATALOGUE = bundled()
ACTIVE = [row for row in CATALOGUE.rows if row.status is Status.ACTIVE]
NEUTRAL = bytes.fromhex("001daa102030")
LOCAL = bytes.fromhex("82aabb9fa2de")
COMPANY = (0xFF, b"\xc8\x09")
NAMES = {
    "flock-safety-ssid-flockcameran": b"Flock Camera net.",
    "flock-safety-ssid-bare": b"Flock",
    "flock-safety-ssid-testflck": b"test_flck",
    "flock-safety-ssid-word": b"My Flock 2",
    "leonardo-elsag-ssid-elsag": b"ELSAG-1",
    "dahua-imou-ssid-dap": b"DAP-A1B2",
    "hikvision-ssid-hap": b"HAP_Q7K2MD",
    "verkada-ssid-verkada": b"Verkada-1",
}
BLE_NAMES = {
    "flock-safety-ble-name-fs": b"FS-0A1B2C",
    "flock-safety-ble-name-fsextbattery": b"FS Ext Battery",
    "flock-safety-ble-name-penguin": b"Penguin-0123456789",
    "flock-safety-ble-name-tendigits": b"2307137006",
    "flock-safety-ble-name-word": b"flock_raven",
}


def address_in(row: Row) -> bytes:
    return bytes.fromhex(row.value.split("/")[0].replace(":", "").ljust(12, "1"))


def frame(address: bytes, ssid: bytes = b"town", extra: bytes = b"", subtype: int = 8, at_s: float = 0.0) -> Frame:
    whole = beacon(address, ssid, extra, subtype=subtype)
    elements = whole[24 if subtype == 4 else 36 :]
    return Frame(at_s, address, address, subtype, ssid, -60, 2437, elements)


def advert(address: bytes, *structures: tuple[int, bytes], public: bool = True) -> Advert:
    data = b"".join(bytes([len(body) + 1, kind]) + body for kind, body in structures)
    return Advert(0.0, address, public, -60, data)


def asking(address: bytes, order: str, at_s: float = 0.0) -> Frame:
    """A probe request for any network with its elements in this order."""
    body = b"".join(
        element(221, bytes.fromhex(part[4:])) if part.startswith("221.") else element(int(part), b"\1")
        for part in order.split(",")
    )
    return Frame(at_s, address, b"\xff" * 6, 4, b"", -60, 2437, element(0, b"") + body)


def row_of(row_id: str) -> Row:
    return next(row for row in CATALOGUE.rows if row.id == row_id)


def block_of(row: Row, *, strong: bool) -> bytes:
    """An address in a block of the same maker's."""
    word = row.vendor.split("/")[-1].split()[0]
    blocks = (other for other in ACTIVE if other.evidence == "oui" and other.strong is strong)
    return next((address_in(other) for other in blocks if word in other.vendor), NEUTRAL)


def composed(row: Row) -> Frame | Advert:
    """What a device with this mark would send, with what it needs beside it."""
    match row.evidence:
        case "oui":
            return _in_block(row)
        case "ssid":
            block = block_of(row, strong=row.vendor == "Verkada")
            return frame(LOCAL if row.any_address else block if row.beside == "block" else NEUTRAL, NAMES[row.id])
        case "ble_name":
            beside = [COMPANY] if row.beside.startswith("company") else []
            return advert(NEUTRAL, (0x09, BLE_NAMES[row.id]), *beside)
        case "ble_company":
            name = [(0x09, b"FS-0A1B2C")] if row.value == "09c8" else []
            shared = block_of(row, strong=True) if row.shared else NEUTRAL
            return advert(shared, *name, (0xFF, bytes.fromhex(row.value)[::-1]))
        case "ble_service":
            if "-" in row.value:
                return advert(NEUTRAL, (0x07, bytes.fromhex(row.value.replace("-", ""))[::-1]))
            return advert(NEUTRAL, (0x03, b"".join(bytes.fromhex(one)[::-1] for one in row.value.split()[:2])))
        case "order":
            return asking(block_of(row, strong=False), row.value)
        case "wps":
            category, sub = (int(part).to_bytes(2, "big") for part in row.value.split("-"))
            wps = b"\x00\x50\xf2\x04\x10\x54\x00\x08" + category + b"\x00\x50\xf2\x04" + sub
            return frame(NEUTRAL, extra=element(221, wps))
    raise AssertionError(row.evidence)


def _in_block(row: Row) -> Frame | Advert:
    address = address_in(row)
    match row.beside:
        case "name":
            return frame(address, b"CCTV-3")
        case "battery":
            return advert(address, (0x09, b"FS-0A1B2C"))
        case "probe":
            return asking(address, row_of("flock-safety-order-probe").value)
    return frame(address)
