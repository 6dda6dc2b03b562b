"""Units of a probe that holds a key and means harm: well signed, well sealed, and as heavy as it can make them."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from probe.contract.envelope import SIGHTING_BYTES, Envelope, UnitType, envelope_signing_input, frame, pack
from probe.contract.parcel import Unit
from probe.seal.identity import Identity
from probe.seal.sealer import SUITE, Sealer


def sealed(
    identity: Identity, unit_id: str, body: bytes, *, kind: UnitType = UnitType.SIGHTING, sizes: tuple[int, ...] = ()
) -> Unit:
    """The unit of any body, without the checks of a sealer of ours."""
    sealer = Sealer(identity.key, identity.hub_id, identity.hub.keys[0])
    said = envelope_signing_input(hub=sealer.hub, probe=sealer.probe, type=kind, id=unit_id, body=body)
    signature = Ed25519PrivateKey.from_private_bytes(identity.key).sign(said)
    envelope = Envelope(v=1, hub=sealer.hub, probe=sealer.probe, type=kind, id=unit_id, body=body, signature=signature)
    framed = frame(pack(envelope), sizes or (SIGHTING_BYTES,))
    return Unit(key=sealer.key_id, data=SUITE.encrypt(framed, sealer._to, sealer._info))


def with_unknown(body: bytes, octets: int) -> bytes:
    """The same sighting with a field that the contract does not know, filled with so many octets that pack well."""
    return b'{"unknown":"' + b"x" * octets + b'",' + body[1:]
