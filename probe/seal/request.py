"""A probe's request to be paired, sealed to the hub, and the hub's answer to it."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from probe.contract.base import CONTRACT_VERSION, ContractError
from probe.contract.envelope import pack
from probe.contract.pairing import (
    Descriptor,
    PairAnswer,
    PairRequest,
    PairSealed,
    decode_answer,
    fingerprint,
    pairing_info,
    request_signing_input,
)
from probe.contract.parcel import SignedKind
from probe.seal.sealer import SUITE, public_of
from probe.seal.verify import verified_body


class PairingRequest:
    """A request to be paired, and the key that opens the answer to it."""

    def __init__(self, key: bytes, descriptor: Descriptor, token: str) -> None:
        self._reply = X25519PrivateKey.generate()
        self._hub_public = descriptor.public
        self._hub = hub = fingerprint(descriptor.public)
        public, reply = public_of(key), self._reply.public_key().public_bytes_raw()
        signature = Ed25519PrivateKey.from_private_bytes(key).sign(request_signing_input(hub, token, public, reply))
        request = PairRequest(v=CONTRACT_VERSION, token=token, public=public, reply=reply, signature=signature)
        to = descriptor.keys[0]
        data = SUITE.encrypt(pack(request), X25519PublicKey.from_public_bytes(to.public), pairing_info(hub))
        self.message = pack(PairSealed(v=CONTRACT_VERSION, key=to.id, data=data))
        self.probe = fingerprint(public)

    @property
    def reply_key(self) -> bytes:
        """The private key for the answer, to be kept where the answer comes by hand."""
        return self._reply.private_bytes_raw()

    def answer(self, data: bytes) -> PairAnswer:
        """What the hub answered. Raises ContractError."""
        return open_answer(self._hub_public, self.reply_key, self.probe, data)


def open_answer(hub_public: bytes, reply_key: bytes, probe: str, data: bytes) -> PairAnswer:
    """The hub's answer to a request. Raises ContractError where it is not for this probe, or not from this hub."""
    sealed = verified_body(hub_public, SignedKind.ANSWER, data)
    try:
        plain = SUITE.decrypt(
            sealed, X25519PrivateKey.from_private_bytes(reply_key), pairing_info(fingerprint(hub_public))
        )
    except (InvalidTag, ValueError) as problem:
        raise ContractError("an answer to another request") from problem
    answer = decode_answer(plain)
    if answer.probe != probe:
        raise ContractError("an answer for another probe")
    return answer
