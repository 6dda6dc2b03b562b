"""Well signed, well sealed, of the contract, and meant to harm: from the unit to the page and the export.

A long run by hand: `python -m tests.hub.ingest.test_hostile_content 5000`.
"""

import json
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from hub.data import HubFolder, make_hub
from hub.derive.live import LiveCameras
from hub.ingest.receive import Incoming, UnitIngest
from hub.ingest.undo import arrivals
from hub.log.people import Role
from hub.publish.geojson import export
from hub.store.sqlite.log import SqliteStore
from hub.web.app import make_app
from hub.web.gate import OpenGate
from probe.contract.base import ContractError
from probe.contract.envelope import MAX_CONTENT_BYTES, UnitType, decode_sighting, encode
from probe.contract.parcel import Unit, Verdict
from probe.contract.sighting import Radio
from probe.seal.identity import Identity
from tests.examples import look, new_id, radio
from tests.hub.ingest.extreme import sightings
from tests.hub.ingest.heavy import sealed
from tests.paired import enrolled, parcel_of, units

MAX_PAGE_BYTES = 100_000  # of one camera


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with make_hub(tmp_path_factory.mktemp("hub")) as folder:
        yield folder


@pytest.fixture(scope="module")
def hostile(hub: HubFolder) -> Identity:
    return enrolled(hub, "hostile")


def believed(extreme: dict[str, Any], address: bytes) -> bytes:
    """A radio sighting that a rule bears out, with the extreme one's places, times and hearings; others as they are."""
    if extreme["kind"] != "radio":
        return msgspec.json.encode(extreme)
    real = radio("ac:cc:8e:" + address.hex(":"))
    plain = msgspec.to_builtins(real)
    heard = {**extreme["radio"], "transmitter": plain["radio"]["transmitter"]}
    return msgspec.json.encode({**extreme, **{k: plain[k] for k in ("made", "evidence", "claims")}, "radio": heard})


extreme_bodies = st.tuples(sightings(), st.binary(min_size=3, max_size=3), st.booleans()).map(
    lambda drawn: believed(drawn[0], drawn[1]) if drawn[2] else msgspec.json.encode(drawn[0])
)


def identified(body: bytes) -> tuple[str, bytes]:
    """The same under an id that no other has."""
    one = new_id()
    return one, msgspec.json.encode({**msgspec.json.decode(body), "id": one})


def sealed_if_it_fits(identity: Identity, body: bytes) -> Unit | None:
    name, whole = identified(body)
    try:
        return sealed(identity, name, whole)
    except ContractError:  # does not pack into a unit
        return None


def strict(text: bytes | str) -> Any:
    """JSON without NaN and infinities, which are none."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


def check(hub: HubFolder, hostile: Identity, bodies: list[bytes]) -> None:
    """Take them in among good ones, derive, and look at everything that is shown of them."""
    good = [look(), radio()]
    bad = [unit for body in bodies if (unit := sealed_if_it_fits(hostile, body)) is not None]
    some = [*units(hostile, good[0]), *bad, *units(hostile, good[1])]
    with tempfile.TemporaryDirectory(dir=hub.path) as scratch, closing(SqliteStore(Path(scratch))) as store:
        taking = UnitIngest(store, hub.keys, hub.registry, recogniser=hub.recogniser)
        assert hostile.account is not None
        incoming = [Incoming(topic="t", mailbox=hostile.account.mailbox, payload=parcel_of(some))]
        done = taking.receive(incoming)
        receipts = {receipt.hash: receipt.verdict for answer in done.answers for receipt in answer.receipts}
        assert [receipts[unit.hash] for unit in (some[0], some[-1])] == [Verdict.STORED] * 2
        assert len(receipts) == len(some)
        assert done.stored + done.set_aside == len(some)
        for row in store.read():
            assert row.body == encode(decode_sighting(row.body)), "stored as our own types say it"
            assert len(row.body) <= MAX_CONTENT_BYTES
        assert taking.receive(incoming).stored == 0
        cameras = LiveCameras(store, recogniser=hub.recogniser)
        cameras.refresh()
        arrivals(store)
        look_at_all(cameras)


def look_at_all(cameras: LiveCameras) -> None:
    details = cameras.cameras()
    for feature in strict(export(details, everything=True))["features"]:
        check_places([feature["geometry"]["coordinates"]])
        check_places(feature["properties"]["contrechamp:region95"]["coordinates"][0])
    with TestClient(make_app(cameras, gate=OpenGate(Role.ADMIN)), base_url="http://127.0.0.1:8787") as browser:
        for path in ("/api/cameras.geojson", "/api/coverage.geojson", "/api/status"):
            strict(browser.get(path).raise_for_status().text)
        for path in ("/", *(f"/cameras?sort={order}&lang=fr" for order in ("where", "last", "kind", "accuracy"))):
            browser.get(path).raise_for_status()
        for detail in details:
            strict(browser.get(f"/api/cameras/{detail.camera.id}").raise_for_status().text)
            page = browser.get(f"/cameras/{detail.camera.id}").raise_for_status()
            assert len(page.content) < MAX_PAGE_BYTES


def check_places(places: list[list[float]]) -> None:
    for lon, lat in places:
        assert -180 <= lon <= 180
        assert -90 <= lat <= 90


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(bodies=st.lists(extreme_bodies, min_size=1, max_size=8))
def test_whatever_the_contract_allows_is_stored_or_refused_and_shown(
    hub: HubFolder, hostile: Identity, bodies: list[bytes]
) -> None:
    check(hub, hostile, bodies)


POLES = [(90.0, 0.0), (-90.0, 180.0), (89.9999999, -180.0), (0.0, 180.0), (0.0, -180.0), (1e-300, 5e-324)]


@pytest.mark.parametrize("accuracy_m", [None, 0.0, 5e-324, 100_000.0])
def test_places_at_the_ends_of_the_earth_are_shown_on_it(
    hub: HubFolder, hostile: Identity, accuracy_m: float | None
) -> None:
    bodies = []
    for number, (lat, lon) in enumerate(POLES):
        place = {"lat": lat, "lon": lon, **({} if accuracy_m is None else {"accuracy_m": accuracy_m})}
        for subject in (
            None,
            {"how": "bearing", "bearing_deg": 0.0, "distance_m": 100_000.0, "bearing_sd_deg": 360.0},
            {"how": "bearing", "bearing_deg": 45.0, "distance_m": 0.0, "distance_sd_m": 0.0, "bearing_sd_deg": 5e-324},
            {"how": "bearing", "bearing_deg": 45.0, "distance_m": 1e5, "distance_sd_m": 1e5, "bearing_sd_deg": 5e-324},
            {"how": "standing-under", "place": place},
        ):
            for walk in (1, 2):
                one = msgspec.to_builtins(look(walk=f"{walk:032x}"))
                bodies.append(msgspec.json.encode({**one, "observer": place, "subject": subject}))
        heard = msgspec.to_builtins(radio(f"ac:cc:8e:00:00:{number:02x}"))
        hearings = [{"place": {"lat": a, "lon": o}, "signal_dbm": s} for a, o in POLES for s in (-150.0, 50.0)]
        heard["radio"]["hearings"] = [{"place": place}, *hearings]
        bodies.append(msgspec.json.encode(heard))
    for start in range(0, len(bodies), 33):
        check(hub, hostile, bodies[start : start + 33])


def test_the_same_id_with_every_kind_is_the_first_of_them(hub: HubFolder, hostile: Identity) -> None:
    one = look()
    sealer = hostile.sealer()
    heard = msgspec.structs.replace(radio(), id=one.id)
    bare = msgspec.structs.replace(heard, radio=Radio(transmitter="ac:cc:8e:10:20:30"))
    back = sealer.withdrawal(one.id, [one.id, "0" * 32])
    some = [*units(hostile, one, heard, bare), back, sealed(hostile, one.id, b"{}"), sealed(hostile, one.id, b"")]
    some += [sealed(hostile, one.id, b"\xff\xd8", kind=UnitType.PHOTO), sealed(hostile, "0" * 32, encode(one))]
    with tempfile.TemporaryDirectory(dir=hub.path) as scratch, closing(SqliteStore(Path(scratch))) as store:
        assert hostile.account is not None
        taking = UnitIngest(store, hub.keys, hub.registry, recogniser=hub.recogniser)
        done = taking.receive([Incoming(topic="t", mailbox=hostile.account.mailbox, payload=parcel_of(some))])
        verdicts = {receipt.hash: receipt.verdict for answer in done.answers for receipt in answer.receipts}
        assert [verdicts[unit.hash] for unit in some] == [
            Verdict.STORED, Verdict.REFUSED, Verdict.REFUSED, Verdict.STORED, *[Verdict.REFUSED] * 4,
        ]  # fmt: skip
        assert store.count() == 0, "it was taken back"


@pytest.mark.parametrize(
    "wrong",
    [
        b'{"v":1,"id":' + b"[" * 7000,
        b'{"unknown":' + b"[" * 900 + b"]" * 900 + b',"v":1}',
        b'{"v":' + b"9" * 5000 + b"}",
        b'{"v":1e999}',
        b'{"v":NaN}',
        b'"\\ud800"',
        b"\xff\xfe{}",
        b"{}" * 4000,
        b"",
    ],
)
def test_what_is_no_sighting_is_refused_alone(hub: HubFolder, hostile: Identity, wrong: bytes) -> None:
    good = units(hostile, look())
    taking = UnitIngest(hub.store, hub.keys, hub.registry, recogniser=hub.recogniser)
    assert hostile.account is not None
    payload = parcel_of([sealed(hostile, new_id(), wrong), *good])
    done = taking.receive([Incoming(topic="t", mailbox=hostile.account.mailbox, payload=payload)])
    assert (done.stored, done.set_aside) == (1, 1)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(one=sightings())
def test_what_is_made_up_is_of_the_contract(one: dict[str, Any]) -> None:
    """Else nothing but refusals would be tested."""
    decode_sighting(msgspec.json.encode(one))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="content-") as folder, make_hub(Path(folder)) as made:
        identity = enrolled(made, "hostile")

        @settings(max_examples=int(sys.argv[1]), deadline=None, suppress_health_check=list(HealthCheck))
        @given(bodies=st.lists(extreme_bodies, min_size=1, max_size=30))
        def run(bodies: list[bytes]) -> None:
            check(made, identity, bodies)

        run()
