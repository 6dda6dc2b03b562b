"""The hub's keys: they turn, the old ones are destroyed, and a clock that leaps destroys nothing."""

from datetime import date, timedelta
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

START = date(2026, 5, 9)


class Days:
    """A hub's clock, by days."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> date:
        return self.now

    def live(self, keys: HubKeys, days: int, step: int = 10) -> None:
        """Let a hub run for so many days."""
        for _ in range(0, days, step):
            self.now += timedelta(days=step)
            keys.rotate()


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
    days = Days()
    keys = HubKeys(tmp_path, today=days)
    first = told(keys).keys[0]
    unit = Sealer(new_key(), keys.hub_id, first).sighting(look())
    info = seal_info(keys.hub_id)
    secret = (tmp_path / "keys" / f"sealing-{first.id}.key").read_bytes()
    days.live(keys, IN_USE_DAYS)
    now = told(keys)
    assert [key.id for key in now.keys][1:] == [first.id]
    assert now.serial > 1
    days.live(keys, OPENS_DAYS)
    assert keys.open(unit.key, unit.data, info)
    days.live(keys, 10)
    with pytest.raises(SealedElsewhere, match="not any more"):
        keys.open(unit.key, unit.data, info)
    assert first.id not in {key.id for key in told(keys).keys}
    written = b"".join(path.read_bytes() for path in (tmp_path / "keys").iterdir())
    assert secret not in written
    with pytest.raises(SealedElsewhere):
        HubKeys(tmp_path, today=days).open(unit.key, unit.data, info)


def test_what_was_sealed_last_still_opens_for_the_full_time(tmp_path: Path) -> None:
    days = Days()
    first = told(HubKeys(tmp_path, today=days)).keys[0]
    days.now += timedelta(days=140)  # the hub was off: probes went on sealing to its only key
    keys = HubKeys(tmp_path, today=days)
    retired = next(key for key in told(keys).keys if key.id == first.id)
    assert retired.destroyed == days.now + timedelta(days=OPENS_DAYS)


def test_a_clock_that_leaps_ahead_destroys_nothing_at_once(tmp_path: Path) -> None:
    days = Days()
    keys = HubKeys(tmp_path, today=days)
    first = told(keys).keys[0]
    days.live(keys, IN_USE_DAYS + 10)  # the first one is retired, and will be overdue
    days.now = date(2036, 1, 1)
    assert first.id in {key.id for key in told(HubKeys(tmp_path, today=days)).keys}
    days.now = date(2019, 1, 1)
    assert first.id in {key.id for key in told(HubKeys(tmp_path, today=days)).keys}


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
