"""Keys to which nothing can be sealed: they spend no code, and end no program."""

from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from hub.data import HubFolder, make_hub
from hub.keys import HubKeys
from probe.contract.base import ContractError, require_sealable
from probe.contract.envelope import pack
from probe.contract.pairing import (
    PairCard,
    PairSealed,
    SealingKey,
    decode_descriptor,
    pairing_info,
    request_signing_input,
)
from probe.contract.parcel import SignedKind, decode_signed
from probe.errors import BadInput
from probe.pairing.folder import pair_by_folder
from probe.seal.request import PairingRequest
from probe.seal.sealer import SUITE, new_key, public_of
from tests.paired import pairing_of

_P = 2**255 - 19
# As RFC 7748's readers list them: each also with the top bit set, which X25519 ignores.
POINTS = [
    point | top
    for top in (0, 1 << 255)
    for point in (
        0,
        1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
        _P - 1,
        _P,
        _P + 1,
    )
]
KEYS = [point.to_bytes(32, "little") for point in POINTS]


def request(folder: HubFolder, token: str, reply: bytes, key: bytes) -> bytes:
    """A request as no probe of ours makes it."""
    descriptor = decode_descriptor(decode_signed(folder.keys.descriptor()).body)
    hub, public = folder.keys.hub_id, public_of(key)
    signature = Ed25519PrivateKey.from_private_bytes(key).sign(request_signing_input(hub, token, public, reply))
    plain = msgspec.msgpack.encode({"v": 1, "token": token, "public": public, "reply": reply, "signature": signature})
    to = descriptor.keys[0]
    data = SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(to.public), pairing_info(hub))
    return pack(PairSealed(v=1, key=to.id, data=data))


@pytest.mark.parametrize("reply", KEYS, ids=range(len(KEYS)))
def test_a_reply_key_of_low_order_spends_no_code(reply: bytes, tmp_path: Path) -> None:
    with make_hub(tmp_path) as folder:
        pairing = pairing_of(folder)
        enrolment, code = pairing.invite("one", None)
        assert pairing.answered(request(folder, code.token, reply, new_key())) is None
        left = folder.registry.enrolment(enrolment.number)
        assert left is not None
        assert left.used_by is None, "the code is still good"
        assert folder.registry.probes() == []


def test_the_code_is_good_for_the_right_probe_afterwards(tmp_path: Path) -> None:
    with make_hub(tmp_path) as folder:
        pairing = pairing_of(folder)
        _, code = pairing.invite("one", None)
        for reply in KEYS:
            pairing.answered(request(folder, code.token, reply, new_key()))
        good = X25519PrivateKey.generate().public_key().public_bytes_raw()
        answered = pairing.answered(request(folder, code.token, good, new_key()))
        assert answered is not None
        assert answered.enrolment is not None


@pytest.mark.parametrize("key", KEYS, ids=range(len(KEYS)))
def test_the_list_is_the_librarys(key: bytes) -> None:
    with pytest.raises(ValueError, match="shared key"):
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(key))
    with pytest.raises(ValueError, match="nothing can be sealed"):
        require_sealable(key)


def test_other_keys_are_taken() -> None:
    for _ in range(20):
        require_sealable(X25519PrivateKey.generate().public_key().public_bytes_raw())
    require_sealable((9).to_bytes(32, "little"))


@pytest.mark.parametrize("key", [KEYS[0], KEYS[-1]], ids=["zero", "last"])
def test_a_card_with_such_a_sealing_key_is_refused_in_a_sentence(key: bytes, tmp_path: Path) -> None:
    keys = HubKeys(tmp_path / "hub")
    body = msgspec.msgpack.decode(decode_signed(keys.descriptor()).body)
    body["keys"][0]["public"] = key
    hostile = keys.sign(SignedKind.DESCRIPTOR, msgspec.msgpack.encode(body))
    (tmp_path / "hub.card").write_bytes(pack(PairCard(v=1, descriptor=hostile, token="0" * 10)))
    with pytest.raises(BadInput, match="damaged"):
        pair_by_folder(tmp_path)
    with pytest.raises(ContractError):
        decode_descriptor(decode_signed(hostile).body)


def test_an_honest_request_has_another_key_each_time(tmp_path: Path) -> None:
    descriptor = decode_descriptor(decode_signed(HubKeys(tmp_path).descriptor()).body)
    assert all(isinstance(one, SealingKey) for one in descriptor.keys)
    key = new_key()
    assert PairingRequest(key, descriptor, "0" * 10).reply_key != PairingRequest(key, descriptor, "0" * 10).reply_key
