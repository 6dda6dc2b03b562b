"""What people do at the hub's page that is no decision about a camera: written down for the others to see."""

import logging
from typing import Protocol

from probe.contract.readable import for_terminal

_log = logging.getLogger(__name__)


class Audit(Protocol):
    """Where it is written down."""

    def note(self, who: str, what: str, about: str) -> None:
        """Who did what, in a word, and about which thing. Raises StoreError."""
        ...


class LoggedAudit:
    """Says it in the program's log alone, for a hub whose store keeps none."""

    def note(self, who: str, what: str, about: str) -> None:
        _log.info("%s", for_terminal(f"{who}: {what} {about}".rstrip()))
