"""When a sighting that comes under an id that is known already is that sighting again. Pure."""

import msgspec

from probe.contract.base import ContractError
from probe.contract.envelope import decode_sighting
from probe.contract.sighting import Sighting


def same_content(one: bytes, other: bytes) -> bool:
    """Whether two bodies say the same. Which release of the program wrote them does not count: the same file, imported
    again after an update, adds nothing."""
    if one == other:
        return True
    try:
        return _without_release(decode_sighting(one)) == _without_release(decode_sighting(other))
    except ContractError:
        return False


def _without_release(sighting: Sighting) -> Sighting:
    return msgspec.structs.replace(sighting, made=msgspec.structs.replace(sighting.made, software=""))
