"""A kit's own secrets: what lets a phone in at its page, and what its networks' names are drawn from."""

import secrets
from dataclasses import dataclass

from probe.contract.words import WORDS, words_of
from probe.device.names import WALKS, WalkNetwork, network_of

ADDRESS = "10.83.68.1"  # of the page, on every kit: a kit's page is met by one phone at a time
PAGE_WORDS, NETWORK_SECRET = 6, 16


@dataclass(frozen=True, slots=True)
class KitSecrets:
    """`page` are words with hyphens between them, `network` octets."""

    page: str
    network: bytes

    @property
    def networks(self) -> list[WalkNetwork]:
        """Those of the next walks, as they are printed."""
        return [network_of(self.network, number) for number in range(WALKS)]

    @property
    def page_address(self) -> str:
        """What a phone opens. Browsers keep what stands behind the # to themselves."""
        return f"http://{ADDRESS}/#{self.page}"


def new_secrets() -> KitSecrets:
    """Drawn at random."""
    return KitSecrets("-".join(words_of(secrets.token_bytes(PAGE_WORDS))), secrets.token_bytes(NETWORK_SECRET))


def read_secrets(page: bytes, network: bytes) -> KitSecrets | None:
    """Those that lie on a card already; None where they are not whole."""
    words = page.decode(errors="replace").strip().split("-")
    if len(words) != PAGE_WORDS or not set(words) <= set(WORDS) or len(network) != NETWORK_SECRET:
        return None
    return KitSecrets("-".join(words), network)
