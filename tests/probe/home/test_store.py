"""What the hub gave along, on the card: kept whole, found again, bounded; damaged it is absent, and asked for again."""

import io
import json
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.basemap.walkers import SheetWriter
from probe.contract.envelope import digest
from probe.contract.home import HomePacket, Look, Offer, OfferKind, SecondLook, pack_places
from probe.contract.sighting import Place
from probe.contract.streets import SheetFile, WayClass
from probe.detect.catalogue import bundled_text, newest_day
from probe.home.rules import newer_catalogue
from probe.home.store import HomeStore, home_beside
from probe.home.streets import MOST_BYTES

HUB, OTHER = "ab" * 16, "cd" * 16
DAY = date(2026, 5, 9)
LOOK = SecondLook(place=Place(lat=43.73, lon=7.42, accuracy_m=12.0), reason=Look.DOUBT)
LATER = newest_day() + timedelta(days=30)


def packet(hub: str = HUB, *things: tuple[OfferKind, bytes], day: date = DAY, bring: bool = True) -> HomePacket:
    offers = tuple(Offer(kind=kind, hash=digest(thing), octets=len(thing), day=LATER) for kind, thing in things)
    return HomePacket(v=1, hub=hub, day=day, offers=offers, things=tuple(thing for _, thing in things) if bring else ())


def bring(*things: bytes) -> HomePacket:
    return HomePacket(v=1, hub=HUB, day=DAY, things=things)


def town(path: Path, *, streets: int = 60, lat: float = 43.72, lon: float = 7.40) -> SheetFile:
    """A town of a grid of streets, one large among ten, 150 m apart."""
    writer = SheetWriter(path.with_suffix(".db"))
    for number in range(streets):
        kind = WayClass.MAIN if number % 10 == 0 else WayClass.PATH if number % 3 == 0 else WayClass.STREET
        at = number * 0.0015
        writer.way(kind, f"Rue {number}", [(lon, lat + at), (lon + streets * 0.0015, lat + at)])
        writer.way(kind, f"Avenue {number}", [(lon + at, lat), (lon + at, lat + streets * 0.0015)])
    assert writer.finish(path, "2026-05-01") is not None
    writer.close()
    return SheetFile(io.BytesIO(path.read_bytes()))


def names(told: bytes) -> set[str]:
    return {name for _, name, _ in json.loads(told)["ways"]}


def newer_text() -> str:
    lines = bundled_text().splitlines()
    fields = next(line for line in lines[1:] if "\tactive\t" in line).split("\t")
    fields[0], fields[4], fields[9] = "later", fields[4], LATER.isoformat()
    return "\n".join([*lines, "\t".join(fields)])


@pytest.fixture
def store(tmp_path: Path) -> HomeStore:
    return HomeStore(tmp_path / "outbox.home", HUB)


@pytest.fixture
def sheets(tmp_path: Path) -> SheetFile:
    return town(tmp_path / "town")


def given_all(store: HomeStore, sheets: SheetFile) -> None:
    store.take(packet(HUB, (OfferKind.STREETS, sheets.packed_table)))
    for entry in sheets.table.sheets:
        store.take(bring(sheets.sheet(entry.hash) or b""))


def test_an_empty_store_has_nothing_and_writes_nothing(store: HomeStore) -> None:
    assert (store.places(), store.catalogue(), store.missing(), store.offered) == ((), None, (), False)
    assert json.loads(store.streets(7.4, 43.7, 7.5, 43.8)) == {"ways": []}
    assert store.about().all_sheets == 0
    store.take(HomePacket(v=1, hub=HUB, day=DAY, descriptor=b"signed"))
    assert not store.folder.exists()


def test_places_are_kept_and_found_again(store: HomeStore) -> None:
    store.take(packet(HUB, (OfferKind.PLACES, pack_places([LOOK]))))
    assert store.places() == HomeStore(store.folder, HUB).places() == (LOOK,)
    assert store.about().places == 1
    store.take(HomePacket(v=1, hub=HUB, day=DAY, places=(LOOK, LOOK)))  # as they may stand in the packet itself
    assert len(store.places()) == 2


def test_what_is_offered_is_missing_until_it_comes_and_what_was_not_offered_is_not_kept(
    store: HomeStore, sheets: SheetFile
) -> None:
    store.take(packet(HUB, (OfferKind.STREETS, sheets.packed_table), bring=False))
    assert store.missing() == (digest(sheets.packed_table),)
    store.take(bring(b"something else"))
    assert store.missing() == (digest(sheets.packed_table),)
    store.take(bring(sheets.packed_table))
    wanted = [entry.hash for entry in sheets.table.sheets]
    assert list(store.missing(100)) == wanted
    for known in wanted:
        assert store.missing(1) == (known,)  # it goes on where it was, also in another process
        HomeStore(store.folder, HUB).take(bring(sheets.sheet(known) or b""))
    assert store.missing() == ()
    assert store.about().sheets == len(wanted)
    assert store.about().streets_day == "2026-05-01"


def test_the_streets_of_a_box_are_told_and_no_others(store: HomeStore, sheets: SheetFile) -> None:
    given_all(store, sheets)
    told = store.streets(7.4001, 43.7201, 7.4044, 43.7244)
    assert names(told) == {"Rue 1", "Rue 2", "Avenue 1", "Avenue 2"}
    kinds = {name: kind for kind, name, _ in json.loads(told)["ways"]}
    assert kinds["Rue 1"] == "street"
    lat, lon = json.loads(told)["ways"][0][2][:2]
    assert 43.7 < lat < 43.8
    assert 7.3 < lon < 7.5
    assert json.loads(store.streets(10.0, 10.0, 10.1, 10.1)) == {"ways": []}


def test_the_wider_the_box_the_less_is_shown(store: HomeStore, sheets: SheetFile) -> None:
    given_all(store, sheets)
    kinds = [
        {kind for kind, _, _ in json.loads(store.streets(7.4, 43.72, 7.4 + wide, 43.72 + wide))["ways"]}
        for wide in (0.01, 0.022, 0.04, 0.3)
    ]
    assert kinds == [{"main", "street", "path"}, {"main", "street"}, {"main"}, {"main"}]


@settings(max_examples=30, deadline=None)
@given(
    box=st.tuples(st.floats(-600.0, 600.0), st.floats(-95.0, 95.0), st.floats(-600.0, 600.0), st.floats(-95.0, 95.0))
)
def test_whatever_box_is_asked_for_the_answer_is_small(box: tuple[float, float, float, float]) -> None:
    west, south, east, north = box
    told = SHOWN.streets(west, south, east, north)
    assert len(told) <= MOST_BYTES
    assert isinstance(json.loads(told)["ways"], list)


class _Lazy:
    """One store for all examples."""

    def __init__(self) -> None:
        self._store: HomeStore | None = None

    def streets(self, *box: float) -> bytes:
        if self._store is None:
            import tempfile

            folder = Path(tempfile.mkdtemp())
            self._store = HomeStore(folder / "home", HUB)
            given_all(self._store, town(folder / "town"))
        return self._store.streets(*box)


SHOWN = _Lazy()


def test_an_answer_that_is_full_holds_what_is_nearest(tmp_path: Path, store: HomeStore) -> None:
    writer = SheetWriter(tmp_path / "dense.db")
    for number in range(2000):
        at = number * 0.00001
        writer.way(WayClass.STREET, f"Rue {number}", [(7.4, 43.72 + at), (7.41, 43.72 + at)])
    writer.finish(tmp_path / "dense", None)
    writer.close()
    given_all(store, SheetFile(io.BytesIO((tmp_path / "dense").read_bytes())))
    told = store.streets(7.4, 43.72, 7.42, 43.74)
    assert MOST_BYTES * 0.9 < len(told) <= MOST_BYTES
    shown = {int(name.split()[1]) for name in names(told)}
    assert 1000 in shown
    assert not {0, 1999} & shown


def test_the_date_line_is_no_border(tmp_path: Path, store: HomeStore) -> None:
    writer = SheetWriter(tmp_path / "suva.db")
    writer.way(WayClass.STREET, "West", [(179.998, -17.7), (179.9999, -17.7)])
    writer.way(WayClass.STREET, "East", [(-179.9999, -17.7), (-179.998, -17.7)])
    writer.finish(tmp_path / "suva", None)
    writer.close()
    given_all(store, SheetFile(io.BytesIO((tmp_path / "suva").read_bytes())))
    assert names(store.streets(179.997, -17.71, -179.997, -17.69)) == {"West", "East"}
    assert names(store.streets(179.997, -17.71, 180.003, -17.69)) == {"West", "East"}


def test_another_hubs_things_go(store: HomeStore, sheets: SheetFile) -> None:
    given_all(store, sheets)
    store.take(packet(OTHER, (OfferKind.PLACES, pack_places([LOOK]))))
    assert (store.about().all_sheets, store.about().hub) == (0, OTHER)
    assert HomeStore(store.folder, OTHER).places() == (LOOK,)
    assert HomeStore(store.folder, HUB).places() == ()
    assert not store.folder.exists()


def test_what_is_damaged_is_absent_told_and_missing_again(store: HomeStore, sheets: SheetFile) -> None:
    given_all(store, sheets)
    sheet = max((store.folder / "sheets").iterdir(), key=lambda path: path.stat().st_size)
    data = bytearray(sheet.read_bytes())
    data[len(data) // 2] ^= 1
    sheet.write_bytes(data)
    for west in (7.40, 7.42, 7.44, 7.46, 7.48):
        for south in (43.72, 43.74, 43.76, 43.78, 43.80):
            store.streets(west, south, west + 0.02, south + 0.02)
    assert store.trouble is not None
    assert [known.hex()[:32] for known in store.missing()] == [sheet.name]


@pytest.mark.parametrize("length", [0, 1, 31, 32, 40, 100])
def test_offers_cut_off_are_none(store: HomeStore, length: int) -> None:
    store.take(packet(HUB, (OfferKind.PLACES, pack_places([LOOK]))))
    offers = store.folder / "offers"
    offers.write_bytes(offers.read_bytes()[:length])
    again = HomeStore(store.folder, HUB)
    assert (again.places(), again.offered) == ((), False)
    assert again.trouble is not None
    again.take(packet(HUB, (OfferKind.PLACES, pack_places([LOOK]))))
    assert again.places() == (LOOK,)


def test_a_new_map_keeps_the_sheets_that_are_the_same_and_takes_the_others_away(
    tmp_path: Path, store: HomeStore, sheets: SheetFile
) -> None:
    given_all(store, sheets)
    other = town(tmp_path / "other", streets=61)
    before = {entry.hash for entry in sheets.table.sheets}
    store.take(packet(HUB, (OfferKind.STREETS, other.packed_table), bring=False))
    assert store.about().all_sheets == 0
    assert len(list((store.folder / "sheets").iterdir())) == len(before)  # until it is known which ones stay
    store.take(bring(other.packed_table))
    after = {entry.hash for entry in other.table.sheets}
    kept = {path.name for path in (store.folder / "sheets").iterdir()}
    assert kept == {known.hex()[:32] for known in before & after}


def test_a_card_that_cannot_be_written_is_told_and_nothing_breaks(tmp_path: Path, sheets: SheetFile) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = HomeStore(tmp_path / "file" / "home", HUB)
    given_all(store, sheets)
    assert "cannot be kept" in (store.trouble or "")
    assert json.loads(store.streets(7.4, 43.72, 7.41, 43.73)) == {"ways": []}


def test_newer_rules_are_offered_to_the_next_start(store: HomeStore) -> None:
    text = newer_text()
    store.take(packet(HUB, (OfferKind.CATALOGUE, text.encode())))
    assert store.catalogue() == text
    assert store.about().catalogue_day == LATER


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[: text.rindex("\t")],
        lambda text: "\n".join(line for line in text.splitlines() if "\tforget\t" not in line),
        lambda text: text.replace("\tforget\t", "\tactive\t"),
        lambda text: text + "\n" + _pattern("^(a+)+$"),
        lambda text: text + "\n" + _pattern("^(a)\\1$"),
        lambda text: text + "\n" + _pattern("^[$"),
        lambda text: text + "\n" + _pattern("^a.*b.*c.*d.*e.*f.*$"),
        lambda text: text.replace(LATER.isoformat(), "9999-99-99"),
        lambda text: text + "x" * 600_000,
    ],
)
def test_rules_that_are_no_newer_or_not_fit_to_go_by_are_none(change: object) -> None:
    assert newer_catalogue(newer_text()) is not None
    assert newer_catalogue(bundled_text()) is None
    assert newer_catalogue(change(newer_text())) is None  # type: ignore[operator]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 100_000))
def test_a_catalogue_cut_off_anywhere_is_none_or_one_that_forgets_all_the_same(length: int) -> None:
    found = newer_catalogue(newer_text()[:length])
    assert found is None or len(found.rows) > 100


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_a_catalogue_or_none(text: str) -> None:
    newer_catalogue(text)
    newer_catalogue("\t".join(bundled_text().split("\n")[0].split("\t")) + "\n" + text)


def test_the_folder_stands_beside_the_outbox(tmp_path: Path) -> None:
    assert home_beside(tmp_path / "outbox.db") == tmp_path / "outbox.home"


def test_a_packet_of_a_later_hub_is_taken_for_what_is_known_of_it(store: HomeStore) -> None:
    later = msgspec.structs.replace(
        packet(HUB, (OfferKind.PLACES, pack_places([LOOK]))),
        offers=(
            Offer(kind="weather", hash=b"w" * 32, octets=3),
            Offer(kind=OfferKind.PLACES, hash=digest(pack_places([LOOK])), octets=100),
        ),
    )
    store.take(later)
    assert store.places() == (LOOK,)
    assert store.missing() == ()


def _pattern(value: str) -> str:
    return "\t".join(["p", "V", "fixed", "ssid", value, "weak", "active", "", "", LATER.isoformat(), "s", "n"])
