"""What the page's network is called on each walk, and the word that lets a phone in.

A kit has a secret, and a card on which the networks of its next walks are printed, each as a code for a phone to scan.
Whoever does not know the secret cannot tell that two of them are of one kit: name, passphrase and address all change.
"""

import hashlib
import hmac
from dataclasses import dataclass

from probe.contract.words import words_of

WALKS = 20  # as many as are printed on a kit's card; after the last one the first one's turn comes again
_SECRET = 16


@dataclass(frozen=True, slots=True)
class WalkNetwork:
    """The network of one walk. `address` is that of the radio, as NetworkManager writes it."""

    number: int
    name: str
    passphrase: str
    address: str

    @property
    def qr(self) -> str:
        """What phones read to join: https://github.com/zxing/zxing/wiki/Barcode-Contents#wi-fi-network-config."""
        return f"WIFI:T:WPA;S:{self.name};P:{self.passphrase};;"


def network_of(secret: bytes, walk: int) -> WalkNetwork:
    """The network of the walk with a number, from 0. Raises ValueError for a secret of another length."""
    if len(secret) != _SECRET:
        raise ValueError(f"the secret of a kit's network has {_SECRET} octets")
    number = walk % WALKS
    drawn = hmac.new(secret, b"contrechamp page network %d" % number, hashlib.sha256).digest()
    # Set in the first octet: given by hand; not set: for one receiver alone.
    address = bytes([drawn[2] & 0b11111100 | 0b10, *drawn[3:8]])
    return WalkNetwork(
        number=number,
        name=" ".join(words_of(drawn[:2])),
        passphrase="-".join(words_of(drawn[8:14])),
        address=":".join(f"{octet:02x}" for octet in address),
    )
