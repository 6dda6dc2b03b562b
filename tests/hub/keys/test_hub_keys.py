"""The hub's keys: they turn, the old ones are destroyed, and nobody forges them."""

from datetime import timedelta
from pathlib import Path

import pytest

from hub.errors import StoreError
from hub.keys import IN_USE_DAYS, OPENS_DAYS, HubKeys, SealedElsewhere
from probe.contract.base import ContractError
from probe.contract.envelope import pack, seal_info
from probe.contract.pairing import Descriptor, fingerprint
from probe.contract.parcel import Signed, SignedKind, decode_signed
from probe.seal.sealer import Sealer, new_key
from probe.seal.verify import verified_descriptor
from tests.examples import look
from tests.hub.keys.clocks import Machine


def told(keys: HubKeys) -> Descriptor:
    return verified_descriptor(keys.descriptor())


def test_they_are_made_once_and_for_the_hubs_user_alone(tmp_path: Path) -> None:
    one, again = HubKeys(tmp_path), HubKeys(tmp_path)
    assert (one.hub_id, one.epoch, one.descriptor()) == (again.hub_id, again.epoch, again.descriptor())
    assert fingerprint(one.public) == one.hub_id
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0
    for path in (tmp_path / "keys").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_sealing_key_is_rotated_still_opens_for_a_while_and_is_destroyed(tmp_path: Path) -> None:
    machine = Machine()
    keys = HubKeys(tmp_path, clock=machine)
    first = told(keys).keys[0]
    unit = Sealer(new_key(), keys.hub_id, first).sighting(look())
    info = seal_info(keys.hub_id)
    secret = (tmp_path / "keys" / f"sealing-{first.id}.key").read_bytes()
    machine.live(keys.rotate, IN_USE_DAYS)
    now = told(keys)
    assert [key.id for key in now.keys][1:] == [first.id]
    assert now.serial > 1
    machine.live(keys.rotate, OPENS_DAYS)
    assert keys.open(unit.key, unit.data, info)
    machine.live(keys.rotate, 2)
    with pytest.raises(SealedElsewhere, match="not any more"):
        keys.open(unit.key, unit.data, info)
    assert first.id not in {key.id for key in told(keys).keys}
    written = b"".join(path.read_bytes() for path in (tmp_path / "keys").iterdir())
    assert secret not in written
    with pytest.raises(SealedElsewhere):
        HubKeys(tmp_path, clock=machine).open(unit.key, unit.data, info)


def test_what_was_sealed_last_still_opens_for_the_full_time(tmp_path: Path) -> None:
    machine = Machine()
    keys = HubKeys(tmp_path, clock=machine)
    machine.live(keys.rotate, 10)
    keys.take_word(machine.day)
    first = told(keys).keys[0]
    machine.off(140)  # probes went on sealing to its only key
    keys = HubKeys(tmp_path, clock=machine)
    keys.take_word(machine.day)
    retired = next(key for key in told(keys).keys if key.id == first.id)
    assert retired.destroyed >= machine.day + timedelta(days=OPENS_DAYS)


@pytest.mark.parametrize("name", ["signing.key", "state.json"])
def test_damaged_keys_are_said_and_nothing_is_made_anew(tmp_path: Path, name: str) -> None:
    HubKeys(tmp_path)
    path = tmp_path / "keys" / name
    path.chmod(0o600)
    path.write_bytes(b"dam")
    with pytest.raises(StoreError, match="backup"):
        HubKeys(tmp_path)
    assert path.read_bytes() == b"dam"


def test_nobody_is_introduced_by_a_forged_descriptor(tmp_path: Path) -> None:
    keys, other = HubKeys(tmp_path / "a"), HubKeys(tmp_path / "b")
    real = decode_signed(keys.descriptor())
    for forged in (
        Signed(v=1, hub=real.hub, body=real.body, signature=bytes(64)),
        Signed(v=1, hub=other.hub_id, body=real.body, signature=real.signature),
        decode_signed(keys.sign(SignedKind.HOME, real.body)),
        decode_signed(other.sign(SignedKind.DESCRIPTOR, real.body)),
    ):
        with pytest.raises(ContractError):
            verified_descriptor(pack(forged))
