"""WiGLE CSV exports as a source: the app's own format (WigleWifi-1.x) and the web site's export.

The app writes one row for each observation, with the phone's place and the signal; the web site one row for each
transmitter, with WiGLE's estimate of its place. Both have Bluetooth and mobile networks among them, the app also in one
file with Wi-Fi. Other programs write the app's format, too, each with its own idea of it: dates without noughts, a
bracket or a blank line before the header, one session behind the other with a header each.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from probe.contract.base import bssid_octets
from probe.detect.catalogue import bundled
from probe.detect.rule import Bluetooth
from probe.errors import BadInput
from probe.importer import rows
from probe.importer.csvlines import Lines, read_over_lines, read_record
from probe.importer.rows import Absent, Row, RowCounts
from probe.importer.stream import CutShort, LogStream

APP_COLUMNS = ("MAC", "SSID", "CurrentLatitude", "CurrentLongitude")
WEB_COLUMNS = ("trilat", "trilong", "netid")
# The web site gives many words for Wi-Fi (infra, adhoc, ????), the app one, and both these for everything else.
BLUETOOTH, LOW_ENERGY = {"bt", "ble"}, "ble"
MOBILE = {"cdma", "gsm", "lte", "wcdma", "nr", "umts", "5g"}
_FREE = ("ssid", "name", "comment", "road", "city", "region", "housenumber", "device")
_MOST_BEFORE = 20  # lines before the one that names the columns
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class _Passed:
    """A row of something that is not read: mobile networks, classic Bluetooth."""

    kind: str


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the columns of one header stand, and what makes a row of fields."""

    places: dict[str, int]
    first: str
    width: int
    free: tuple[int, ...]
    make: Callable[["_Fields"], Row | _Passed]

    def anew(self, text: str) -> "_Columns | None":
        """The columns that a line names anew, as where one session's file was put behind another's."""
        found = _columns(text) if text[: len(self.first)].lower() == self.first else None
        return found if isinstance(found, _Columns) else None

    def read(self, fields: list[str]) -> Row | _Passed:
        return self.make(_Fields(self.places, fields))


class _Fields:
    """A row's fields by the names of their columns; what is not there is empty."""

    def __init__(self, places: dict[str, int], fields: list[str]) -> None:
        self._places, self._fields = places, fields

    def __getitem__(self, column: str) -> str:
        place = self._places.get(column)
        return self._fields[place].strip() if place is not None and place < len(self._fields) else ""

    def has(self, column: str) -> bool:
        return column in self._places

    def raw(self, column: str) -> str:
        """As it stands there: a name may begin or end with a space."""
        place = self._places.get(column)
        return self._fields[place] if place is not None and place < len(self._fields) else ""


def read_csv(stream: LogStream, counts: RowCounts) -> Iterator[Row]:
    """The Wi-Fi and Bluetooth rows of a WiGLE export; damaged rows are counted and passed.

    Raises BadInput where the file is none, CutShort where it cannot be read to its end.
    """
    if stream.head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadInput(f"{stream.path}: line 1: not a WiGLE export (it is in UTF-16); save it as CSV in UTF-8")
    lines = Lines(stream.text())
    columns = _header(stream, lines)
    while (line := lines.next()) is not None:
        number, text = line
        if text is None:
            counts.rows += 1
            counts.note_bad(number, "it is too long")
        elif text.strip() and (row := _read(number, text, lines, columns, counts)) is not None:
            if isinstance(row, _Columns):
                columns = row
            else:
                yield row


def _read(number: int, text: str, lines: Lines, columns: _Columns, counts: RowCounts) -> Row | _Columns | None:
    """The row in a line, counted; or the columns where it names them anew; None for what is not read."""
    if (anew := columns.anew(text)) is not None:
        return anew
    try:
        made = read_record(text, columns.width, columns.free, columns.read)
    except ValueError as problem:
        if isinstance(found := _columns(text), _Columns):
            return found
        if _is_banner(text):
            return None
        counts.rows += 1
        try:
            made = read_over_lines(
                number, text, lines, columns.width, columns.free, columns.read, lambda other: _stands(other, columns)
            )
        except ValueError:
            counts.note_bad(number, str(problem))
            return None
    else:
        counts.rows += 1
    if isinstance(made, _Passed):
        setattr(counts, made.kind, getattr(counts, made.kind) + 1)
        return None
    counts.bluetooth += made.bluetooth is not None
    return made


def _stands(text: str, columns: _Columns) -> bool:
    """Whether a line is something by itself, so that it is not the rest of a name."""
    if _is_banner(text) or isinstance(_columns(text), _Columns):
        return True
    try:
        read_record(text, columns.width, columns.free, columns.read)
    except ValueError:
        return False
    return True


def _is_banner(text: str) -> bool:
    """The line with which the app begins a file; some programs put it in brackets."""
    return text.lstrip('\ufeff[" ').lower().startswith("wiglewifi-")


def _header(stream: LogStream, lines: Lines) -> _Columns:
    """The columns, named in the first line, or in the first after a banner and blank lines. Raises BadInput."""
    first: tuple[int, str] | None = None
    for _ in range(_MOST_BEFORE):
        line = lines.next()
        if line is None:
            break
        number, text = line[0], line[1] or ""
        found = _columns(text)
        if isinstance(found, _Columns):
            return found
        if text.strip() and not _is_banner(text) and first is None:
            first = number, found
    number, what = first or (1, "it is empty" if not stream.head.strip(b"\0\r\n\t ") else "nothing names the columns")
    raise BadInput(
        f"{stream.path}: line {number}: not a WiGLE export ({what}); give the CSV of the WiGLE app or of wigle.net"
    )


def _columns(text: str) -> _Columns | str:
    """The columns that a line names; or, in words, why it does not name a WiGLE export's."""
    names = [name.strip().strip('"').strip().lower() for name in text.lstrip("\ufeff").split(",")]
    places = {name: place for place, name in reversed(list(enumerate(names)))}
    for wanted, make in ((APP_COLUMNS, _app_row), (WEB_COLUMNS, _web_row)):
        if all(column.lower() in places for column in wanted):
            free = tuple(places[name] for name in _FREE if name in places)
            return _Columns(places, names[0], len(names), free, make)
    for mark, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(names) <= 2 < text.count(mark):
            return f"its columns are separated by {word}, not by commas: save it again with commas"
    nearest = APP_COLUMNS if "mac" in places else WEB_COLUMNS
    return f"no column {', '.join(name for name in nearest if name.lower() not in places)}"


def _app_row(fields: _Fields) -> Row | _Passed:
    """A row of the app's format. Raises ValueError, in a few words, where it cannot be used."""
    kind = fields["type"].lower() if fields.has("type") else "wifi"  # before version 1.4 there was nothing else
    if (passed := _passed(kind, {"wifi"})) is not None:
        return passed
    transmitter = bssid_octets(fields["mac"])
    lat, lon = _place(fields["currentlatitude"], fields["currentlongitude"])
    absent = Absent()
    ble = kind == LOW_ENERGY
    mhz = rows.mhz(rows.number(fields["frequency"])) or rows.channel(rows.number(fields["channel"]))
    accuracy_m = rows.metres(rows.number(fields["accuracymeters"]))
    signal_dbm = rows.dbm(rows.number(fields["rssi"]))
    at = rows.time(fields["firstseen"])
    absent.unless(at, fields["firstseen"], "time")
    absent.unless(signal_dbm, fields["rssi"], "signal")
    absent.unless(accuracy_m, fields["accuracymeters"], "accuracy")
    if not ble:
        absent.unless(mhz, fields["frequency"] or fields["channel"], "channel")
    name = fields.raw("ssid")
    return Row(
        transmitter=transmitter,
        ssid=None if ble else name or None,
        lat=lat,
        lon=lon,
        accuracy_m=accuracy_m,
        signal_dbm=signal_dbm,
        channel_mhz=None if ble else mhz,
        at=at,
        estimate=False,
        bluetooth=_advert(transmitter, name, fields["mfgrid"], lasting=False) if ble else None,
        absent=tuple(absent.said),
    )


def _web_row(fields: _Fields) -> Row | _Passed:
    """A row of the web site's export. Raises ValueError, in a few words, where it cannot be used."""
    kind = fields["type"].lower()
    if (passed := _passed(kind, None)) is not None:
        return passed
    transmitter = bssid_octets(fields["netid"])
    lat, lon = _place(fields["trilat"], fields["trilong"])
    absent = Absent()
    ble = kind == LOW_ENERGY
    first, last = rows.time(fields["firsttime"]), rows.time(fields["lasttime"])
    absent.unless(last or first, fields["lasttime"] or fields["firsttime"], "time")
    mhz = None if ble else rows.channel(rows.number(fields["channel"]))
    if not ble:
        absent.unless(mhz, fields["channel"], "channel")
    lasting = first is not None and last is not None and (last - first).total_seconds() > _DAY_S
    name = fields.raw("ssid") or (fields.raw("name") if ble else "")
    return Row(
        transmitter=transmitter,
        ssid=None if ble else name or None,
        lat=lat,
        lon=lon,
        accuracy_m=None,
        signal_dbm=None,
        channel_mhz=mhz,
        at=last or first,
        estimate=True,
        bluetooth=_advert(transmitter, name, fields["mfgrid"], lasting=lasting) if ble else None,
        absent=tuple(absent.said),
    )


def _passed(kind: str, wifi: set[str] | None) -> _Passed | None:
    """Why a row of this kind is not read, if so. `wifi` are the words for Wi-Fi, None where all but the known are."""
    if kind in MOBILE:
        return _Passed("mobile")
    if kind == LOW_ENERGY or (wifi is not None and kind in wifi):
        return None
    if kind in BLUETOOTH:
        return _Passed("bluetooth")
    if wifi is None:
        return None
    raise ValueError(f"the type {kind[:20]!r} is none that is known")


def _advert(transmitter: bytes, name: str, company: str, *, lasting: bool) -> Bluetooth:
    """What a row says of an advertisement. It does not say whether a maker gave the address.

    An address in a maker's block that the catalogue knows is taken for the maker's own, and so is one that lasts for
    days without being of the static random kind: those that are neither change every quarter of an hour.
    """
    public = bundled().vendor_of(transmitter) is not None or (lasting and transmitter[0] >> 6 != 0b11)
    number = rows.number(company)
    known = number is not None and 0 < number < 0xFFFF and number == int(number)
    companies = (f"{int(number or 0):04x}",) if known else ()
    return Bluetooth(public=public, name=rows.name(name), companies=companies)


def _place(lat: str, lon: str) -> tuple[float, float]:
    for text, what in ((lat, "latitude"), (lon, "longitude")):
        if text and rows.number(text) is None:
            raise ValueError(f"the {what} is not a number: {text[:20]!r}")
    degrees = rows.number(lat), rows.number(lon)
    place = rows.position(*degrees)
    if place is not None and not (lat.lstrip("+-").isdecimal() and lon.lstrip("+-").isdecimal()):
        return place
    if place is not None:
        # Where decimals have commas, what follows them slips into other columns, and they into the name's.
        raise ValueError(f"the place {lat[:20]!r}, {lon[:20]!r} is in whole degrees: are there commas for points?")
    if abs(degrees[0] or 0) > 90 or abs(degrees[1] or 0) > 180:
        raise ValueError(f"the place {lat[:20]!r}, {lon[:20]!r} is not on this earth")
    raise ValueError("a row without a place")


def ended(problem: CutShort) -> str:
    """What is said of a log that ends too early."""
    return f"{problem}; the rows before that were read"
