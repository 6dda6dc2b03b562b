"""One changed bit in a file of the hub's is told in a sentence, or changes nothing: never another hub in silence."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from hub.backup import write_backup
from hub.broker.tls import certificate
from hub.data import make_hub, open_hub
from hub.errors import StoreError
from hub.ingest.receive import Incoming
from hub.keys import HubKeys
from hub.keys.state import STATE
from probe.contract.pairing import Descriptor
from probe.seal.verify import verified_descriptor
from tests import bits
from tests.examples import look
from tests.paired import database_of, enrolled, ingest_of, made_hub, parcel
from tests.processes import hub


def told_and_same(path: Path, every: int, look_at: Callable[[], object]) -> tuple[int, int]:
    return bits.told_and_same(path, every, look_at, StoreError, "restore")


def said(data: Path) -> tuple[Descriptor, str, int]:
    keys = HubKeys(data)
    return verified_descriptor(keys.descriptor()), keys.epoch, keys.serial


def certified(keys: HubKeys) -> object:
    """What the files of the broker say."""
    cert, key = certificate(keys)
    private = load_pem_private_key(key.read_bytes(), None)
    return x509.load_pem_x509_certificate(cert.read_bytes()), private.private_numbers()  # type: ignore[union-attr]


def test_a_certificate_whose_signature_says_another_length_is_told(tmp_path: Path) -> None:
    """Its signature is good for whoever reads whole octets. One in two signatures ends so that it can be."""
    keys = HubKeys(tmp_path)
    while True:
        cert, key = certificate(keys)
        der = x509.load_pem_x509_certificate(cert.read_bytes()).public_bytes(Encoding.DER)
        signature = x509.load_der_x509_certificate(der).signature
        if signature[-1] & 1 == 0:
            break
        cert.unlink()
        key.unlink()
    changed = der[: -len(signature) - 1] + b"\1" + signature
    cert.write_bytes(x509.load_der_x509_certificate(changed).public_bytes(Encoding.PEM))
    with pytest.raises(StoreError, match="is damaged"):
        certificate(keys)


def test_any_bit_of_the_hubs_state_is_told(tmp_path: Path) -> None:
    HubKeys(tmp_path)
    told, same = told_and_same(tmp_path / "keys" / STATE, 17, lambda: said(tmp_path))
    assert told > 20 * same, "only base64's last, unused bits do not count"


def test_any_bit_of_the_signing_key_is_told(tmp_path: Path) -> None:
    HubKeys(tmp_path)
    assert told_and_same(tmp_path / "keys" / "signing.key", 4, lambda: said(tmp_path)) == (64, 0)


def test_any_bit_of_a_sealing_key_is_said_and_what_is_sealed_to_it_gets_no_receipt(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The hub goes on with another key; a backup may bring the damaged one back, and then nothing is lost."""
    with make_hub(tmp_path) as folder:
        identity = enrolled(folder)
    (path,) = (tmp_path / "keys").glob("sealing-*.key")
    whole, sealed = path.read_bytes(), parcel(identity, look())
    incoming = Incoming(topic="t", mailbox=identity.account.mailbox, payload=sealed)  # type: ignore[union-attr]
    for number, damaged in enumerate(bits.changed(whole, every=31)):
        path.write_bytes(damaged)
        caplog.clear()
        with open_hub(tmp_path) as folder:
            answered = ingest_of(folder).receive([incoming]).answers
        assert bool(answered) is ("damaged" not in caplog.text), number
        assert path.read_bytes() == damaged
    path.write_bytes(whole)
    with open_hub(tmp_path) as folder:
        assert ingest_of(folder).receive([incoming]).answers


def test_any_bit_of_the_brokers_certificate_and_key_is_told(tmp_path: Path) -> None:
    keys = HubKeys(tmp_path)
    for path in certificate(keys):
        told, same = told_and_same(path, 37, lambda: certified(keys))
        assert told > 20 * same


def test_a_certificate_of_another_hub_is_told(tmp_path: Path) -> None:
    one, other = HubKeys(tmp_path / "one"), HubKeys(tmp_path / "other")
    for mine, theirs in zip(certificate(one), certificate(other), strict=True):
        mine.write_bytes(theirs.read_bytes())
    with pytest.raises(StoreError, match="belong together"):
        certificate(one)


def test_the_state_of_an_earlier_version_is_read_and_signed(tmp_path: Path) -> None:
    import msgspec

    before = said(tmp_path)
    path = tmp_path / "keys" / STATE
    path.write_bytes(bytes(msgspec.json.decode(path.read_bytes(), type=dict[str, msgspec.Raw])["says"]))
    assert said(tmp_path) == before
    assert told_and_same(path, 97, lambda: said(tmp_path))[0] > 20


@pytest.mark.parametrize("name", [STATE, "signing.key"])
def test_a_command_ends_with_a_sentence_and_2_and_no_backup_takes_the_place_of_a_good_one(
    tmp_path: Path, name: str
) -> None:
    data = made_hub(tmp_path / "hub")
    path = data / "keys" / name
    damaged = bytearray(path.read_bytes())
    damaged[20] ^= 1
    path.write_bytes(damaged)
    ended = hub("enroll", "Anna", "--data", data)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1
    assert "restore" in ended.stderr
    (tmp_path / "copy").write_bytes(b"a good copy")
    with pytest.raises(StoreError, match="restore"):
        write_backup(data, tmp_path / "copy", "four words picked at random", force=True)
    assert (tmp_path / "copy").read_bytes() == b"a good copy"


@pytest.mark.parametrize("column", ["public", "id"])
def test_what_comes_from_a_probe_whose_row_is_damaged_gets_no_receipt(
    tmp_path: Path, column: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Refused as forged it would be lost."""
    with make_hub(tmp_path) as folder:
        identity, other = enrolled(folder), enrolled(folder)
        changed = enrolled(folder)
        value = identity.probe.replace(identity.probe[0], "0" if identity.probe[0] != "0" else "1", 1)
        new = value if column == "id" else changed.hub.keys[0].public
        with database_of(folder).transaction() as db:
            db.execute(f"UPDATE probe SET {column} = ? WHERE id = ?", (new, identity.probe))  # noqa: S608 (our words)
    with open_hub(tmp_path) as folder, caplog.at_level(logging.ERROR):
        incoming = [
            Incoming(topic="t", mailbox=one.account.mailbox, payload=parcel(one, look()))  # type: ignore[union-attr]
            for one in (identity, other)
        ]
        done = ingest_of(folder).receive(incoming)
        assert [answer.probe for answer in done.answers] == [other.probe]
        assert "is damaged in the hub's database" in caplog.text
