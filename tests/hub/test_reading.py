"""A hub with a large log takes in and shows its map before it has derived its cameras; it never says there are none."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.derive.deriver import Deriver
from hub.derive.progress import Told
from hub.derive.showing import CameraChange
from hub.errors import StillReading, StoreError
from hub.log.decisions import DecisionKind, NewDecision
from hub.log.events import Forgetting, Undoing
from hub.service import RunningHub, Settings
from probe.contract.address import BrokerAddress
from probe.contract.home import decode_home
from probe.contract.parcel import decode_signed
from probe.contract.sighting import Sighting
from probe.outbox.outbox import Outbox
from probe.uplink.mqtt import MqttUplink
from tests.examples import look
from tests.hub.reading import REACHED, RELEASE, WAIT_S, Answer, Asking, HeldDeriver, filled
from tests.paired import pair
from tests.processes import until

EN, FR = "The hub reads its log again: 34\u00a0%.", "Le hub relit son journal\u00a0: 34\u00a0%."


@pytest.fixture
def before(tmp_path: Path) -> list[Sighting]:
    return filled(tmp_path / "hub", tmp_path)


@pytest.fixture
def held(tmp_path: Path, before: list[Sighting], monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningHub]:
    """A hub that runs, and stands still at 34 %."""
    assert before
    REACHED.clear()
    RELEASE.clear()
    monkeypatch.setattr("hub.derive.live.Deriver", HeldDeriver)
    try:
        with RunningHub(Settings(data=tmp_path / "hub", at_once=5)) as running:
            assert REACHED.wait(WAIT_S)
            yield running
            RELEASE.set()
    finally:
        RELEASE.set()


@pytest.fixture
def asking(held: RunningHub, tmp_path: Path) -> Asking:
    return Asking(tmp_path / "hub", held.url)


def derived(running: RunningHub) -> None:
    RELEASE.set()
    until(lambda: running.cameras.reading is None, "the cameras to be derived")


def test_what_a_probe_sends_is_receipted_and_its_offers_come_once_there_are_cameras(
    held: RunningHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[bool] = []
    send: Callable[..., object] = held._ingest._send_home

    def noted(mailbox: str, packet: bytes) -> object:
        given.append(bool(decode_home(decode_signed(packet).body).offers))
        return send(mailbox, packet)

    monkeypatch.setattr(held._ingest, "_send_home", noted)
    pair(tmp_path / "o.db", tmp_path / "hub")
    assert held.wait_until_listening(WAIT_S)
    with Outbox(tmp_path / "o.db") as box:
        box.add([look(observer=(0.0, 900.0))])
        uplink = MqttUplink(BrokerAddress.parse(held.mqtt_url))
        assert uplink.deliver(box, lambda _standing: None).standing.queued == 0
    assert held.folder.store.count() == 9
    assert given
    assert not any(given), "the places among the offers would be none"
    derived(held)
    until(lambda: given[-1], "the offers to come by themselves")
    until(lambda: held.cameras.status().sightings == 9, "what came meanwhile to be on the map")


def test_the_map_shows_what_was_saved_and_how_far_the_hub_is(held: RunningHub, asking: Asking) -> None:
    saved = held.folder.store.cameras().keys()
    assert len(saved) == 8
    assert {one["id"] for one in json.loads(asking.ask("/api/cameras.geojson").text)["features"]} == saved
    assert json.loads(asking.ask("/api/status").text)["reading"] == 34
    assert asking.ask("/api/coverage.geojson").status == 503
    for path in ("/", "/cameras", f"/cameras/{min(saved)}", "/hub"):
        for lang, sentence in (("en", EN), ("fr", FR)):
            answer = asking.ask(path, lang=lang)
            assert answer.status == 200
            assert sentence in answer.text, path
    assert "the hub only knows once it has read its log" in asking.ask("/hub").text


@pytest.mark.parametrize(
    "path",
    ["/review", "/hub/copies", "/hub/copies/cameras.geojson", "/hub/copies/cameras.csv?all=1", "/hub/pictures",
     "/sharing", f"/cameras/{'7' * 32}", f"/cameras/{'7' * 32}/review"],
)  # fmt: skip
def test_what_needs_derived_cameras_says_so_and_comes_again(path: str, held: RunningHub, asking: Asking) -> None:
    for lang, sentence in (("en", EN), ("fr", FR)):
        answer = asking.ask(path, lang=lang)
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert sentence in answer.text
        assert '<meta http-equiv="refresh" content="5">' in answer.text
    derived(held)
    assert asking.ask(path).status in (200, 404)


def test_who_decides_is_told_that_nothing_was_changed(held: RunningHub, asking: Asking, before: list[Sighting]) -> None:
    camera = next(iter(held.folder.store.cameras()))
    decisions, sightings = held.folder.store.decisions.version(), held.folder.store.count()
    form = f"answer=confirm&question=q&camera={camera}&seen=0".encode()
    added = json.dumps({"lat": 43.7, "lon": 7.4, "kind": "fixed"}).encode()

    def refused(answer: Answer) -> None:
        assert answer.status == 503, answer.text
        assert EN in answer.text
        assert "nothing was changed" in answer.text
        assert "refresh" not in answer.text, "it would ask for what can only be sent"

    refused(asking.ask("/review/decide", form))
    refused(asking.ask("/review/undo", b""))
    refused(asking.ask("/sharing", b"action=accept"))
    refused(asking.ask("/add/camera", added, kind="application/json"))
    with pytest.raises(StillReading):
        held.cameras.refresh()
    assert held.folder.store.decisions.version() == decisions
    assert held.folder.store.count() == sightings
    derived(held)
    assert asking.ask("/add/camera", added, kind="application/json").status == 200
    assert before


def public(asking: Asking) -> list[str]:
    answer = asking.ask("/shared/cameras.geojson")
    return [one["id"] for one in json.loads(answer.text)["features"]]


def test_the_shared_map_stays_as_it_was(held: RunningHub, asking: Asking) -> None:
    rows, sharing = held.folder.store.public.rows(), held.folder.store.public.sharing()
    seen = public(asking)
    assert len(seen) == 2
    assert sharing.held is None
    held.front.publisher.look()
    assert held.folder.store.public.rows() == rows
    assert held.folder.store.public.sharing() == sharing, "nor is it held that all have vanished"
    assert public(asking) == seen
    derived(held)
    held.front.publisher.look()
    assert public(asking) == seen


def test_what_is_erased_meanwhile_leaves_all_maps(held: RunningHub, asking: Asking, before: list[Sighting]) -> None:
    assert len(public(asking)) == 2
    held.folder.store.forget(Forgetting(sightings=((1, before[0].id),)))
    held.front.publisher.look()
    assert len(public(asking)) == 1
    held.cameras._first.told(0.5)  # type: ignore[union-attr]
    assert held.cameras.reading == 50
    assert not [one for one in held.cameras.cameras() if before[0].id in one.sighting_ids]
    derived(held)
    assert len(held.cameras.cameras()) == len(before) - 1


def test_afterwards_all_is_as_at_a_hub_that_derived_first(held: RunningHub) -> None:
    heard: list[bytes] = []
    held.cameras.subscribe(heard.append)
    derived(held)
    until(lambda: b'{"reload":true}' in heard, "pages to be told to load all again")
    other = Deriver(held.folder.store)
    other.refresh()
    assert held.cameras.cameras() == other.cameras()
    assert held.desk.cameras() == other.everything()
    assert held.cameras.status() == other.status()
    until(lambda: dict(held.folder.store.cameras()) == dict(other.saved_form()), "the cameras to be saved")
    told = [json.loads(one)["status"]["reading"] for one in heard if b"status" in one]
    assert told == sorted(told)


def test_a_hub_with_few_sightings_has_its_cameras_when_it_starts(tmp_path: Path, before: list[Sighting]) -> None:
    with RunningHub(Settings(data=tmp_path / "hub", at_once=len(before))) as running:
        assert running.cameras.reading is None
        assert len(running.desk.cameras()) == len(before)


def test_a_log_that_cannot_be_derived_ends_the_hub(
    tmp_path: Path, before: list[Sighting], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(Deriver):
        def refresh(self, told: Told | None = None) -> CameraChange | None:
            assert told is not None, "it is tried again"
            raise StoreError("the log cannot be read")

    monkeypatch.setattr("hub.derive.live.Deriver", Broken)
    assert before
    with RunningHub(Settings(data=tmp_path / "hub", at_once=5)) as running:
        with pytest.raises(StoreError, match="the log cannot be read"):
            running.wait(threading.Event())
        assert not running.cameras.alive


def test_a_hub_that_is_stopped_does_not_derive_the_rest(held: RunningHub) -> None:
    held.cameras._stopping.set()
    RELEASE.set()
    held.cameras.stop()
    assert not held.cameras.alive
    assert held.cameras.reading == 34


def test_the_share_that_is_done_only_grows(tmp_path: Path, before: list[Sighting]) -> None:
    with RunningHub(Settings(data=tmp_path / "hub")) as running:
        told: list[float] = []
        deriver = Deriver(running.folder.store)
        deriver.refresh(told.append)
        assert told == sorted(told)
        assert told[0] == 0.0
        assert sum(share < 0.02 for share in told) == len(before)
        assert any(0.02 <= share < 0.5 for share in told)
        assert any(0.5 <= share < 1.0 for share in told)
        assert deriver.cameras() == running.cameras.cameras()


@pytest.mark.parametrize("kind", [DecisionKind.PRIVATE, DecisionKind.REJECT])
def test_what_people_decide_meanwhile_elsewhere_leaves_the_shared_map(
    kind: DecisionKind, held: RunningHub, asking: Asking, before: list[Sighting]
) -> None:
    assert len(public(asking)) == 2
    held.folder.store.decisions.append("Ada", [NewDecision(kind=kind, sightings=(before[0].id,))])  # by a command
    held.front.publisher.look()
    assert len(public(asking)) == 1


def test_a_walk_that_is_taken_back_meanwhile_leaves_the_shared_map(
    held: RunningHub, asking: Asking, before: list[Sighting]
) -> None:
    held.folder.store.undo(Undoing(walk=before[0].walk, sightings=(1,)))
    held.front.publisher.look()
    assert len(public(asking)) == 1


def listed(asking: Asking) -> int:
    cameras = len(json.loads(asking.ask("/api/cameras.geojson").text)["features"])
    in_view = json.loads(asking.ask("/tiles/cameras.geojson?bbox=-180,-85,180,85").text)["features"]
    assert len(in_view) == cameras
    return cameras


def test_what_is_erased_meanwhile_leaves_what_readers_were_given_before(
    held: RunningHub, asking: Asking, before: list[Sighting]
) -> None:
    assert listed(asking) == len(before)
    held.folder.store.forget(Forgetting(sightings=((1, before[0].id),)))
    held.cameras._first.told(0.5)  # type: ignore[union-attr]
    assert listed(asking) == len(held.cameras.cameras())
    assert before[0].id not in asking.ask("/api/cameras.geojson").text


@pytest.mark.parametrize("kind", [DecisionKind.PRIVATE, DecisionKind.REJECT])
def test_what_people_decide_meanwhile_elsewhere_leaves_the_readers_map(
    kind: DecisionKind, held: RunningHub, asking: Asking, before: list[Sighting]
) -> None:
    assert listed(asking) == len(before)
    held.folder.store.decisions.append("Ada", [NewDecision(kind=kind, sightings=(before[0].id,))])  # by a command
    held.cameras._first.told(0.5)  # type: ignore[union-attr]
    assert listed(asking) == len(before) - 1
    derived(held)
    assert listed(asking) == len(before) - 1
