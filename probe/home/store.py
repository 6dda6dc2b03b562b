"""What the hub gave a probe to take along, beside its outbox: the street map, places worth another look, rules.

It lies open on the card: whoever takes the card reads which area it is for, and nothing of any walk. Each thing is
known by the SHA-256 that the hub has signed, and looked at again as it is read: what is damaged is absent, said in a
sentence, and asked for again. Another hub's things go as soon as the probe is paired with it.
"""

import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from probe.contract.base import CONTRACT_VERSION, ContractError
from probe.contract.envelope import digest, pack
from probe.contract.home import (
    MOST_WANTED,
    HomePacket,
    Offer,
    OfferKind,
    SecondLook,
    decode_home,
    decode_places,
    pack_places,
)
from probe.contract.streets import MAX_SHEET_BYTES, SheetEntry, SheetTable, decode_table
from probe.detect.catalogue import Catalogue, newest_day
from probe.files.durable import write_durably
from probe.files.private import make_folder
from probe.home.rules import newer_catalogue
from probe.home.streets import streets_json

SUFFIX = ".home"
MOST_BYTES = 64 * 1024 * 1024
_OFFERS, _SHEETS = "offers", "sheets"
_NO_STREETS = b'{"ways":[]}'
_KINDS = frozenset(OfferKind)
DAMAGED = "what the hub gave along is damaged on this card, in part; it comes again with the next delivery"


def home_beside(outbox: Path) -> Path:
    """The folder for what the hub gives along, beside an outbox."""
    return outbox.with_name(outbox.stem + SUFFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeAbout:
    """What is there: `sheets` of `all_sheets` of the street map, with their octets; the days of the extract that the
    streets are from and of the rules; how many places. None is "not there". `trouble` is a sentence."""

    hub: str | None = None
    sheets: int = 0
    all_sheets: int = 0
    octets: int = 0
    streets_day: str | None = None
    places: int | None = None
    catalogue_day: date | None = None
    trouble: str | None = None


class HomeStore:
    """The folder of what a hub gave along. Safe from several threads; it raises nothing where the card fails.

    With a `hub`, the id of the one that the probe is paired with, whatever is another's is wiped.
    """

    def __init__(self, folder: Path, hub: str | None = None) -> None:
        self.folder = folder
        self.trouble: str | None = None
        self._lock = threading.RLock()
        self._packet = self._read_packet()
        self._table: tuple[bytes, SheetTable] | None = None
        self._places: tuple[bytes, tuple[SecondLook, ...]] | None = None
        self._catalogue: tuple[bytes, Catalogue | None] | None = None
        if hub is not None and self._packet is not None and self._packet.hub != hub:
            self.wipe()

    @property
    def offered(self) -> bool:
        """Whether this hub has ever offered anything: then it answers what a probe asks for."""
        return self._packet is not None and bool(self._packet.offers)

    def take(self, packet: HomePacket) -> None:
        """Keep what a packet brings, which is known to be the hub's: offers, things that were offered, and sheets."""
        with self._lock, self._failing_softly():
            self._take(packet)

    def take_sheet(self, sheet: bytes) -> None:
        """Keep a sheet of the street map that somebody brought, where it is one of those that the hub has signed."""
        with self._lock, self._failing_softly():
            self._keep(sheet)

    def missing(self, most: int = MOST_WANTED) -> tuple[bytes, ...]:
        """What is offered and not here, by SHA-256, the first to ask for first: smaller things, then sheets."""
        with self._lock:
            wanted = [offer.hash for offer in self._wanted_offers() if not self._path(offer.hash).is_file()]
            if not wanted:
                wanted = [entry.hash for entry in self._entries() if not self._path(entry.hash, sheet=True).is_file()]
            return tuple(wanted[:most])

    def wants(self, known: bytes) -> bool:
        """Whether something with this SHA-256 is offered and not here."""
        with self._lock:
            offered = any(offer.hash == known for offer in self._wanted_offers())
            sheet = any(entry.hash == known for entry in self._entries())
            return (offered or sheet) and not self._path(known, sheet=not offered).is_file()

    def places(self) -> tuple[SecondLook, ...]:
        """The places that the hub wants looked at again."""
        with self._lock:
            offer = self._offer(OfferKind.PLACES)
            if offer is None:
                return ()
            if self._places is None or self._places[0] != offer.hash:
                data = self._read(offer.hash)
                if data is None:
                    return ()
                try:
                    self._places = offer.hash, decode_places(data)
                except ContractError:  # as the hub has signed it
                    self._places = offer.hash, ()
            return self._places[1]

    def streets(self, west: float, south: float, east: float, north: float) -> bytes:
        """The streets of a box of degrees as JSON, see `streets_json`; no ways where none are there."""
        with self._lock:
            table = self._street_table()
            if table is None:
                return _NO_STREETS
            return streets_json(table, lambda known: self._read(known, sheet=True), (west, south, east, north))

    def catalogue(self) -> str | None:
        """The text of the hub's rules, where they are newer than this release's and a probe may go by them."""
        offer = self._offer(OfferKind.CATALOGUE)
        return None if offer is None or self.rules() is None else (self._read(offer.hash) or b"").decode()

    def rules(self) -> Catalogue | None:
        """The same, as rules: for the next start, when the sweep takes them up."""
        with self._lock:
            offer = self._offer(OfferKind.CATALOGUE)
            if offer is None:
                return None
            if self._catalogue is None or self._catalogue[0] != offer.hash:
                data = self._read(offer.hash)
                if data is None:
                    return None
                self._catalogue = offer.hash, newer_catalogue(data.decode(errors="replace"))
            return self._catalogue[1]

    def about(self) -> HomeAbout:
        """What is there."""
        with self._lock:
            table, rules = self._street_table(), self.rules()
            there = [entry for entry in self._entries() if self._path(entry.hash, sheet=True).is_file()]
            offer = self._offer(OfferKind.PLACES)
            return HomeAbout(
                hub=None if self._packet is None else self._packet.hub,
                sheets=len(there),
                all_sheets=0 if table is None else len(table.sheets),
                octets=sum(entry.octets for entry in there),
                streets_day=None if table is None else table.day,
                places=None if offer is None or not self._path(offer.hash).is_file() else len(self.places()),
                catalogue_day=None if rules is None else newest_day(rules),
                trouble=self.trouble,
            )

    def wipe(self) -> None:
        """Forget all of it."""
        with self._lock:
            self._packet = self._table = self._places = self._catalogue = None
            shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def _failing_softly(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            self.trouble = (
                f"{self.folder}: what the hub gives along cannot be kept ({problem.strerror}); is the card full or "
                "read-only?"
            )

    def _take(self, packet: HomePacket) -> None:
        if self._packet is not None and self._packet.hub != packet.hub:
            self.wipe()
        things = [*packet.things]
        offers = {offer.kind: offer for offer in packet.offers if offer.kind in _KINDS}
        # As an earlier version of the contract has them: in the packet itself.
        for kind, thing in ((OfferKind.PLACES, packet.places and pack_places(packet.places)),
                            (OfferKind.CATALOGUE, packet.catalogue and packet.catalogue.encode())):  # fmt: skip
            if thing:
                offers[kind] = Offer(kind=kind, hash=digest(thing), octets=len(thing))
                things.append(thing)
        if offers and (self._packet is None or tuple(offers.values()) != self._packet.offers):
            if not packet.offers and self._packet is not None:
                offers = {offer.kind: offer for offer in self._packet.offers} | offers
            self._keep_offers(packet, tuple(offers.values()))
        for thing in things:
            self._keep(thing)

    def _keep_offers(self, packet: HomePacket, offers: tuple[Offer, ...]) -> None:
        kept = HomePacket(v=CONTRACT_VERSION, hub=packet.hub, day=packet.day, offers=offers)
        body = pack(kept)
        make_folder(self.folder / _SHEETS)
        write_durably(self.folder / _OFFERS, digest(body) + body, private=True)
        self._packet = kept
        self._prune()

    def _keep(self, thing: bytes) -> None:
        known = digest(thing)
        if not self.wants(known):
            return
        sheet = not any(offer.hash == known for offer in self._wanted_offers())
        if self._octets() + len(thing) > MOST_BYTES:
            return
        write_durably(self._path(known, sheet=sheet), thing, private=True)
        offer = self._offer(OfferKind.STREETS)
        if offer is not None and offer.hash == known:
            self._prune()  # sheets of the table before

    def _prune(self) -> None:
        """Take away what is offered no longer. Sheets stay as long as nobody knows which ones belong to what is."""
        things = {self._path(offer.hash) for offer in self._wanted_offers()} | {self.folder / _OFFERS}
        _remove_others(self.folder.glob("*"), things)
        if self._street_table() is not None or self._offer(OfferKind.STREETS) is None:
            sheets = {self._path(entry.hash, sheet=True) for entry in self._entries()}
            _remove_others((self.folder / _SHEETS).glob("*"), sheets)

    def _wanted_offers(self) -> list[Offer]:
        """The offers that this probe has a use for; rules that are no newer than its own are none."""
        offers = () if self._packet is None else self._packet.offers
        return [
            offer
            for offer in offers
            if offer.kind in _KINDS
            and not (offer.kind == OfferKind.CATALOGUE and offer.day is not None and offer.day <= newest_day())
        ]

    def _offer(self, kind: OfferKind) -> Offer | None:
        return next((offer for offer in self._wanted_offers() if offer.kind == kind), None)

    def _street_table(self) -> SheetTable | None:
        offer = self._offer(OfferKind.STREETS)
        if offer is None:
            return None
        if self._table is None or self._table[0] != offer.hash:
            data = self._read(offer.hash)
            if data is None:
                return None
            try:
                self._table = offer.hash, decode_table(data)
            except ContractError:
                self.trouble = "the hub's street map is not understood by this version; update the probe"
                return None
        return self._table[1]

    def _entries(self) -> tuple[SheetEntry, ...]:
        table = self._street_table()
        return () if table is None else table.sheets

    def _path(self, known: bytes, *, sheet: bool = False) -> Path:
        folder = self.folder / _SHEETS if sheet else self.folder
        return folder / known.hex()[:32]

    def _read(self, known: bytes, *, sheet: bool = False) -> bytes | None:
        """What has this SHA-256; None where it is not there. Damaged, it goes, and is missing from then on."""
        path = self._path(known, sheet=sheet)
        try:
            with path.open("rb") as file:
                data = file.read(MAX_SHEET_BYTES * 2 + 1)
        except FileNotFoundError:
            return None
        except OSError:
            self.trouble = DAMAGED
            return None
        if digest(data) == known:
            return data
        self.trouble = DAMAGED
        with suppress(OSError):
            path.unlink()
        return None

    def _read_packet(self) -> HomePacket | None:
        try:
            kept = (self.folder / _OFFERS).read_bytes()
        except OSError:
            return None
        known, body = kept[:32], kept[32:]
        try:
            if digest(body) != known:
                raise ContractError("changed")
            return decode_home(body)
        except ContractError:
            self.trouble = DAMAGED
            return None

    def _octets(self) -> int:
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())


def _remove_others(paths: Iterable[Path], wanted: set[Path]) -> None:
    for path in paths:
        if path not in wanted and path.is_file():
            with suppress(OSError):
                path.unlink()
