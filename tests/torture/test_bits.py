"""Every single bit of what probe and hub know each other by: told, or without effect. The default suite tries some."""

from pathlib import Path

import pytest

from hub.broker.tls import certificate
from hub.errors import StoreError
from hub.keys import HubKeys
from probe.contract.base import ContractError
from probe.errors import OutboxError
from probe.outbox.outbox import Outbox
from probe.seal.identity import from_text, to_text
from probe.seal.verify import verified_descriptor
from tests.bits import changed, told_and_same
from tests.examples import look
from tests.hub.test_damaged import certified, said
from tests.paired import pair

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_every_bit_of_the_hubs_files(tmp_path: Path) -> None:
    keys = HubKeys(tmp_path)
    certificate(keys)
    same: dict[str, int] = {}
    for path in sorted(path for path in (tmp_path / "keys").iterdir() if path.suffix != ".lock"):
        if path.name.startswith("sealing"):
            continue  # it is said in the log, and the hub goes on: tests/hub/test_damaged.py
        look_at = (lambda: certified(keys)) if path.name.startswith("broker") else (lambda: said(tmp_path))
        _, same[path.suffix + path.stem[:7]] = told_and_same(path, 1, look_at, StoreError, "restore")
    assert same[".keysigning"] == 0


def test_every_bit_of_the_probes_identity(tmp_path: Path) -> None:
    identity = pair(tmp_path / "o.db", tmp_path / "hub")
    for damaged in changed(to_text(identity).encode()):
        with pytest.raises(ContractError):
            from_text(damaged.decode(errors="surrogateescape"))
    for damaged in changed(identity.descriptor):
        with pytest.raises(ContractError):
            verified_descriptor(damaged)


@pytest.mark.parametrize("start", range(4))
def test_a_changed_bit_anywhere_in_an_outbox_loses_nothing_in_silence(tmp_path: Path, start: int) -> None:
    """All are still there and sealed as they were, or it is said which are damaged, or that the file is."""
    path, copy = tmp_path / "o.db", tmp_path / "copy.db"
    identity = pair(path, tmp_path / "hub")
    with Outbox(path) as box:
        box.add([look(), look(), look()])
        box._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        there = {unit.data for _, unit in box.waiting()}
    for damaged in changed(path.read_bytes(), every=211, start=start * 53):
        copy.write_bytes(damaged)
        for name in ("copy.db-wal", "copy.db-shm"):
            (tmp_path / name).unlink(missing_ok=True)
        try:
            with Outbox(copy) as box:
                box.standing()
                waiting = {unit.data for pictures in (False, True) for _, unit in box.waiting(pictures=pictures)}
                assert box.identity == identity
                assert waiting <= there
                assert len(waiting) + box.standing().refused == len(there)
        except OutboxError as problem:
            assert "\n" not in str(problem)
