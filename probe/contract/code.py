"""The pairing code: what a person carries from the hub to the probe, as a QR code or typed.

    CONTRECHAMP:1:<hub id, 52 letters>:<token, 10 letters>:<address>      for a QR code, at most 200 octets
    XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX                              typed: 100 bits of the hub id, token, check

Letters are Crockford's base 32: no I, L, O or U, so that nobody has to tell O from 0. The token is 50 random bits; it
is only ever sent sealed to the key that the fingerprint names, so that guesses can be tried at the hub alone.
"""

import hashlib
import secrets

from msgspec import Struct

from probe.contract.base import ContractError

PREFIX = "CONTRECHAMP:1:"
MAX_CODE_BYTES = 200
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")
_HUB, _SHORT_HUB, _TOKEN, _CHECK = 52, 20, 10, 2


class PairingCode(Struct, frozen=True, kw_only=True):
    """A code: the hub's id or its first 100 bits (letters), the token, and the hub's address where it has one."""

    hub: str
    token: str
    address: str | None = None

    def names(self, hub_id: str) -> bool:
        """Whether this is the hub that the code names. `hub_id` in hex."""
        return letters(bytes.fromhex(hub_id))[: len(self.hub)] == self.hub

    @property
    def qr(self) -> str:
        """The text of the QR code."""
        return f"{PREFIX}{self.hub}:{self.token}:{self.address or ''}"

    @property
    def typed(self) -> str:
        """The code to type."""
        body = self.hub[:_SHORT_HUB] + self.token
        return _in_groups(body + _check(body))


def make_code(hub_id: str, token: str, address: str | None) -> PairingCode:
    """The code for a hub. Raises ContractError where the address is so long that no QR code of ours holds it."""
    code = PairingCode(hub=letters(bytes.fromhex(hub_id)), token=token, address=address)
    if len(code.qr.encode()) > MAX_CODE_BYTES:
        raise ContractError(f"the address {address!r:.60} is too long for a code; give a shorter name or a number")
    return code


def hub_letters(hub_id: str) -> str:
    """The first 100 bits of a hub's id (hex) for people to compare: enough that nobody makes a key for them."""
    return _in_groups(letters(bytes.fromhex(hub_id))[:_SHORT_HUB])


def new_token() -> str:
    """50 random bits, as letters."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_TOKEN))


def read_text(text: str) -> PairingCode:
    """The code in what was scanned or typed. Raises ContractError."""
    text = text.strip()
    return _read_qr(text) if text.upper().startswith("CONTRECHAMP:") else _read_typed(text)


def letters(octets: bytes) -> str:
    """Octets in base 32, filled up with zero bits at the end."""
    count = -(-len(octets) * 8 // 5)
    number = int.from_bytes(octets, "big") << (count * 5 - len(octets) * 8)
    return "".join(_ALPHABET[number >> (5 * place) & 31] for place in reversed(range(count)))


def _read_qr(text: str) -> PairingCode:
    if not text.startswith(PREFIX):
        raise ContractError("a code of another version; update this probe, or the hub")
    hub, _, rest = text.removeprefix(PREFIX).partition(":")
    token, _, address = rest.partition(":")
    if len(text.encode()) > MAX_CODE_BYTES or not _are_letters(hub, _HUB) or not _are_letters(token, _TOKEN):
        raise ContractError("a damaged code; let the hub show it again")
    return PairingCode(hub=hub, token=token, address=address or None)


def _read_typed(text: str) -> PairingCode:
    # Other scripts' letters are not made ours by changing their case.
    ours = text.upper() if text.isascii() else text
    plain = "".join(ours.split()).replace("-", "").translate(_LOOKALIKES)
    length = _SHORT_HUB + _TOKEN + _CHECK
    if not _are_letters(plain, length):
        raise ContractError(f"a code has {length // 4} groups of 4 letters and digits, without U; read it again")
    body = plain[:-_CHECK]
    if _check(body) != plain[-_CHECK:]:
        raise ContractError("a letter is wrong somewhere in that code; read it again")
    return PairingCode(hub=body[:_SHORT_HUB], token=body[_SHORT_HUB:])


def _in_groups(whole: str) -> str:
    return "-".join(whole[start : start + 4] for start in range(0, len(whole), 4))


def _are_letters(text: str, length: int) -> bool:
    return len(text) == length and all(letter in _ALPHABET for letter in text)


def _check(body: str) -> str:
    return letters(hashlib.sha256(body.encode()).digest())[:_CHECK]
