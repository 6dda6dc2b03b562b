"""What a hub gives its probes along: where walkers are led to, and where never; what is offered, and to whom."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hub.basemap import WALKERS
from hub.data import open_hub
from hub.enroll.home import GATHER_S, WayBack
from hub.enroll.second_looks import second_looks
from hub.errors import StoreError
from hub.ingest.giving import HOUR_S, MOST_ASKING, Giving
from hub.publish.view import CameraDetail, ClaimView
from probe.contract.envelope import digest
from probe.contract.home import MOST_PLACES, HomePacket, Look, OfferKind, Wanted, decode_home, decode_places
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
