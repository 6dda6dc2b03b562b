"""How a sighting says by what it was made, and the random ids that walks and sightings bear."""

import secrets
from collections.abc import Callable

from probe import __version__
from probe.contract.sighting import Adapter, Making
from probe.detect.rule import Finding

SOFTWARE = f"contrechamp-probe {__version__}"


def new_id() -> str:
    """128 random bits in hex."""
    return secrets.token_hex(16)


def making(adapter: Adapter, *, composed: bool) -> Callable[[Finding | None], Making]:
    def made(finding: Finding | None) -> Making:
        return Making(
            adapter=adapter,
            software=SOFTWARE,
            rule=None if finding is None else finding.rule,
            rule_version=None if finding is None else finding.version,
            composed=composed,
        )

    return made
