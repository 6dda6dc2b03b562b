"""What a hub gives its probes along: where walkers are led to, and where never; what is offered, and to whom."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.basemap import WALKERS
from hub.basemap.walkers import SheetWriter
from hub.data import open_hub
from hub.enroll.home import GATHER_S, MOST_NEW_STANDS, WayBack
from hub.enroll.second_looks import MOST_ADVISED, second_looks
from hub.enroll.stands import Stands
from hub.errors import StoreError
from hub.ingest.giving import HOUR_S, MOST_ASKING, Giving
from hub.merge.stand import Stand, next_stands
from hub.publish.view import CameraDetail, ClaimView
from probe.contract.envelope import digest
from probe.contract.home import (
    MAX_THING_BYTES,
    MOST_LOOKS_FROM,
    MOST_PLACES,
    HomePacket,
    Look,
    OfferKind,
    Wanted,
    decode_home,
    decode_places,
    pack_places,
)
from probe.contract.parcel import SignedKind
from probe.contract.streets import WayClass
from probe.seal.verify import verified_body
from tests.hub.publish.cameras import camera
from tests.paired import made_hub
from tests.probe.uplink.test_way_back import lay_streets

PRIVATE = (ClaimView(about="private-dwelling", value=True, strength="weak", sightings=1),)


def reasons(*cameras: CameraDetail) -> list[str]:
    return [look.reason for look in second_looks(cameras)]


def test_a_confirmed_camera_is_looked_at_again_where_something_is_not_known() -> None:
    assert reasons(camera()) == []
    assert reasons(camera(radius95_m=30.0)) == [Look.DOUBT]
    assert reasons(camera(title_kind="camera")) == [Look.KIND]
    assert reasons(camera(title_kind="fixed", direction=None)) == [Look.DIRECTION]
    assert reasons(camera(title_kind="dome", direction=None)) == []
    assert reasons(camera(review="waiting", follow_up=True)) == [Look.ASKED]


@pytest.mark.parametrize(
    "fields",
    [
        {"review": "waiting"},
        {"review": "waiting", "standing": "hint"},
        {"standing": "hint"},
        {"review": "rejected", "follow_up": True},
        {"private": True, "follow_up": True},
        {"gone": "2026-05-01", "follow_up": True},
        {"claims": PRIVATE, "follow_up": True},
        {"claims": PRIVATE},
        {"composed": True},
    ],
)
def test_nobody_is_led_to_a_home_to_a_hint_or_to_what_is_no_camera(fields: dict[str, Any]) -> None:
    assert reasons(camera(), camera(radius95_m=40.0, **fields)) == []


def test_what_is_worth_most_comes_first_and_there_is_an_end() -> None:
    many = [camera(radius95_m=16.0 + number % 50, north_m=number) for number in range(MOST_PLACES + 10)]
    looks = second_looks([*many, camera(follow_up=True)])
    assert len(looks) == MOST_PLACES
    assert looks[0].reason == Look.ASKED
    doubts = [look.place.accuracy_m or 0.0 for look in looks[1:]]
    assert doubts == sorted(doubts, reverse=True)
    (one,) = second_looks([camera(radius95_m=32.4)])
    assert one.place.accuracy_m == 20.0
    assert one.place.lat == round(one.place.lat, 5)


STAND = Stand(lat=47.00012345, lon=-17.0, what="photo", bearing_deg=357.2, before_m=30.0, after_m=15.0, on_street=True)


def test_where_a_place_is_in_doubt_it_is_said_from_where_to_look_and_nothing_finer_than_a_metre() -> None:
    asked: list[str] = []

    def advise(detail: CameraDetail) -> Sequence[Stand]:
        asked.append(detail.camera.id)
        return (STAND,) * 5

    doubt, hint = camera(radius95_m=30.0), camera(radius95_m=30.0, standing="hint", review="waiting", follow_up=True)
    sure = camera(title_kind="camera")
    looks = second_looks([doubt, hint, sure], advise=advise)
    assert asked == [doubt.camera.id]  # a hint may be no camera at all: nobody is told to photograph it from a side
    assert [len(look.stands) for look in looks] == [0, MOST_LOOKS_FROM, 0]
    (one, *_) = looks[1].stands
    assert (one.place.lat, one.how, one.bearing_deg) == (47.00012, "photo", 0)
    many = second_looks([camera(radius95_m=30.0 + number % 7) for number in range(MOST_PLACES)], advise=advise)
    assert sum(bool(look.stands) for look in many) == MOST_ADVISED
    assert len(pack_places(many)) < MAX_THING_BYTES


PRIVATE_OR_GONE: list[dict[str, Any]] = [
    {"private": True},
    {"review": "rejected"},
    {"gone": "2026-05-01"},
    {"claims": PRIVATE},
]


@pytest.mark.parametrize("fields", PRIVATE_OR_GONE)
def test_nobody_is_told_from_where_to_look_at_a_home_or_at_what_is_gone(tmp_path: Path, fields: dict[str, Any]) -> None:
    lay_crossing(tmp_path)
    stands = Stands(tmp_path)
    assert stands.of(camera(radius95_m=30.0))
    assert stands.of(camera(radius95_m=30.0, **fields)) == ()


def lay_crossing(data: Path) -> None:
    """Two streets that cross 12 m from the island's origin."""
    writer = SheetWriter(data / "scratch.db")
    for line in ([(-17.002, 46.9999), (-16.998, 46.9999)], [(-16.9998, 46.998), (-16.9998, 47.002)]):
        writer.way(WayClass.STREET, "Rue", line)
    writer.finish(data / WALKERS, "2026-05-01")
    writer.close()


def test_the_advice_is_worked_out_once_and_anew_where_the_streets_or_the_camera_are_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked: list[object] = []

    def counted(*of: Any) -> tuple[Stand, ...]:
        worked.append(of)
        return next_stands(*of)

    monkeypatch.setattr("hub.enroll.stands.next_stands", counted)
    stands, one = Stands(tmp_path), camera(radius95_m=30.0)
    assert stands.of(one) == ()  # no street is known, and nobody may be told where others stood
    assert worked == []
    lay_crossing(tmp_path)
    found = stands.of(one)
    assert 1 <= len(found) <= MOST_LOOKS_FROM
    assert all(stand.on_street and stand.what == "photo" for stand in found)
    assert stands.of(one) == found
    assert len(worked) == 1
    stands.of(msgspec.structs.replace(one, camera=msgspec.structs.replace(one.camera, radius95_m=31.0)))
    assert len(worked) == 2


def test_a_demo_offers_its_fictional_cameras() -> None:
    assert reasons(camera(composed=True, radius95_m=40.0)) == [Look.DOUBT]


@dataclass
class Clock:
    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Cameras:
    """All cameras of a hub, and how often they were asked for."""

    all: list[CameraDetail] = field(default_factory=list)
    asked: int = 0
    broken: bool = False

    def __call__(self) -> Sequence[CameraDetail]:
        self.asked += 1
        if self.broken:
            raise StoreError("the disk is full")
        return self.all


def told(way_back: WayBack, public: bytes, packet: bytes | None = None) -> HomePacket:
    return decode_home(verified_body(public, SignedKind.HOME, packet or way_back.packet()))


def test_what_is_offered_is_given_by_its_hash_and_gathered_now_and_then(tmp_path: Path) -> None:
    data, clock, cameras = made_hub(tmp_path / "hub"), Clock(), Cameras([camera(radius95_m=40.0)])
    with open_hub(data) as hub:
        way_back = WayBack(hub.keys, data, cameras, clock=clock)
        packet = told(way_back, hub.keys.public)
        assert [offer.kind for offer in packet.offers] == [OfferKind.CATALOGUE, OfferKind.PLACES]
        assert packet.descriptor is not None
        places = packet.offers[1]
        given = way_back.thing(places.hash)
        assert given is not None
        (thing,) = told(way_back, hub.keys.public, given).things
        assert digest(thing) == places.hash
        assert len(decode_places(thing)) == 1
        assert way_back.thing(b"x" * 32) is None
        assert cameras.asked == 1
        cameras.all.append(camera(radius95_m=50.0))
        assert told(way_back, hub.keys.public).offers == packet.offers
        clock.now_s += GATHER_S + 1
        assert told(way_back, hub.keys.public).offers != packet.offers


def test_probes_are_told_from_where_to_look_a_bounded_number_of_cameras_more_each_time(tmp_path: Path) -> None:
    data, clock = made_hub(tmp_path / "hub"), Clock()
    cameras = Cameras([camera(radius95_m=30.0 + number / 100) for number in range(MOST_NEW_STANDS + 5)])
    lay_crossing(data)

    def advised(way_back: WayBack, hub_public: bytes) -> int:
        (offer,) = [one for one in told(way_back, hub_public).offers if one.kind == OfferKind.PLACES]
        (thing,) = told(way_back, hub_public, way_back.thing(offer.hash)).things
        return sum(bool(look.stands) for look in decode_places(thing))

    with open_hub(data) as hub:
        way_back = WayBack(hub.keys, data, cameras, clock=clock)
        assert advised(way_back, hub.keys.public) == MOST_NEW_STANDS
        clock.now_s += GATHER_S + 1
        assert advised(way_back, hub.keys.public) == MOST_NEW_STANDS + 5


def test_streets_are_offered_as_soon_as_they_are_there_and_no_longer(tmp_path: Path) -> None:
    data = made_hub(tmp_path / "hub")
    with open_hub(data) as hub:
        way_back = WayBack(hub.keys, data, list, clock=Clock())
        assert OfferKind.STREETS not in [offer.kind for offer in told(way_back, hub.keys.public).offers]
        lay_streets(data, 30)
        (offer,) = [one for one in told(way_back, hub.keys.public).offers if one.kind == OfferKind.STREETS]
        assert str(offer.day) == "2026-05-01"
        assert offer.hash in {digest(thing) for thing in told(way_back, hub.keys.public, way_back.whole()).things}
        (data / WALKERS).write_bytes(b"damaged")
        assert OfferKind.STREETS not in [offer.kind for offer in told(way_back, hub.keys.public).offers]
        assert WayClass.STREET.walkable


def test_where_the_cameras_cannot_be_read_the_rest_is_given(tmp_path: Path) -> None:
    data = made_hub(tmp_path / "hub")
    with open_hub(data) as hub:
        packet = told(WayBack(hub.keys, data, Cameras(broken=True)), hub.keys.public)
        assert [offer.kind for offer in packet.offers] == [OfferKind.CATALOGUE]
        assert packet.descriptor is not None


class Sent:
    def wait_for_publish(self, _seconds: float) -> None:
        raise RuntimeError("no connection")


@dataclass
class Mail:
    packets: list[tuple[str, bytes]] = field(default_factory=list)

    def __call__(self, mailbox: str, packet: bytes) -> Sent:
        self.packets.append((mailbox, packet))
        return Sent()


def test_strangers_get_nothing_and_nobody_gets_more_than_a_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, clock, mail = made_hub(tmp_path / "hub"), Clock(), Mail()
    lay_streets(data, 30)
    with open_hub(data) as hub:
        way_back = WayBack(hub.keys, data, list)
        giving = Giving(way_back, lambda mailbox: mailbox == "ours", mail, clock=clock)
        giving.answer("stranger", Wanted(v=1))
        assert mail.packets == []
        giving.answer("ours", Wanted(v=1))
        giving.answer("ours", Wanted(v=1, want=(b"x" * 32,)))
        assert len(mail.packets) == 1
        monkeypatch.setattr("hub.ingest.giving.OCTETS_PER_HOUR", len(mail.packets[0][1]) * 3)
        for _ in range(10):
            giving.answer("ours", Wanted(v=1))
        assert len(mail.packets) == 3
        clock.now_s += HOUR_S + 1
        giving.answer("ours", Wanted(v=1))
        assert len(mail.packets) == 4


def test_of_many_who_ask_so_many_wait(tmp_path: Path) -> None:
    data = made_hub(tmp_path / "hub")
    with open_hub(data) as hub:
        mail = Mail()
        giving = Giving(WayBack(hub.keys, data, list), lambda _mailbox: True, mail)
        for number in range(MOST_ASKING * 2):
            giving.ask(f"{number % (MOST_ASKING + 50)}", Wanted(v=1))
        assert len(giving._asking) == MOST_ASKING
        giving.stop()
