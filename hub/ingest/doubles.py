"""When a sighting that comes under an id that is known already is that sighting again. Pure."""

import msgspec

from probe.contract.base import ContractError
from probe.contract.envelope import decode_sighting
from probe.contract.evidence import LookEvidence
from probe.contract.sighting import Kind, Sighting


def same_content(one: bytes, other: bytes) -> bool:
    """Whether two bodies say the same. Which release of the program wrote them does not count: the same file, imported
    again after an update, adds nothing. Nor does it count of which walk a photo is: its id comes from the photo alone,
    which may lie in several folders. Nor which redacted picture it names: another machine makes a slightly other one of
    the same photo, and the first stays."""
    if one == other:
        return True
    try:
        return _essence(decode_sighting(one)) == _essence(decode_sighting(other))
    except ContractError:
        return False


def _essence(sighting: Sighting) -> Sighting:
    """The sighting without what does not count."""
    sighting = msgspec.structs.replace(sighting, made=msgspec.structs.replace(sighting.made, software=""))
    if sighting.kind in (Kind.PIN, Kind.PHOTO):
        sighting = msgspec.structs.replace(sighting, walk="")
    if sighting.photo is None:
        return sighting
    looks = (
        msgspec.structs.replace(one, photo=None) if isinstance(one, LookEvidence) else one for one in sighting.evidence
    )
    photo = msgspec.structs.replace(sighting.photo, content_sha256="", reticle_sha256=None)
    return msgspec.structs.replace(sighting, photo=photo, evidence=tuple(looks))
