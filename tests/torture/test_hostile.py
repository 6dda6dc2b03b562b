"""A hostile probe against ingest: whatever it sends, the hub stands, stays small, and others get through.

The long form of at least a million messages is run by hand: `python -m tests.torture.test_hostile 1000000`.
"""

import json
import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from random import Random

import msgspec
import pytest

from hub.data import HubFolder, make_hub
from hub.ingest.limits import Limits
from hub.ingest.receive import Incoming, UnitIngest
from hub.store.sql.quarantine import MAX_BYTES, MAX_ROWS
from probe.contract.envelope import Envelope, Picture, UnitType, encode, envelope_signing_input, frame, pack
from probe.contract.parcel import MAX_PARCEL_BYTES, Unit, Verdict, decode_receipts, decode_signed
from probe.seal.identity import Identity
from probe.seal.sealer import SUITE, Sealer
from tests.examples import look, new_id, radio
from tests.paired import database_of, enrolled, parcel, parcel_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SHORT = 20_000
EVERY = 500  # messages between two of an honest probe


class Hostile:
    """Messages that nobody ought to send, by a probe that has been enrolled."""

    def __init__(self, identity: Identity, victim: Identity, seed: int) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._random = Random(seed)
        self._identity, self._victim = identity, victim
        self._sealer = Sealer(identity.key, identity.hub_id, identity.hub.keys[0])
        self._signing = Ed25519PrivateKey.from_private_bytes(identity.key)
        # A small stock: making each one anew would only measure the sealing.
        self._stock = [self._make() for _ in range(300)]

    def message(self) -> bytes:
        """Garbage, damage, doubles, and well-signed nonsense."""
        random = self._random
        payload = random.choice(self._stock)
        kind = random.random()
        if kind < 0.2:
            return random.randbytes(random.randrange(200))
        if kind < 0.5:
            damaged = bytearray(payload)
            for _ in range(random.randrange(1, 4)):
                damaged[random.randrange(len(damaged))] = random.randrange(256)
            return bytes(damaged)
        return payload[: random.randrange(len(payload))] if kind < 0.7 else payload

    def _make(self) -> bytes:
        random = self._random
        kind = random.randrange(9)
        if kind == 0:
            return parcel(self._victim, look())[: random.randrange(8000)]
        if kind == 1:
            return parcel_of([self._signed(UnitType.SIGHTING, random.randbytes(500))])
        if kind == 2:
            body = encode(radio()).replace(b"47.", random.choice((b"97.", b'"x"', b"1e999", b"-47.")))
            return parcel_of([self._signed(UnitType.SIGHTING, body)])
        if kind == 3:
            forged = msgspec.structs.replace(radio(), made=msgspec.structs.replace(radio().made, rule="made-up"))
            return parcel(self._identity, forged)
        if kind == 4:
            back = self._sealer.withdrawal(new_id(), [new_id() for _ in range(100)])
            return parcel_of([back] * random.randrange(1, 64))
        if kind == 5:
            nested = b'{"v":1,"id":' + b"[" * random.randrange(7000)
            return parcel_of([self._signed(UnitType.SIGHTING, nested)])
        if kind == 6:
            return pack(Picture(v=1, id=new_id(), jpeg=bytes(random.randrange(MAX_PARCEL_BYTES + 100))))
        if kind == 7:
            key = self._identity.hub.keys[0].id
            return parcel_of([Unit(key=key, data=random.randbytes(8192)) for _ in range(random.randrange(1, 20))])
        same_id = "1" * 32  # the same id, again and again, with other content
        return parcel(self._identity, msgspec.structs.replace(look(observer=(random.random(), 0)), id=same_id))

    def _signed(self, kind: UnitType, body: bytes) -> Unit:
        hub, probe, unit_id = self._identity.hub_id, self._identity.probe, new_id()
        said = envelope_signing_input(hub=hub, probe=probe, type=kind, id=unit_id, body=body)
        envelope = Envelope(
            v=1, hub=hub, probe=probe, type=kind, id=unit_id, body=body, signature=self._signing.sign(said)
        )
        data = SUITE.encrypt(frame(pack(envelope), (8192,)), self._sealer._to, self._sealer._info)
        return Unit(key=self._sealer.key_id, data=data)


def assault(folder: HubFolder, messages: int, *, seed: int = 1) -> dict[str, float]:
    """So many messages, with those of an honest probe among them; what came of it."""
    honest, bad = enrolled(folder), enrolled(folder)
    assert honest.account is not None
    assert bad.account is not None
    units_in = UnitIngest(folder.store, folder.keys, folder.registry, limits=_no_limits())
    hostile = Hostile(bad, honest, seed)
    sent = stored = 0
    began_s, peak = time.monotonic(), []
    for start in range(0, messages, EVERY):
        mailboxes = (bad.account.mailbox, "0" * 32, None)
        batch = [
            Incoming(topic="t", mailbox=mailboxes[n % 7 if n % 7 < 3 else 0], payload=hostile.message())
            for n in range(min(EVERY, messages - start))
        ]
        good = look(observer=(start % 977, start % 89))
        batch.insert(EVERY // 2, Incoming(topic="t", mailbox=honest.account.mailbox, payload=parcel(honest, good)))
        sent += 1
        for answer in units_in.receive(batch).answers:
            body = decode_receipts(decode_signed(answer.signed).body)
            if body.probe == honest.probe:
                stored += sum(receipt.verdict is Verdict.STORED for receipt in body.receipts)
        peak.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    (held,) = database_of(folder).row("SELECT total(length(data)) FROM quarantine")
    return {
        "messages": messages,
        "honest_sent": sent,
        "honest_stored": stored,
        "sightings": folder.store.count(),
        "quarantined": folder.store.quarantine_count(),
        "quarantine_mb": round(held / 1e6, 1),
        "disk_mb": round(sum(path.stat().st_size for path in folder.path.rglob("*") if path.is_file()) / 1e6, 1),
        "rss_mb_first_tenth": round(peak[len(peak) // 10]),
        "rss_mb_last": round(peak[-1]),
        "seconds": round(time.monotonic() - began_s, 1),
    }


def _no_limits() -> Limits:
    """A day and a minute pass at every look: the limits would otherwise keep most of it out."""
    days = (date(2026, 1, 1) + timedelta(days=number) for number in count())
    return Limits(clock_s=count(0, 60).__next__, today=days.__next__)


def test_a_hostile_probe_spoils_nothing(tmp_path: Path) -> None:
    with make_hub(tmp_path) as folder:
        told = assault(folder, SHORT)
    print(told)
    assert told["honest_stored"] == told["honest_sent"]
    assert told["quarantined"] <= MAX_ROWS
    assert told["quarantine_mb"] <= MAX_BYTES / 1e6
    assert told["disk_mb"] < 300
    assert told["rss_mb_last"] < told["rss_mb_first_tenth"] + 100


def test_the_limits_keep_most_of_it_out(tmp_path: Path) -> None:
    with make_hub(tmp_path) as folder:
        bad = enrolled(folder)
        units_in = UnitIngest(folder.store, folder.keys, folder.registry, limits=Limits(clock_s=lambda: 0.0))
        assert bad.account is not None
        payload = parcel_of([Sealer(bad.key, bad.hub_id, bad.hub.keys[0]).sighting(look())] * 64)
        for _ in range(200):
            units_in.receive([Incoming(topic="t", mailbox=bad.account.mailbox, payload=payload)])
        assert units_in.limits.dropped > 50


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="hostile-") as scratch, make_hub(Path(scratch)) as hub:
        print(json.dumps(assault(hub, int(sys.argv[1]))))
