"""One bad part of a WiGLE export costs no more than itself, and nothing of how it begins is taken for granted."""

import bz2
import gzip
import os
import threading
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.errors import BadInput
from probe.importer import stream as log_stream
from probe.importer.rows import RowCounts
from probe.importer.sightings import ImportedLog
from probe.importer.stream import CutShort, LogStream
from probe.importer.wigle import read_csv
from probe.walk.outcome import Outcome
from tests.probe.importer.compose import APP, BANNER, NAMES, OLD, WEB, addresses, app, camera, imported, old
from tests.probe.importer.reading import rows_of

STRANGER = "02:00:00:00:00:01"
AXIS = "b8:a4:4f:00:00:01"
BEFORE, BEHIND = "".join(map(app, map(camera, (1, 2)))), "".join(map(app, map(camera, (3, 4))))
NEIGHBOURS = sorted(map(camera, (1, 2, 3, 4)))

ODD_NAMES = [
    *[
        '"Attic',
        'Attic"',
        'At"tic',
        '"At"tic',
        '"',
        '""',
        '"""',
        '"a","b"',
        "a,b",
        ",",
        ",,,,",
        ",,,,,,,,,,,,,",
        "a\\,b",
    ],
    *["a\\", "\\", '\\"', '"a\\""', "a;b", "a\tb", "a\x00b", "\x00\x00", "a\rb", "a\nb", '"a\nb"', '"a\r\nb"', '"a\n'],
    *[
        '"\n',
        "a\n\nb",
        "'",
        "\u2028",
        "\x85",
        "\x1b[2J",
        "é,ü",
        "\udcff\udcfe",
        "=1+1",
        "MAC",
        "WigleWifi-1.6",
        "[x],y",
    ],
    *["x" * 32, ",".join("abcdefghijklmnop"), '"' * 32, "," * 32, "\n" * 32],
]


@pytest.mark.parametrize("name", ODD_NAMES)
@pytest.mark.parametrize("quoted", [False, True])
def test_whatever_a_name_holds_its_neighbours_are_there(name: str, quoted: bool, tmp_path: Path) -> None:
    written = '"' + name.replace('"', '""') + '"' if quoted else name
    found, outcome = imported(APP + BEFORE + app(AXIS, written) + BEHIND, tmp_path)
    assert [one for one in addresses(found) if one != AXIS] == NEIGHBOURS
    assert len(found) == 5 or outcome.troubles, "a row that is not read is told"
    if quoted and len(name.strip("\n")) > len(name) - 8:
        assert len(found) == 5


@pytest.mark.parametrize("name", ["Yard, gate", "a,b,c,d", "x,", ",x", 'a"b,c'])
def test_a_name_with_commas_is_whole_in_either_format(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for text in (APP + app(AXIS, name), OLD + old(AXIS, name)):
        path.write_text(text)
        (row,) = rows_of(read_csv, path)
        assert (row.ssid, row.lat, row.lon, row.accuracy_m) == (name, 48.1, 2.1, 5.0)
    path.write_text(APP + app(AXIS, name.replace(",", "\\,")))
    assert rows_of(read_csv, path)[0].ssid == name


def test_a_comma_in_any_free_column_of_the_web_site(tmp_path: Path) -> None:
    rows = [
        f"48.1,2.1,{ssid},0,1,2026-05-09 10:00:00,2026-05-09 10:00:00,x,{AXIS},infra,6,{road},Town\n"
        for ssid, road in (("Yard, gate", "Road"), ("Yard", "Road, Old"), ('"Yard, gate"', '"Road, Old"'))
    ]
    path = tmp_path / "a.csv"
    path.write_text(WEB + "".join(rows))
    assert [(row.ssid, row.channel_mhz) for row in rows_of(read_csv, path)] == [
        ("Yard, gate", 2437),
        ("Yard", 2437),
        ("Yard, gate", 2437),
    ]


def test_a_row_cut_anywhere_gives_no_wrong_place_and_takes_no_other_with_it(tmp_path: Path) -> None:
    row = app(AXIS, "x").rstrip("\n")
    for end in range(len(row)):
        found, outcome = imported(APP + BEFORE + row[:end] + "\n" + BEHIND, tmp_path)
        assert addresses(found) == NEIGHBOURS
        assert bool(outcome.troubles) == (end > 0), "an empty line is nothing"


def test_rows_that_were_left_unfinished_one_behind_the_other(tmp_path: Path) -> None:
    found, outcome = imported(
        APP + BEFORE + f'{STRANGER},"Attic\n{STRANGER},"Attic\n{STRANGER},Att\n' + BEHIND, tmp_path
    )
    assert addresses(found) == NEIGHBOURS
    assert "3 rows could not be read" in outcome.troubles[0]


@pytest.mark.parametrize(
    "start",
    [
        *[APP, "\ufeff" + APP, "\n\n" + APP, "\ufeff\n" + APP, NAMES, "\ufeff" + NAMES, " \n" + NAMES],
        *[APP.replace("WigleWifi-1.6", "[WigleWifi-1.6]"), "[" + BANNER.strip() + "]\n" + NAMES, BANNER + "\n" + NAMES],
        *['"' + BANNER.strip() + '"\n' + NAMES, BANNER + BANNER + NAMES, APP.lower(), NAMES.replace("MAC", '"MAC"')],
        *["# by a logger of mine\n" + APP, APP.replace("\n", "\r\n"), APP.replace("\n", "\r"), APP + NAMES, APP + APP],
        OLD + old(STRANGER, "x") + APP,
    ],
)
def test_however_it_begins(start: str, tmp_path: Path) -> None:
    found, outcome = imported(start + app() + app(camera(2)), tmp_path)
    assert (addresses(found), outcome.troubles) == ([camera(1), camera(2)], [])


def test_two_sessions_of_different_versions(tmp_path: Path) -> None:
    text = APP + app() + OLD + old(camera(2), "Flock-0A0B02") + "\ufeff" + APP + app(camera(3))
    found, outcome = imported(text, tmp_path)
    assert (addresses(found), outcome.rows, outcome.troubles) == ([camera(1), camera(2), camera(3)], 3, [])


def test_the_order_of_columns_is_the_headers(tmp_path: Path) -> None:
    names = "Type,CurrentLongitude,CurrentLatitude,MAC,FirstSeen,SSID\n"
    found, _ = imported(names + f"WIFI,2.1,48.1,{AXIS},2026-05-09 10:00:00,Yard, gate\n", tmp_path)
    assert addresses(found) == [AXIS]


def test_of_many_rows_the_most_telling_names_the_rule(tmp_path: Path) -> None:
    hidden, named = app("74:4c:a1:12:ab:ef", ""), app("74:4c:a1:12:ab:ef", "Flock-12ABEF")
    axis = "ac:cc:8e:12:ab:ef"
    for rows in (hidden + named, named + hidden, app(axis, "") + app(axis, "Flock-12ABEF") + app(axis, "")):
        (sighting,), _ = imported(APP + rows, tmp_path)
        assert sighting.made.rule == "flock-suffix"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (APP.replace(",", ";") + app().replace(",", ";"), "separated by semicolons"),
        (APP.replace(",", "\t") + app().replace(",", "\t"), "separated by tabs"),
        ("", "it is empty"),
        ("\n\n", "it is empty"),
        ("hello\n", "no column trilat, trilong, netid"),
        ("MAC,SSID\n", "no column CurrentLatitude, CurrentLongitude"),
        ("{}", "no column"),
        (APP.encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04" + bytes(40), "a zip archive; unpack it first"),
        (bz2.compress(APP.encode()), "compressed with bzip2; unpack it first"),
        (gzip.compress(b"PK\x03\x04" + bytes(40), mtime=0), "a zip archive; unpack it first"),
        (b"\x1f\x8b" + bytes(20), "damaged"),
        (b"\x1f\x8b", "damaged"),
        (gzip.compress(b"", mtime=0), "it is empty"),
    ],
)
def test_what_is_no_export_is_refused_in_a_sentence_that_says_what_it_is(
    text: str | bytes, said: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput) as problem:
        imported(text, tmp_path)
    assert said in str(problem.value)
    assert "\n" not in str(problem.value)


def test_where_there_is_no_row_that_is_told(tmp_path: Path) -> None:
    for text in (APP, WEB, APP + "\n\n"):
        found, outcome = imported(text, tmp_path)
        assert not found
        assert "there is no row in it" in outcome.troubles[0]


def test_packed_and_plain_are_the_same_log(tmp_path: Path) -> None:
    text = (APP + "".join(app(camera(number)) for number in range(1, 200))).encode()
    plain, _ = imported(text, tmp_path)
    for packed in (gzip.compress(text), gzip.compress(text[:300]) + gzip.compress(text[300:])):
        assert imported(packed, tmp_path, "log.csv.gz")[0] == plain
    assert len(plain) == 199


def test_packed_and_cut_anywhere_what_came_before_is_read(tmp_path: Path) -> None:
    text = APP + "".join(
        app(camera(number), f"{os.urandom(9).hex()}") + app(camera(number)) for number in range(1, 200)
    )
    packed = gzip.compress(text.encode())
    most = 0
    for end in range(20, len(packed), 97):
        try:
            found, outcome = imported(packed[:end], tmp_path)
        except BadInput as problem:
            assert end < 600
            assert "\n" not in str(problem)
        else:
            assert "cut short" in " ".join(outcome.troubles)
            assert len(found) >= most
            most = len(found)
    assert most > 180
    damaged, outcome = imported(packed[:4000] + bytes(50) + packed[4050:], tmp_path)
    assert damaged
    assert outcome.troubles
    found, outcome = imported(packed + b"what is this", tmp_path)
    assert len(found) == 199
    assert "damaged" in outcome.troubles[0]


def test_what_gzip_unpacks_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(APP.encode() + app().encode() + b"x" * (8 << 20)))
    assert path.stat().st_size < 1 << 15
    tracemalloc.start()
    try:
        with LogStream(path, most=2 << 20) as stream:
            rows = read_csv(stream, RowCounts())
            assert next(rows).lat == 48.1
            with pytest.raises(CutShort, match="unpacks to more than 2 MB"):
                list(rows)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
    assert log_stream.MOST_UNPACKED <= 8 << 30


def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    text = (APP + app()).encode()
    plain, _ = imported(text, tmp_path)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(text))
    writer.start()
    assert list(ImportedLog(pipe, Outcome()).sightings()) == plain
    writer.join()


def test_memory_does_not_grow_with_the_log(tmp_path: Path) -> None:
    """Strangers' rows are forgotten at once, and of a camera that is heard all day the loudest are kept."""
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write(APP)
        for number in range(12_000):
            file.write(app(f"02:00:00:00:{number >> 8:02x}:{number & 255:02x}", "x" * 32))
            file.write(app(camera(1), rssi=-90 + number % 50))
        file.write("x" * (3 << 20) + "\n" + app(camera(2)))
    tracemalloc.start()
    try:
        outcome = Outcome()
        first, second = ImportedLog(path, outcome).sightings()
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
    assert first.radio is not None
    assert second.radio is not None
    assert {hearing.signal_dbm for hearing in first.radio.hearings} == {-41}
    assert (len(first.radio.hearings), len(second.radio.hearings)) == (64, 1)
    assert (outcome.rows, outcome.recognised_rows) == (24_002, 12_001)
    assert "it is too long" in outcome.troubles[0]


def test_progress_is_told(tmp_path: Path) -> None:
    path, told = tmp_path / "a.csv", list[int]()
    path.write_text(APP + app(STRANGER) * 2_500)
    ImportedLog(path, Outcome(), told.append)
    assert told[-1] > 1_900
    assert told == sorted(told)


@given(
    rows=st.lists(st.text(st.sampled_from('",\\\n\r;\0aé:0'), max_size=40), max_size=5),
    head=st.sampled_from([APP, OLD, WEB, "", "\ufeff\n" + APP]),
)
def test_any_lines_between_rows(rows: list[str], head: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp()
    try:
        imported(head + "\n".join(rows), folder)
    except BadInput as problem:
        assert "\n" not in str(problem)
    found, _ = imported(APP + BEFORE + "\n".join(rows) + "\n" + BEHIND, folder)
    assert addresses(found) == NEIGHBOURS


@given(data=st.binary(max_size=300), at=st.integers(0, 400))
def test_any_octets_anywhere(data: bytes, at: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    whole = (APP + BEFORE + BEHIND).encode()
    folder = tmp_path_factory.getbasetemp()
    for content in (whole[:at] + data + whole[at:], gzip.compress(whole)[:at] + data, data):
        try:
            imported(content, folder)
        except BadInput as problem:
            assert "\n" not in str(problem)
