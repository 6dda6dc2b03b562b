"""Kismet's logs of both kinds, damaged in one part: the rest is read, the part is counted and told."""

import gzip
import json
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.errors import BadInput
from probe.importer.kismet import read_kismet
from probe.importer.rows import RowCounts
from probe.sweep.fixed import FARTHEST_M
from tests.probe.importer.compose import addresses, camera, imported
from tests.probe.importer.reading import rows_of
from tests.probe.importer.test_kismet import log, packet, record

HEAD = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<!DOCTYPE detection-run SYSTEM "kismet.dtd">\n<detection-run>\n'
FOOT = "</detection-run>\n"


def network(number: int, name: str | None = None, *, lat: object = 48.1, lon: object = 2.1, more: str = "") -> str:
    essid = f"Flock-0A0B{number:02X}" if name is None else name
    return (
        f'<wireless-network number="{number}" type="infrastructure" last-time="Sat May  9 10:00:00 2026">'
        f'<SSID><essid cloaked="false">{essid}</essid></SSID><BSSID>{camera(number).upper()}</BSSID>'
        f"<channel>6</channel><freqmhz>2437 9</freqmhz>{more}"
        f"<gps-info><peak-lat>{lat}</peak-lat><peak-lon>{lon}</peak-lon></gps-info></wireless-network>\n"
    )


def netxml(middle: str | bytes) -> bytes:
    """Four networks, and something between them."""
    between = middle if isinstance(middle, bytes) else middle.encode("latin-1", errors="replace")
    ends = [(network(one) + network(two)).encode() for one, two in ((1, 2), (3, 4))]
    return HEAD.encode() + ends[0] + between + ends[1] + FOOT.encode()


NEIGHBOURS = [camera(number) for number in (1, 2, 3, 4)]
AS_TEXT = [
    *[
        "a & b",
        "&",
        "&&amp;",
        "a\x07b",
        "\x00",
        "&#0;",
        "&#x  0;",
        "&#xFFFF;",
        "&#999999999;",
        "&nbsp;",
        "&#;",
        "&#xzz;",
    ],
    *["\x1b[2J", "é", "&#233;", "& " * 16],
]
AS_MARKS = [
    "a<b",
    "<",
    "</essid>",
    "<essid>",
    "]]>",
    "<!--",
    "<a b=c>",
    "<wireless-network",
    "</detection-run>",
    "<?xml?>",
]


@pytest.mark.parametrize("name", AS_TEXT)
def test_a_name_that_is_no_xml_is_mended_and_told(name: str, tmp_path: Path) -> None:
    found, outcome = imported(netxml(network(5, name)), tmp_path)
    # Five: the name is bad, the address beside it is good. The rule knows it by the name alone.
    assert addresses(found) == NEIGHBOURS
    assert outcome.rows == 5
    assert bool(outcome.troubles) == (name not in ("é", "&#233;"))


@pytest.mark.parametrize("name", AS_MARKS)
def test_marks_in_a_name_cost_that_network_alone(name: str, tmp_path: Path) -> None:
    found, outcome = imported(netxml(network(5, name)), tmp_path)
    lost = {"<!--": NEIGHBOURS[:2], "</detection-run>": NEIGHBOURS}.get(name, NEIGHBOURS)
    assert addresses(found) == lost
    assert outcome.troubles


def test_an_address_beside_a_bad_name_is_kept(tmp_path: Path) -> None:
    text = netxml(network(5, "Bed & cam").replace(camera(5).upper(), "AC:CC:8E:00:00:05"))
    assert "ac:cc:8e:00:00:05" in addresses(imported(text, tmp_path)[0])


def test_a_log_cut_anywhere_gives_what_was_whole(tmp_path: Path) -> None:
    whole = netxml("")
    ends = [at + 19 for at in range(len(whole)) if whole.startswith(b"</wireless-network>", at)]
    for end in range(len(HEAD) - 20, len(whole) - 18, 7):
        try:
            found, outcome = imported(whole[:end], tmp_path)
        except BadInput:
            assert end < len(HEAD)
        else:
            assert len(found) == sum(end >= place for place in ends)
            assert "cut short" in outcome.troubles[0]


def test_two_logs_one_behind_the_other(tmp_path: Path) -> None:
    one = HEAD + network(1) + network(2) + FOOT
    found, outcome = imported(one + HEAD + network(3) + network(4) + FOOT, tmp_path)
    assert (addresses(found), outcome.troubles) == (NEIGHBOURS, [])


def test_a_place_of_noughts_is_none_and_hides_no_average(tmp_path: Path) -> None:
    def gps(*names: str) -> str:
        return (
            "<gps-info>" + "".join(f"<{name}>{value}</{name}>" for name, value in map(str.split, names)) + "</gps-info>"
        )

    zero, average = ("peak-lat 0.0", "peak-lon 0.0"), ("avg-lat 48.1", "avg-lon 2.1")
    skewed = ("min-lat 0.0", "min-lon 0.0", "max-lat 48.1", "max-lon 2.1")
    box = ("min-lat 48.099", "min-lon 2.099", "max-lat 48.1", "max-lon 2.1")
    plain = "<gps-info><peak-lat>48.1</peak-lat><peak-lon>2.1</peak-lon></gps-info>"
    for texts, read in ((average, 1), ((*average, *box), 1), ((*average, *skewed), 0), (("avg-lat 0", "avg-lon 0"), 0)):
        text = HEAD + network(1).replace(plain, gps(*zero, *texts)) + FOOT
        found, outcome = imported(text, tmp_path)
        assert (len(found), bool(outcome.troubles)) == (read, not read)
    wide = ("min-lat 48.0", "min-lon 2.0", "max-lat 48.1", "max-lon 2.1")
    found, outcome = imported(HEAD + network(1).replace(plain, gps(*average, *wide)) + FOOT, tmp_path)
    assert (found, outcome.sweep.moving) == ([], 1), "it was in two places"


@pytest.mark.parametrize("before", ["\n", "\r\n\r\n", " \n" * 100])
def test_blank_lines_in_front_of_a_netxml_are_none_of_it(before: str, tmp_path: Path) -> None:
    (_,), outcome = imported(before + HEAD + network(1) + FOOT, tmp_path)
    assert not outcome.troubles


@pytest.mark.parametrize("year", ["2006", "2096", "1970"])
def test_a_time_that_cannot_be(year: str, tmp_path: Path) -> None:
    (sighting,), outcome = imported(HEAD + network(1).replace("2026", year) + FOOT, tmp_path)
    assert sighting.time is None
    assert "time in 1 rows" in outcome.notes[0]


def test_utf_16_and_packed(tmp_path: Path) -> None:
    text = netxml("").decode()
    for content in (text.encode("utf-16"), gzip.compress(text.encode())):
        assert addresses(imported(content, tmp_path)[0]) == NEIGHBOURS
    _, outcome = imported(gzip.compress(text.encode())[:-30], tmp_path)
    assert "cut short" in outcome.troubles[0]


@given(middle=st.binary(max_size=60), at=st.integers(0, 2000))
def test_any_octets_anywhere_in_a_netxml(middle: bytes, at: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    whole, folder = netxml(""), tmp_path_factory.getbasetemp()
    for content in (whole[:at] + middle + whole[at:], gzip.compress(whole)[:at] + middle):
        try:
            imported(content, folder)
        except BadInput as problem:
            assert "\n" not in str(problem)
    damaged = netxml(middle)
    if not any(mark in damaged[len(HEAD) :] for mark in (b"<!", b"<?")):
        found, _ = imported(damaged, folder)
        assert len(found) >= 3


def pages_of(path: Path) -> tuple[bytes, int]:
    return path.read_bytes(), path.stat().st_size // 4096


def test_a_damaged_page_costs_its_own_rows(tmp_path: Path) -> None:
    path = log(tmp_path / "a.kismet", packets=[packet()] * 300)
    whole, pages = pages_of(path)
    fewest = 300
    for page in range(5, pages):
        path.write_bytes(whole[: page * 4096] + b"\xff" * 4096 + whole[(page + 1) * 4096 :])
        counts = RowCounts()
        found = rows_of(read_kismet, path, counts)
        assert 250 < len(found) < 300
        assert "malformed" in counts.bad[0]
        assert counts.bad_rows + len(found) in (300, 290 + counts.bad_rows) or "the end" in counts.bad[0]
        fewest = min(fewest, len(found))
    assert fewest < 280


def test_a_log_cut_short_gives_what_is_there(tmp_path: Path) -> None:
    path = log(tmp_path / "a.kismet", packets=[packet()] * 300)
    whole, pages = pages_of(path)
    most = 0
    for page in range(5, pages):
        path.write_bytes(whole[: page * 4096])
        counts = RowCounts()
        found = rows_of(read_kismet, path, counts)
        assert counts.bad_rows
        assert len(found) >= most
        most = len(found)
    assert most > 200


def test_one_bad_record_costs_its_own_name(tmp_path: Path) -> None:
    path = log(tmp_path / "a.kismet", device=record(last_beaconed_ssid="x"))
    db = sqlite3.connect(path)
    for number, text in enumerate(['{"dot11', b"\xff\xfe", "[]", record(last_beaconed_ssid="Flock-0A0B03")]):
        db.execute(
            "INSERT INTO devices (first_time, phyname, devmac, avg_lat, avg_lon, device)"
            " VALUES (1778320800, 'IEEE802.11', ?, 47.0, -17.0, ?)",
            (camera(number), text),
        )
    db.commit()
    db.close()
    found, outcome = imported(path.read_bytes(), tmp_path)
    assert addresses(found) == [camera(3), "ac:cc:8e:10:20:30"]
    assert (outcome.rows, outcome.troubles) == (5, [])


def device(path: Path, told: object, **columns: object) -> RowCounts:
    """A log of one device with this record; what became of it."""
    db = sqlite3.connect(log(path, device=json.dumps(told)))
    for name, value in columns.items():
        db.execute(f"UPDATE devices SET {name} = ?", (value,))  # noqa: S608 - names of this file
    db.commit()
    db.close()
    counts = RowCounts()
    for row in rows_of(read_kismet, path, counts):
        counts.faults.append(f"{row.lat} {row.lon}")
    return counts


def location(fix: int) -> dict[str, object]:
    return {"kismet.device.base.location": {"kismet.common.location.avg_loc": {"kismet.common.location.fix": fix}}}


def peak(fix: int, *point: float) -> dict[str, object]:
    told = {"kismet.common.location.geopoint": list(point), "kismet.common.location.fix": fix}
    return {"kismet.device.base.signal": {"kismet.common.signal.peak_loc": told}}


def test_an_average_that_is_none_and_a_peak_that_is_one(tmp_path: Path) -> None:
    path = tmp_path / "a.kismet"
    box = {"min_lat": 0.0, "min_lon": -17.0, "max_lat": 47.0, "max_lon": 0.0}
    none, average, loudest = list[str](), ["47.0 -17.0"], ["48.1 2.1"]
    assert device(path, location(3)).faults == average
    assert device(path, location(0)).faults == none
    assert device(path, location(1) | peak(3, 2.1, 48.1)).faults == loudest
    assert device(path, peak(3, 2.1, 48.1), avg_lat=0, avg_lon=0).faults == loudest
    assert device(path, peak(0, 2.1, 48.1), avg_lat=0, avg_lon=0).faults == none
    assert device(path, peak(3, 0.0, 0.0), avg_lat=None, avg_lon=None).faults == none
    assert device(path, {}, **box).faults == none, "0, 0 went into the average"
    assert device(path, {}, **dict.fromkeys(box, 0.0)).faults == average, "no box was kept"
    assert device(path, {}, **(box | {"min_lat": 46.999, "max_lon": -16.999})).faults == average


@pytest.mark.parametrize(
    ("bounds", "moves"),
    [
        ((46.999, -17.001, 47.001, -16.999), False),
        ((46.9, -17.1, 47.1, -16.9), True),
        ((47.0, -17.0, 47.0, 0.0), True),
        ((0.0, 0.0, 0.0, 0.0), False),  # no box was kept
        ((90.0, 180.0, -90.0, -180.0), False),
    ],
)
def test_a_device_of_places_far_apart_has_none(
    bounds: tuple[float, float, float, float], moves: bool, tmp_path: Path
) -> None:
    path = tmp_path / "a.kismet"
    device(
        path,
        record(last_beaconed_ssid="x"),
        **dict(zip(("min_lat", "min_lon", "max_lat", "max_lon"), bounds, strict=True)),
    )
    (row,) = rows_of(read_kismet, path, RowCounts())
    assert (row.spread_m > FARTHEST_M) is moves


def test_a_log_that_lacks_columns_of_packets_speaks_by_its_devices(tmp_path: Path) -> None:
    path = log(tmp_path / "a.kismet", packets=[packet()], device=record(last_beaconed_ssid="x"))
    db = sqlite3.connect(path)
    db.execute("ALTER TABLE packets DROP COLUMN signal")
    db.commit()
    db.close()
    found, outcome = imported(path.read_bytes(), tmp_path)
    assert len(found) == 1
    assert "table packets lacks signal; the devices were read" in outcome.troubles[0]


def test_bluetooth_in_a_kismet_log_is_counted(tmp_path: Path) -> None:
    db = sqlite3.connect(log(tmp_path / "a.kismet"))
    for phy in ("Bluetooth", "BTLE", "RTL433"):
        db.execute("INSERT INTO devices (phyname, devmac) VALUES (?, 'x')", (phy,))
    db.commit()
    db.close()
    _, outcome = imported((tmp_path / "a.kismet").read_bytes(), tmp_path)
    assert (outcome.rows, outcome.bluetooth_rows, outcome.troubles) == (4, 2, [])


def test_a_time_of_a_clock_that_was_never_set(tmp_path: Path) -> None:
    odd = [(seconds, 0, *packet()[2:]) for seconds in (0, -5, 1_158_998_400, 3_987_302_400, "soon")]
    path = log(tmp_path / "a.kismet", packets=[*odd, packet()])
    (sighting,), outcome = imported(path.read_bytes(), tmp_path)
    assert sighting.time is not None
    assert sighting.time.utc.year == 2026
    assert "time in 5 rows" in outcome.notes[0]


def test_a_packed_log_is_read_in_memory(tmp_path: Path) -> None:
    path = log(tmp_path / "a.kismet", packets=[packet()] * 3)
    whole = path.read_bytes()
    wal = whole[:18] + b"\x02\x02" + whole[20:]
    plain, _ = imported(whole, tmp_path, "b.kismet")
    path.unlink()
    for content in (gzip.compress(whole), gzip.compress(wal)):
        (found,), outcome = imported(content, tmp_path, "c.kismet.gz")
        assert (found.radio, outcome.troubles) == (plain[0].radio, [])
    assert sorted(one.name for one in tmp_path.iterdir()) == ["b.kismet", "c.kismet.gz"]
    for end in range(1, len(gzip.compress(whole)), 50):
        try:
            _, outcome = imported(gzip.compress(whole)[:end], tmp_path, "c.kismet.gz")
        except BadInput as problem:
            assert "\n" not in str(problem)
        else:
            assert outcome.troubles


def test_a_packed_log_that_is_too_large_for_the_memory_is_refused(tmp_path: Path) -> None:
    content = b"SQLite format 3\0" + bytes(65 << 20)
    with pytest.raises(BadInput, match=r"more than 64 MB; unpack it first"):
        imported(gzip.compress(content, 1), tmp_path, "a.kismet.gz")
