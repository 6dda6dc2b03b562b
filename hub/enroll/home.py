"""The way back: what a hub gives its probes to take along, see `probe/contract/home.py`."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from time import monotonic

from hub.basemap import WALKERS
from hub.enroll.second_looks import second_looks
from hub.enroll.stands import Stands
from hub.errors import StoreError
from hub.keys import HubKeys
from hub.merge.stand import Stand
from hub.publish.view import CameraDetail
from probe.contract.base import CONTRACT_VERSION, ContractError
from probe.contract.envelope import digest, pack
from probe.contract.home import MAX_THING_BYTES, MOST_PLACES, HomePacket, Offer, OfferKind, SecondLook, pack_places
from probe.contract.parcel import SignedKind
from probe.contract.streets import SheetFile
from probe.detect.catalogue import bundled_text, newest_day

GATHER_S = 600.0  # so old may the places be that probes are given
MOST_NEW_STANDS = 60  # worked out in one go, a few milliseconds each: a probe waits; the rest comes with the next ones

_log = logging.getLogger(__name__)

_Identity = tuple[int, int, int]


def home_packet(keys: HubKeys) -> bytes:
    """The hub's newest keys, signed, as they travel."""
    return _signed(keys, HomePacket(v=CONTRACT_VERSION, hub=keys.hub_id, day=keys.day, descriptor=keys.descriptor()))


class WayBack:
    """What a hub has for its probes, for any thread: keys, places worth another look, rules, the walker's street map.

    `data` is the hub's folder, `cameras` gives all of its cameras; `places` come before those that they give. What
    cannot be had is not offered: receipts and keys do not wait for it. Until it is `ready` to give the cameras, nothing
    is offered at all: a probe keeps what it has then, and would drop what is missing among other offers.
    """

    def __init__(
        self,
        keys: HubKeys,
        data: Path,
        cameras: Callable[[], Sequence[CameraDetail]],
        *,
        places: Sequence[SecondLook] = (),
        clock: Callable[[], float] = monotonic,
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        self._keys, self._cameras, self._clock = keys, cameras, clock
        self._places = tuple(places)
        self.ready = ready
        self.streets = data / WALKERS
        self._stands, self._new_stands = Stands(data), 0
        self._lock = threading.Lock()
        self._things: dict[bytes, bytes] = {}
        self._offers: tuple[Offer, ...] = ()
        self._seen: _Identity | None = None
        self._gathered_s = float("-inf")

    def packet(self) -> bytes:
        """The home packet with the hub's newest keys and its offers, signed."""
        return _signed(self._keys, self._packet(self._offered()[0]))

    def thing(self, known: bytes) -> bytes | None:
        """The thing or sheet with this SHA-256 in a packet of its own, signed; None where there is none."""
        thing = self._offered()[1].get(known) or self._sheet(known)
        if thing is None:
            return None
        keys = self._keys
        return _signed(keys, HomePacket(v=CONTRACT_VERSION, hub=keys.hub_id, day=keys.day, things=(thing,)))

    def whole(self) -> bytes:
        """The home packet with all that is offered in it, as a stick carries it beside the file of the street map."""
        offers, things = self._offered()
        return _signed(self._keys, self._packet(offers, tuple(things[offer.hash] for offer in offers)))

    def _packet(self, offers: tuple[Offer, ...], things: tuple[bytes, ...] = ()) -> HomePacket:
        keys = self._keys
        return HomePacket(
            v=CONTRACT_VERSION,
            hub=keys.hub_id,
            day=keys.day,
            descriptor=keys.descriptor(),
            offers=offers,
            things=things,
        )

    def _offered(self) -> tuple[tuple[Offer, ...], dict[bytes, bytes]]:
        """The offers, and the things by their SHA-256; anew after a while, and where the streets are others."""
        if not self.ready():
            return (), {}
        with self._lock:
            now_s, there = self._clock(), _identity(self.streets)
            if now_s - self._gathered_s > GATHER_S or there != self._seen:
                self._gathered_s, self._seen = now_s, there
                self._gather()
            return self._offers, self._things

    def _gather(self) -> None:
        found: list[tuple[OfferKind, bytes, date | None]] = [
            (OfferKind.CATALOGUE, bundled_text().encode(), newest_day())
        ]
        self._new_stands = 0
        try:
            looks = second_looks(self._cameras(), advise=self._advise)
            found.append((OfferKind.PLACES, pack_places((*self._places, *looks)[:MOST_PLACES]), self._keys.day))
        except StoreError as problem:
            _log.warning("probes get no places worth another look: %s", problem)
        table = self._table()
        if table is not None:
            found.append((OfferKind.STREETS, *table))
        fitting = [(kind, thing, day) for kind, thing, day in found if len(thing) <= MAX_THING_BYTES]
        self._things = {digest(thing): thing for _, thing, _ in fitting}
        self._offers = tuple(
            Offer(kind=kind, hash=digest(thing), octets=len(thing), day=day) for kind, thing, day in fitting
        )

    def _advise(self, detail: CameraDetail) -> Sequence[Stand]:
        """From where to look at a camera; of those that have to be worked out, only so many at once."""
        known = self._stands.known(detail)
        if known is not None or self._new_stands >= MOST_NEW_STANDS:
            return known or ()
        self._new_stands += 1
        return self._stands.of(detail)

    def _table(self) -> tuple[bytes, date | None] | None:
        try:
            with self.streets.open("rb") as stream:
                sheets = SheetFile(stream)
            return sheets.packed_table, None if sheets.table.day is None else date.fromisoformat(sheets.table.day)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as problem:
            _log.warning("probes get no street map (%s); make it again with `contrechamp-hub basemap`", problem)
            return None

    def _sheet(self, known: bytes) -> bytes | None:
        try:
            with self.streets.open("rb") as stream:
                return SheetFile(stream).sheet(known)
        except (OSError, ContractError):  # gone or replaced meanwhile: the probe hears of the new one
            return None


def _signed(keys: HubKeys, packet: HomePacket) -> bytes:
    return keys.sign(SignedKind.HOME, pack(packet))


def _identity(path: Path) -> _Identity | None:
    try:
        there = path.stat()
    except OSError:
        return None
    return there.st_ino, there.st_mtime_ns, there.st_size
