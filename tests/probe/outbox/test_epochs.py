"""A hub that comes back from a backup lacks what it has receipted since. Whatever is repeated of what it said before,
no probe believes again that the hub has it; and whatever its clock says then, no probe is locked out."""

import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from hub.data import HubFolder, make_hub, open_hub
from hub.enroll.folder import lay_home
from hub.enroll.home import home_packet
from hub.ingest.folder import ingest_folder
from hub.ingest.receive import Incoming
from hub.keys import HubKeys
from hub.keys.day import Reading, machine_clock
from hub.keys.hub_keys import SERIAL_GAP
from hub.service import RunningHub, Settings
from probe.contract.address import BrokerAddress
from probe.contract.base import Name, Part, Version
from probe.contract.envelope import pack
from probe.contract.home import HomePacket, decode_home
from probe.contract.parcel import Receipt, Receipts, SignedKind, Verdict, decode_parcel, decode_receipts
from probe.outbox.identity import Outdated
from probe.outbox.outbox import Outbox
from probe.outbox.room import KEPT_DAYS
from probe.seal.identity import Identity
from probe.seal.verify import verified_body
from probe.uplink.folder import FolderUplink
from probe.uplink.mqtt import MqttUplink
from probe.uplink.uplink import checked_receipts, take_home_packet
from tests.examples import look
from tests.paired import enrolled, ingest_of, pair, parcel_of

DAY_S = 86_400.0


class World:
    """A hub, copies of it, and a probe. `hub` is the folder that serves now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hub = folder / "hub"
        self.identity = pair(folder / "o.db", self.hub)
        self.box = Outbox(folder / "o.db")
        self.stick = folder / "stick"
        self.stick.mkdir()

    def copy(self) -> Path:
        """What a backup holds."""
        return Path(shutil.copytree(self.hub, self.folder / f"copy-{len(list(self.folder.iterdir()))}"))

    def restore(self, copy: Path, now_s: float | None = None) -> None:
        """As `restore` does, by a clock that says this."""
        self.hub = Path(shutil.copytree(copy, self.folder / f"hub-{len(list(self.folder.iterdir()))}"))
        clock = machine_clock if now_s is None else lambda: Reading(wall_s=now_s, boot="another", boot_s=0.0)
        HubKeys(self.hub, clock=clock).renew_epoch()

    def answered(self) -> list[bytes]:
        """What the hub says to what waits: the signed receipts, which the probe has not seen yet."""
        with open_hub(self.hub) as hub:
            return answers(hub, self.identity, self.box)

    def deliver(self) -> None:
        """Hand over what waits, by hand: to the stick, to the hub, and back."""
        for _ in range(2):
            FolderUplink(self.stick).deliver(self.box, lambda _standing: None)
            with open_hub(self.hub) as hub:
                ingest_folder(self.stick, ingest_of(hub))
        FolderUplink(self.stick).deliver(self.box, lambda _standing: None)

    def take(self, word: bytes) -> None:
        """What a probe does with receipts, whoever brings them."""
        self.box.settle(checked_receipts(self.box.paired(), self.box, word), word)

    @property
    def queued(self) -> int:
        return self.box.standing().queued

    @property
    def stored(self) -> int:
        with open_hub(self.hub) as hub:
            return hub.store.count()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.box.close()


def answers(hub: HubFolder, identity: Identity, box: Outbox) -> list[bytes]:
    units = [unit for _, unit in box.waiting(limit=64)]
    assert identity.account is not None
    incoming = Incoming(topic="t", mailbox=identity.account.mailbox, payload=parcel_of(units))
    return [answer.signed for answer in ingest_of(hub).receive([incoming]).answers]


def test_a_receipt_of_before_the_restore_settles_nothing_however_it_comes(world: World) -> None:
    copy = world.copy()
    world.box.add([look(), look()])
    FolderUplink(world.stick).deliver(world.box, lambda _standing: None)
    with open_hub(world.hub) as hub:
        ingest_folder(world.stick, ingest_of(hub))
    (old,) = [path.read_bytes() for path in world.stick.glob("*.receipts")]
    FolderUplink(world.stick).deliver(world.box, lambda _standing: None)
    assert world.queued == 0
    world.restore(copy)
    world.box.add([look()])
    with open_hub(world.hub) as hub:
        lay_home(world.stick, hub.keys)
    FolderUplink(world.stick).deliver(world.box, lambda _standing: None)
    assert world.queued == 3, "offered again, as the hub has a new epoch"
    (world.stick / "0.receipts").write_bytes(old)
    FolderUplink(world.stick).deliver(world.box, lambda _standing: None)
    assert world.queued == 3, "the hub lacks what its old receipts speak of"
    world.deliver()
    assert (world.queued, world.stored) == (0, 3)


def test_an_epoch_is_entered_by_receipts_alone_and_known_after_a_restart(world: World) -> None:
    copy = world.copy()
    world.box.add([look()])
    (old,) = world.answered()
    world.take(old)
    world.restore(copy)
    world.box.add([look()])
    (new,) = world.answered()
    world.take(new)
    assert world.queued == 1, "the first is offered again"
    world.box.close()
    world.box = Outbox(world.folder / "o.db")
    for word in (old, old):
        with pytest.raises(Outdated):
            world.take(word)
    assert world.queued == 1
    world.take(new)
    assert not world.box.in_doubt


def test_within_an_epoch_receipts_are_good_in_any_order(world: World) -> None:
    world.box.add([look()])
    (first,) = world.answered()
    keys = HubKeys(world.hub)
    keys.take_word(keys.day)  # its serial is higher now
    world.box.take_descriptor(keys.descriptor())
    assert decode_receipts(verified_body(keys.public, SignedKind.RECEIPTS, first)).serial != keys.serial
    world.take(first)
    assert world.queued == 0


def test_a_home_packet_of_before_the_restore_is_not_believed(world: World) -> None:
    copy = world.copy()
    with open_hub(world.hub) as hub:
        old = home_packet(hub.keys)
    world.restore(copy)
    world.box.add([look()])
    (new,) = world.answered()
    world.take(new)
    with open_hub(world.hub) as hub:
        take_home_packet(world.box, home_packet(hub.keys))
    newest = world.box.paired().descriptor
    with pytest.raises(Outdated):
        take_home_packet(world.box, old)
    assert world.box.paired().descriptor == newest


@pytest.mark.parametrize("now_s", [0.0, 10_000 * DAY_S, 200_000 * DAY_S])
def test_a_hub_that_came_back_by_a_wrong_clock_is_reminded_and_goes_beyond_its_serials(
    world: World, now_s: float
) -> None:
    copy = world.copy()
    world.restore(copy, time.time() + 5 * DAY_S)
    world.box.add([look()])
    world.deliver()
    assert (world.queued, world.stored) == (0, 1)
    world.restore(copy, now_s)  # the same old copy once more: its serials begin below those of the lost hub
    world.box.add([look()])
    (behind,) = world.answered()
    with pytest.raises(Outdated):
        world.take(behind)
    world.deliver()
    world.deliver()
    assert (world.queued, world.stored) == (0, 2)
    assert not world.box.in_doubt


def test_over_mqtt_it_is_reminded_in_one_delivery(world: World) -> None:
    copy = world.copy()
    world.restore(copy, time.time() + 5 * DAY_S)
    world.box.add([look(), look()])
    (word,) = world.answered()
    world.take(word)
    world.restore(copy, 0.0)
    world.box.add([look()])
    with RunningHub(Settings(data=world.hub)) as running:
        assert running.wait_until_listening(20.0)
        uplink = MqttUplink(BrokerAddress.parse(running.mqtt_url), patience_s=60.0)
        delivered = uplink.deliver(world.box, lambda _standing: None)
    assert (delivered.standing.queued, delivered.standing.stored) == (0, 3)
    assert world.stored == 3


def test_nobody_but_the_hub_itself_drives_its_serials_up(tmp_path: Path, world: World) -> None:
    with make_hub(tmp_path / "other") as other, open_hub(world.hub) as hub:
        other.keys.renew_epoch()
        keys = hub.keys
        before = keys.serial
        true = keys.descriptor()
        body = Receipts(
            v=1, hub=keys.hub_id, probe=world.identity.probe, day=date(2026, 5, 9), epoch="e" * 32,
            serial=before + 5, receipts=(),
        )  # fmt: skip
        word = keys.sign(SignedKind.RECEIPTS, pack(body))
        for false in (
            b"",
            other.keys.descriptor(),
            true,  # of this very epoch
            keys.sign(SignedKind.HOME, pack(body)),
            keys.sign(SignedKind.RECEIPTS, pack(msgspec.structs.replace(body, serial=before - 1))),
            keys.sign(SignedKind.RECEIPTS, pack(msgspec.structs.replace(body, serial=None))),
            word[:-1] + bytes([word[-1] ^ 1]),
        ):
            assert not keys.outgrow(false)
        assert keys.serial == before
        assert keys.outgrow(word)
        assert keys.serial > before + 5
        assert not keys.outgrow(word), "once"
    with open_hub(world.hub) as hub:
        assert hub.keys.serial == before + 5 + SERIAL_GAP


def test_paired_anew_a_probe_believes_its_hub_again_and_offers_all_again(world: World) -> None:
    """For hubs of other makers, which cannot be reminded."""
    copy = world.copy()
    world.restore(copy, time.time() + 5 * DAY_S)
    world.box.add([look()])
    world.deliver()
    world.restore(copy, 0.0)
    with open_hub(world.hub) as hub:
        known = msgspec.structs.replace(enrolled(hub), key=world.identity.key)
        world.box.pair(known)
        assert world.queued == 1
        assert not world.box.in_doubt
    world.deliver()
    assert (world.queued, world.stored) == (0, 1)


class _EarlierReceipts(Part, frozen=True, kw_only=True):
    """As probes and hubs of an earlier version know them."""

    v: Version
    hub: Name
    probe: Name
    day: date
    epoch: Name
    receipts: tuple[Receipt, ...]


def test_probes_of_an_earlier_version_read_receipts_with_a_serial(world: World) -> None:
    world.box.add([look()])
    (word,) = world.answered()
    with open_hub(world.hub) as hub:
        body = verified_body(hub.keys.public, SignedKind.RECEIPTS, word)
    assert decode_receipts(body).serial is not None
    assert [one.verdict for one in msgspec.msgpack.decode(body, type=_EarlierReceipts).receipts] == [Verdict.STORED]


def test_a_hub_of_an_earlier_version_leads_into_its_epoch_by_its_descriptor(world: World) -> None:
    copy = world.copy()

    def earlier(word: bytes) -> bytes:
        """Its receipts, as it would have said them: without a serial."""
        with open_hub(world.hub) as hub:
            body = msgspec.msgpack.decode(verified_body(hub.keys.public, SignedKind.RECEIPTS, word))
            del body["serial"]
            return hub.keys.sign(SignedKind.RECEIPTS, msgspec.msgpack.encode(body))

    world.box.add([look()])
    world.take(earlier(*world.answered()))
    assert world.queued == 0
    world.restore(copy)
    world.box.add([look()])
    word = earlier(*world.answered())
    with pytest.raises(Outdated):
        world.take(word)
    with open_hub(world.hub) as hub:
        take_home_packet(world.box, home_packet(hub.keys))
    assert world.queued == 2
    world.take(word)
    assert world.queued == 1


def test_a_parcel_reminds_only_where_there_is_doubt(world: World) -> None:
    world.box.add([look()])
    assert world.box.newest_in_doubt() is None
    FolderUplink(world.stick).deliver(world.box, lambda _standing: None)
    (path,) = world.stick.glob("*.parcel")
    assert decode_parcel(path.read_bytes()).newest is None


def test_what_a_hub_got_before_its_clock_leapt_is_kept_for_its_return(world: World) -> None:
    """A hub that woke in 2019 receipts, learns the time, and is lost: the week begins when the right day is known."""
    world.box.add([look()])
    (word,) = world.answered()
    receipts = checked_receipts(world.box.paired(), world.box, word)
    world.box.settle(msgspec.structs.replace(receipts, day=date(2019, 7, 10)), word)
    today = date(2026, 5, 9)
    for day in (today, today + timedelta(days=KEPT_DAYS)):
        world.box.settle(msgspec.structs.replace(receipts, day=day, receipts=()), word)
        assert kept(world.box) == 1
    world.box.settle(msgspec.structs.replace(receipts, day=today + timedelta(days=KEPT_DAYS + 1), receipts=()), word)
    assert kept(world.box) == 0


def kept(box: Outbox) -> int:
    return int(box._db.execute("SELECT count(*) FROM unit WHERE data IS NOT NULL").fetchone()[0])


def test_a_home_packet_with_a_descriptor_of_another_hub_is_refused(tmp_path: Path, world: World) -> None:
    with make_hub(tmp_path / "other") as other, open_hub(world.hub) as hub:
        told = decode_home(verified_body(hub.keys.public, SignedKind.HOME, home_packet(hub.keys)))
        forged = HomePacket(v=1, hub=told.hub, day=told.day, descriptor=other.keys.descriptor())
        before = world.box.paired()
        with suppress(ValueError):
            take_home_packet(world.box, hub.keys.sign(SignedKind.HOME, pack(forged)))
        assert world.box.paired() == before
