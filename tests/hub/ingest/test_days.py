"""What probes' clocks say of the day: only live ones that had it from outside count, and only two that agree."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from hub.data import HubFolder, make_hub
from hub.ingest.receive import Incoming, UnitIngest
from hub.keys import IN_USE_DAYS, HubKeys
from probe.contract.parcel import Receipts, SignedKind, decode_receipts
from probe.contract.sighting import Adapter, ClockSource, Making, Moment, Sighting
from probe.seal.identity import Identity
from probe.seal.verify import verified_body
from tests.examples import look
from tests.hub.keys.clocks import Machine
from tests.paired import database_of, enrolled, parcel

pytestmark = pytest.mark.engines


class Hub:
    """A hub on a machine whose clocks the test sets, back after a hundred days; two probes of it."""

    def __init__(self, folder: HubFolder) -> None:
        self.folder, self.machine = folder, Machine()
        data = folder.path / "later"
        HubKeys(data, clock=self.machine).take_word(self.machine.day)
        self.machine.off(100)
        self.keys = HubKeys(data, clock=self.machine)
        at = HubFolder(folder.path, folder.store, self.keys, folder.registry)
        self.one, self.two = enrolled(at, "one"), enrolled(at, "two")
        self.units = UnitIngest(folder.store, self.keys, folder.registry)

    def receive(self, probe: Identity, *sightings: Sighting) -> Receipts:
        assert probe.account is not None
        incoming = Incoming(topic="t", mailbox=probe.account.mailbox, payload=parcel(probe, *sightings))
        (answer,) = self.units.receive([incoming]).answers
        return decode_receipts(verified_body(self.keys.public, SignedKind.RECEIPTS, answer.signed))

    def settled(self) -> bool:
        return self.keys.doubt is None


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with make_hub(tmp_path / "hub") as folder:
        yield Hub(folder)


def seen(
    hub: Hub,
    source: ClockSource = ClockSource.GNSS,
    adapter: Adapter = Adapter.REAL,
    *,
    composed: bool = False,
    ahead_days: int = 0,
) -> Sighting:
    """A sighting of this hour, by a clock."""
    utc = datetime.fromtimestamp(hub.machine.true_s, UTC) + timedelta(days=ahead_days)
    made = Making(adapter=adapter, software="test", composed=composed)
    return msgspec.structs.replace(look(), made=made, time=Moment(utc=utc, source=source))


@pytest.mark.parametrize("source", [ClockSource.GNSS, ClockSource.NTP])
def test_two_probes_that_had_the_time_from_outside_settle_the_day(hub: Hub, source: ClockSource) -> None:
    newest = hub.keys.sealing_terms()[0][0]
    for _ in range(3):
        receipts = hub.receive(hub.one, seen(hub, source), look())
    assert not hub.settled()
    assert receipts.day < hub.machine.day, "no probe is told a day that is not believed"
    assert hub.receive(hub.two, seen(hub, source)).day == hub.machine.day
    assert hub.settled()
    assert hub.keys.sealing_terms()[0][0] != newest, f"{IN_USE_DAYS} days are over"


@pytest.mark.parametrize("source", [ClockSource.RTC, ClockSource.CAPTURE, ClockSource.EXIF, ClockSource.LOG])
def test_other_clocks_prove_nothing(hub: Hub, source: ClockSource) -> None:
    for probe in (hub.one, hub.two):
        hub.receive(probe, seen(hub, source))
    assert not hub.settled()


@pytest.mark.parametrize("adapter", [Adapter.REPLAY, Adapter.SCRIPTED, Adapter.IMPORT])
def test_recordings_and_compositions_prove_nothing(hub: Hub, adapter: Adapter) -> None:
    for probe in (hub.one, hub.two):
        hub.receive(probe, seen(hub, adapter=adapter), seen(hub, composed=True))
    assert not hub.settled()


def test_a_day_to_come_proves_nothing(hub: Hub) -> None:
    for probe in (hub.one, hub.two):
        hub.receive(probe, seen(hub, ahead_days=400))
    assert not hub.settled()


def test_a_revoked_probe_proves_nothing(hub: Hub) -> None:
    registry = hub.folder.registry
    registry.revoke(registry.named("two"), hub.machine.day)
    hub.receive(hub.one, seen(hub))
    hub.receive(hub.two, seen(hub))
    assert not hub.settled()


def test_who_sent_what_is_not_forgotten_by_a_leap_nor_kept_by_one(hub: Hub) -> None:
    store, machine = hub.folder.store, hub.machine
    store.today = lambda: hub.keys.arrival_day  # type: ignore[attr-defined]
    hub.keys.take_word(machine.day)

    def links() -> list[str]:
        return [expires for (expires,) in database_of(hub.folder).rows("SELECT expires FROM sender ORDER BY seq")]

    hub.receive(hub.one, look())
    machine.show(machine.day + timedelta(days=4000))
    hub.receive(hub.one, look())
    store.forget_senders(hub.keys.day)
    assert len(links()) == 2, "a leap forgets nothing"
    machine.show(datetime(1970, 1, 1, tzinfo=UTC).date())
    hub.receive(hub.one, look())
    store.forget_senders(hub.keys.day)
    assert len(links()) == 3
    machine.right()
    machine.run(38)
    store.forget_senders(hub.keys.day)
    assert links() == [], "and keeps nothing"
