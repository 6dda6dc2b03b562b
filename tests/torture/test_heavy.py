"""A probe that sends as heavily as it can: 25 MB on the wire, what becomes of them on the disk, and of the hub's memory
when it starts again."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from hub.data import make_hub
from hub.ingest.limits import Limits
from hub.ingest.receive import Incoming, UnitIngest
from probe.contract.envelope import encode
from probe.contract.evidence import LookEvidence
from probe.contract.parcel import Unit
from probe.contract.sighting import Hearing, Kind, Listened, Place, Sighting, Silence, Survey
from probe.seal.identity import Identity
from tests.examples import look, radio
from tests.hub.ingest.heavy import sealed, with_unknown
from tests.paired import enrolled, parcel_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

UNITS, AT_ONCE = 3200, 32
STORED_PER_DAY = 64 << 20  # an eighth of what a hub takes, so that the test is not all waiting for the disk

_START = """
import json, resource, sys, time
from contextlib import closing
from pathlib import Path
from hub.derive.live import LiveCameras
from hub.store.sqlite.log import SqliteStore
with closing(SqliteStore(Path(sys.argv[1]))) as store:
    cameras = LiveCameras(store)
    began = time.monotonic()
    cameras.refresh()
    took = time.monotonic() - began
    size = len(cameras.coverage())
    status = cameras.status()
print(json.dumps({"mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "seconds": round(took, 1),
                  "cameras": status.cameras, "left_out": status.left_out, "coverage_kb": size // 1024}))
"""


def started(data: Path) -> dict[str, float]:
    """What a hub's map takes when it is made of all that the log has."""
    ran = subprocess.run([sys.executable, "-c", _START, data], capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(ran.stdout)
    return figures


def heavy(number: int) -> Sighting:
    """As much as the contract allows, of each kind."""
    walk = f"{number:032x}"
    if number % 3 == 0:
        cells = tuple(Listened(cell=f"17/{number}/{n}", channels_mhz=()) for n in range(1800))
        return msgspec.structs.replace(look(walk=walk), kind=Kind.SURVEY, pin=None, survey=Survey(cells=cells))
    notes = tuple(LookEvidence(by="y" * 200, note="x" * 200) for _ in range(180))
    place = Place(lat=47.0 + number * 1e-4, lon=-17.0, accuracy_m=1.0)
    if number % 3 == 1:
        return msgspec.structs.replace(look(walk=walk), observer=place, evidence=notes)
    heard = radio(f"ac:cc:8e:00:{number >> 8:02x}:{number & 255:02x}", walk=walk)
    assert heard.radio is not None
    part = msgspec.structs.replace(
        heard.radio, hearings=(Hearing(place=place),) * 64, silences=(Silence(start=place, end=place),) * 64
    )
    return msgspec.structs.replace(heard, radio=part, evidence=(*heard.evidence, *notes[:120]))


def unit(identity: Identity, number: int) -> Unit:
    one = heavy(number)
    return sealed(identity, one.id, with_unknown(encode(one), 3000))


def test_what_is_light_on_the_wire_stays_light(tmp_path: Path) -> None:
    with make_hub(tmp_path) as hub:
        empty = started(tmp_path)
        probe = enrolled(hub, "heavy")
        assert probe.account is not None
        taking = UnitIngest(hub.store, hub.keys, hub.registry, limits=Limits(stored_per_day=STORED_PER_DAY))
        wire = stored = put_off = 0
        for start in range(0, UNITS, AT_ONCE):
            payload = parcel_of([unit(probe, start + n) for n in range(AT_ONCE)])
            done = taking.receive([Incoming(topic="t", mailbox=probe.account.mailbox, payload=payload, by_hand=False)])
            wire, stored, put_off = wire + len(payload), stored + done.stored, put_off + done.put_off
        assert done.set_aside == 0
        assert stored + put_off == UNITS
        disk = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
        figures = started(tmp_path)
    print({"wire_mb": wire >> 20, "disk_mb": disk >> 20, "stored": stored, "empty": empty, "full": figures})
    assert disk < 2 * STORED_PER_DAY
    assert figures["mb"] < empty["mb"] + 100
