"""When a sighting that comes under an id that is known already is that sighting again. Pure."""

import msgspec

from probe.contract.base import ContractError
from probe.contract.envelope import decode_sighting
from probe.contract.sighting import Kind, Sighting


def same_content(one: bytes, other: bytes) -> bool:
    """Whether two bodies say the same. Which release of the program wrote them does not count: the same file, imported
    again after an update, adds nothing. Nor does it count of which walk a photo is: its id comes from the photo alone,
    which may lie in several folders."""
    if one == other:
        return True
    try:
        return _essence(decode_sighting(one)) == _essence(decode_sighting(other))
    except ContractError:
        return False


def _essence(sighting: Sighting) -> Sighting:
    """The sighting without what does not count."""
    walk = "" if sighting.kind is Kind.PIN else sighting.walk
    return msgspec.structs.replace(sighting, walk=walk, made=msgspec.structs.replace(sighting.made, software=""))
