"""Kismet's `.netxml` logs: texts written here after what Kismet wrote; no real one was at hand."""

import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.errors import BadInput
from probe.importer.netxml import read_netxml
from probe.importer.rows import Row, RowCounts
from tests.probe.importer.reading import rows_of
from tests.probe.radio.compose import AXIS_OCTETS

NETXML = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE detection-run SYSTEM "http://kismetwireless.net/kismet-3.1.0.dtd">
<detection-run kismet-version="2016" start-time="Sat May 09 10:00:00 2026">
<wireless-network number="1" type="infrastructure" first-time="Sat May 09 10:00:00 2026">
 <SSID><type>Beacon</type><essid cloaked="false">HAP_Q7K2MD</essid></SSID>
 <BSSID>AC:CC:8E:10:20:30</BSSID><channel>6</channel><freqmhz>2437 12</freqmhz>
 <snr-info><max_signal_dbm>-51</max_signal_dbm></snr-info>
 <wireless-client number="1"><client-mac>00:1D:AA:00:00:01</client-mac></wireless-client>
 <gps-info><avg-lat>47.1</avg-lat><avg-lon>-17.1</avg-lon><peak-lat>47.2</peak-lat><peak-lon>-17.2</peak-lon></gps-info>
</wireless-network>
<wireless-network number="2" type="probe"><BSSID>nobody</BSSID></wireless-network>
<wireless-network number="3" type="infrastructure"><BSSID>AC:CC:8E:10:20:31</BSSID></wireless-network>
</detection-run>
"""


def test_netxml_gives_networks_and_never_clients(tmp_path: Path) -> None:
    (tmp_path / "a.netxml").write_text(NETXML)
    counts = RowCounts()
    (row,) = rows_of(read_netxml, tmp_path / "a.netxml", counts)
    assert (row.transmitter, row.ssid, row.lat, row.channel_mhz) == (AXIS_OCTETS, "HAP_Q7K2MD", 47.2, 2437)
    assert (counts.rows, counts.bad_rows) == (3, 2)


@pytest.mark.parametrize("text", ["", "<html></html>", "PK\x03\x04", NETXML.replace("<detection-run ", "<other ")])
def test_what_is_no_netxml_is_one_sentence(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.netxml").write_text(text)
    with pytest.raises(BadInput) as problem:
        rows_of(read_netxml, tmp_path / "a.netxml")
    assert "\n" not in str(problem.value)


def test_a_bomb_of_entities_is_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><detection-run>&b;</detection-run>'
    (tmp_path / "a.netxml").write_text(bomb)
    with pytest.raises(BadInput):
        rows_of(read_netxml, tmp_path / "a.netxml")


HEAD, _, REST = NETXML.partition("<wireless-network")
ONE = "<wireless-network" + REST.partition("</wireless-network>")[0] + "</wireless-network>\n"
FOOT = "</detection-run>\n"


def read(text: str | bytes, folder: Path, counts: RowCounts | None = None) -> list[Row]:
    path = folder / "any.netxml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("latin-1", errors="replace"))
    return rows_of(read_netxml, path, counts)


def one(folder: Path, *swaps: tuple[str, str]) -> Row:
    """The only row of a log of one network, changed."""
    text = ONE
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    (row,) = read(HEAD + text + FOOT, folder)
    return row


def test_everything_that_a_network_says(tmp_path: Path) -> None:
    assert one(tmp_path) == Row(
        transmitter=AXIS_OCTETS,
        ssid="HAP_Q7K2MD",
        lat=47.2,
        lon=-17.2,
        accuracy_m=None,
        signal_dbm=-51,
        channel_mhz=2437,
        at=datetime(2026, 5, 9, 10, 0, tzinfo=UTC),
        estimate=True,
    )


def test_the_place_of_the_strongest_signal_then_the_average_then_none(tmp_path: Path) -> None:
    swap = ("<peak-lat>47.2</peak-lat><peak-lon>-17.2</peak-lon>", "<peak-lat>0.0</peak-lat><peak-lon>0.0</peak-lon>")
    assert one(tmp_path, swap).lat == 47.1
    for avg in ("0.000000", "nan", "north", "91", "1e400"):
        counts = RowCounts()
        text = ONE.replace(*swap).replace("47.1", avg).replace("-17.1", "0.0")
        assert not read(HEAD + text + FOOT, tmp_path, counts)
        assert counts.bad == ["line 1: a network without a place"]


def test_the_frequency_on_which_most_packets_came(tmp_path: Path) -> None:
    freq = "<freqmhz>2437 12</freqmhz>"
    assert one(tmp_path, (freq, "<freqmhz>2432 3</freqmhz><freqmhz>2442 40</freqmhz><freqmhz/>")).channel_mhz == 2442
    assert one(tmp_path, (freq, "<freqmhz>0 99</freqmhz><freqmhz>2432 3</freqmhz>")).channel_mhz == 2432
    assert one(tmp_path, (freq, "")).channel_mhz == 2437
    assert one(tmp_path, (freq, ""), ("<channel>6", "<channel>36")).channel_mhz == 5180
    assert one(tmp_path, (freq, ""), ("<channel>6", "<channel>0")).channel_mhz is None


def test_names(tmp_path: Path) -> None:
    name = '<essid cloaked="false">HAP_Q7K2MD</essid>'
    hidden = '<essid cloaked="true"></essid></SSID><SSID>'
    assert one(tmp_path, (name, hidden)).ssid is None
    assert one(tmp_path, (name, hidden + name)).ssid == "HAP_Q7K2MD"
    assert one(tmp_path, (name, "<essid>a&amp;b &lt;c&gt;</essid>")).ssid == "a&b <c>"
    assert one(tmp_path, (name, "<essid>a<!-- no -->b</essid>")).ssid == "ab"
    assert one(tmp_path, (name, "<essid>a&#x85;b</essid>")).ssid == "a\\x85b"
    assert len(one(tmp_path, (name, f"<essid>{'x' * 500_000}</essid>")).ssid or "") == 128


def test_a_network_that_is_looked_for_names_no_one(tmp_path: Path) -> None:
    assert one(tmp_path, ('type="infrastructure"', 'type="probe"')).ssid is None
    assert one(tmp_path, ('type="infrastructure"', 'type="ad-hoc"')).ssid == "HAP_Q7K2MD"
    for kind in ('type="data"', 'type="turbocell"', 'type="unknown"', ""):
        counts = RowCounts()
        assert not read(HEAD + ONE.replace('type="infrastructure"', kind) + FOOT, tmp_path, counts)
        assert (counts.rows, counts.bad_rows) == (1, 0)


def test_what_a_client_says_is_never_taken_for_the_network(tmp_path: Path) -> None:
    client = """<wireless-client number="1"><client-mac>00:1D:AA:00:00:01</client-mac><BSSID>00:1D:AA:00:00:01</BSSID>
     <SSID><essid>home</essid><ssid>home</ssid></SSID><channel>1</channel><freqmhz>2412 999</freqmhz>
     <snr-info><max_signal_dbm>-1</max_signal_dbm></snr-info>
     <gps-info><peak-lat>1.0</peak-lat><peak-lon>1.0</peak-lon></gps-info></wireless-client>"""
    plain = one(tmp_path)
    assert one(tmp_path, (" <SSID>", client + " <SSID>")) == plain


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Sat May  9 10:00:00 2026", datetime(2026, 5, 9, 10, tzinfo=UTC)),
        ("sam. mai 9 10:00:00 2026", None),
        ("Sat May 09 25:00:00 2026", None),
        (f"Sat May 09 10:00:00 {'9' * 200}", None),
        ("", None),
    ],
)
def test_times(text: str, at: datetime | None, tmp_path: Path) -> None:
    first = 'first-time="Sat May 09 10:00:00 2026"'
    assert one(tmp_path, (first, f'first-time="{text}"')).at == at
    later = datetime(2026, 5, 9, 11, 30, tzinfo=UTC)
    assert one(tmp_path, (first, f'first-time="{text}" last-time="Sat May 09 11:30:00 2026"')).at == later


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><detection-run>&b;</detection-run>',
        '<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///etc/hostname">%a;]><detection-run/>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><detection-run>&a;</detection-run>',
    ],
)
def test_entities_are_refused_by_name(text: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="EntitiesForbidden"):
        read(text, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0" encoding="foo"?><detection-run/>',
        '<?xml version="1.0" encoding="utf-7"?><detection-run/>',
        '<?xml version="1.0" encoding="idna"?><detection-run/>',
        "<detection-run>" + "<a>" * 100,
        '<detection-run a="' + "x" * (3 << 20) + '"/>',
        "<detection-run><!--" + "x" * (3 << 20) + "--></detection-run>",
        b"\xff\xfe<\x00",
    ],
)
def test_odd_documents_are_one_sentence_with_what_to_try(text: str | bytes, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as problem:
        read(text, tmp_path)
    assert "; " in str(problem.value)
    assert len(str(problem.value).replace(str(tmp_path), "")) < 300


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.netxml"):
        with pytest.raises(BadInput, match=r"cannot be read \(.+\); give a WiGLE CSV or a Kismet log"):
            rows_of(read_netxml, path)


def test_cut_at_every_byte(tmp_path: Path) -> None:
    path, whole = tmp_path / "cut.netxml", NETXML.encode()
    complete = len(whole.rstrip())
    ended = whole.index(b"</wireless-network>") + len("</wireless-network>")
    for end in range(len(whole) + 1):
        path.write_bytes(whole[:end])
        found, counts = list[Row](), RowCounts()
        refused = False
        try:
            found = rows_of(read_netxml, path, counts)
        except BadInput as problem:
            refused = True
            assert "\n" not in str(problem)
        assert (refused or counts.faults == ["it is cut short"]) == (end < complete)
        assert len(found) == (1 if end >= ended else 0)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "long.netxml"
    clients = "<wireless-client><client-mac>00:1D:AA:00:00:01</client-mac></wireless-client>" * 500
    with path.open("w") as file:
        file.write(HEAD)
        for _ in range(200):
            file.write(ONE.replace("</wireless-network>", clients + "</wireless-network>"))
        file.write(ONE.replace("HAP_Q7K2MD", "x" * (8 << 20)))
        file.write(FOOT)
    assert path.stat().st_size > 12 << 20
    tracemalloc.start()
    try:
        assert len(rows_of(read_netxml, path)) == 201
        assert tracemalloc.get_traced_memory()[1] < 2 << 20
    finally:
        tracemalloc.stop()


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=40).map(
    lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace("\ufffe", "")
)


@given(values=st.lists(TEXTS, min_size=8, max_size=8), middle=st.binary(max_size=60))
def test_any_text_anywhere(values: list[str], middle: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp()
    name, bssid, channel, freq, signal, lat, lon, time = values
    text = f"""<detection-run><wireless-network type="infrastructure" last-time="{time}">
     <SSID><essid>{name}</essid></SSID><BSSID>{bssid}</BSSID></wireless-network>
     <wireless-network type="infrastructure" last-time="{time}">
     <SSID><essid>{name}</essid></SSID><BSSID>AC:CC:8E:10:20:30</BSSID><channel>{channel}</channel>
     <freqmhz>{freq}</freqmhz><snr-info><max_signal_dbm>{signal}</max_signal_dbm></snr-info><gps-info>
     <peak-lat>{lat}</peak-lat><peak-lon>{lon}</peak-lon><avg-lat>47.0</avg-lat><avg-lon>-17.0</avg-lon></gps-info>
     </wireless-network></detection-run>"""
    try:
        (row,) = read(text.encode(), folder)
    except BadInput:
        assert any(not char.isprintable() for char in "".join(values))  # such as U+FFFF, which is no XML
    else:
        assert row.transmitter == AXIS_OCTETS
        assert row.ssid is None or row.ssid.isprintable()
    whole = NETXML.encode()
    try:
        read(whole[:400] + middle + whole[400:], folder)
    except BadInput as problem:
        assert "\n" not in str(problem)
