"""What an export holds, in each of its formats."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.cli.cameras import export as export_command
from hub.log.public import PublicRow
from hub.publish.exported import public_ids
from hub.publish.formats import FORMATS
from hub.publish.view import CameraDetail, ClaimView
from tests.hub.publish.cameras import camera

GPX, KML = "{http://www.topografix.com/GPX/1/1}", "{http://www.opengis.net/kml/2.2}"


def vendor(name: str) -> ClaimView:
    return ClaimView(about="vendor", value=name, strength="strong", sightings=1)


def town() -> list[CameraDetail]:
    """Two cameras that may be exported, and one for each reason why one may not."""
    kept_back: Sequence[dict[str, Any]] = (
        {"review": "waiting"}, {"review": "rejected"}, {"standing": "hint"}, {"private": True}, {"gone": "2026-05-01"},
    )  # fmt: skip
    return [
        camera("b" * 32, east_m=40.0, operator_type="public", day="2026-05-09"),
        *(camera(east_m=100.0 + 20 * number, **fields) for number, fields in enumerate(kept_back)),
        camera("a" * 32, east_m=0.0, day="2026-05-11", title_kind="alpr"),
    ]


def points(kind: str, body: bytes) -> list[tuple[float, float]]:
    """Longitude and latitude of all that an export holds."""
    if kind == "geojson":
        return [tuple(one["geometry"]["coordinates"]) for one in json.loads(body)["features"]]
    if kind == "csv":
        return [(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(io.StringIO(body.decode()))]
    root = ET.fromstring(body)  # noqa: S314 (our own output)
    if kind == "gpx":
        return [(float(one.attrib["lon"]), float(one.attrib["lat"])) for one in root.iter(f"{GPX}wpt")]
    texts = [one.text or "" for one in root.iter(f"{KML}coordinates")]
    return [(float(text.split(",")[0]), float(text.split(",")[1])) for text in texts]


@pytest.mark.parametrize("kind", FORMATS)
def test_each_format_holds_exactly_what_was_confirmed(kind: str) -> None:
    body = FORMATS[kind].write(town(), everything=False)
    assert [(round(lon, 3), round(lat, 3)) for lon, lat in points(kind, body)] == [(-17.0, 47.0), (-16.999, 47.0)]
    assert len(points(kind, FORMATS[kind].write(town(), everything=True))) == 7
    for secret in (b"a" * 32, b"b" * 32, b"2026-05-09", b"2026-05-11", b"sighting", b"walk"):
        assert secret not in body, "it tells what was seen on one walk"
    assert b"2026-05" in body


@pytest.mark.parametrize("kind", FORMATS)
def test_in_which_order_the_log_has_them_changes_no_export(kind: str) -> None:
    some = town()
    assert FORMATS[kind].write(some, everything=False) == FORMATS[kind].write(some[::-1], everything=False)


def test_a_public_camera_has_its_public_id_and_its_operator_s_type() -> None:
    some = town()
    rows = [
        PublicRow(id="p1", sightings=frozenset({"b" * 32})),
        PublicRow(id="p2", sightings=frozenset({"a" * 32}), merged_into="p3"),
    ]
    told = json.loads(FORMATS["geojson"].write(some, everything=False, ids=public_ids(rows, some)))["features"]
    assert [one["id"] for one in told] == ["p3", "p1"]
    assert told[1]["properties"]["operator:type"] == "public"
    assert told[1]["properties"]["check_date"] == "2026-05"
    assert all("id" not in one for one in json.loads(FORMATS["geojson"].write(some, everything=False))["features"])


def test_a_table_has_a_column_of_ids_where_there_are_some() -> None:
    some = town()
    without = FORMATS["csv"].write(some, everything=False).decode()
    assert without.startswith("lat,lon,")
    assert all(float(line.split(",")[0]) == 47.0 for line in without.splitlines()[1:])
    ids = public_ids([PublicRow(id="p1", sightings=frozenset({"b" * 32}))], some)
    told = list(csv.DictReader(io.StringIO(FORMATS["csv"].write(some, everything=False, ids=ids).decode())))
    assert [(one["id"], one["lat"]) for one in told] == [("", "47.0"), ("p1", "47.0")]
    assert FORMATS["csv"].write(some, everything=True).startswith(b"id,lat,lon,")


def test_what_is_gone_is_exported_as_removed_and_only_with_all() -> None:
    (told,) = json.loads(FORMATS["geojson"].write([camera(gone="2026-05-01")], everything=True))["features"]
    assert told["properties"]["removed:man_made"] == "surveillance"
    assert "man_made" not in told["properties"]
    assert told["properties"]["end_date"] == "2026-05-01"


@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_no_cell_is_a_formula_and_no_name_breaks_a_file(name: str) -> None:
    some = [camera(claims=(vendor(name),), operator_type=name)]
    for everything in (False, True):
        cells = [cell for row in csv.reader(io.StringIO(FORMATS["csv"].write(some, everything=everything).decode()))
                 for cell in row]  # fmt: skip
        texts = [cell for cell in cells if not cell.lstrip("-").replace(".", "").isdigit()]
        assert not [cell for cell in texts if cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))]
        for kind in ("gpx", "kml"):
            assert len(points(kind, FORMATS[kind].write(some, everything=everything))) == 1


def test_the_command_knows_the_formats() -> None:
    (kinds,) = [one.type for one in export_command.params if one.name == "kind"]
    assert list(kinds.choices) == list(FORMATS)  # type: ignore[attr-defined]


def test_a_sighting_that_moved_takes_no_public_id_along() -> None:
    """What one camera has of another's sightings gives it no second name, and never that of the other."""
    a, b, c, d, e = ("abcde"[one] * 32 for one in range(5))
    rows = [PublicRow(id="1" * 16, sightings=frozenset((a, b, c))), PublicRow(id="2" * 16, sightings=frozenset((d, e)))]
    cameras = [camera(b, c, east_m=0.0), camera(a, d, e, east_m=90.0)]
    assert public_ids(rows, cameras) == {b: "1" * 16, a: "2" * 16}
    exported = json.loads(FORMATS["geojson"].write(cameras, everything=False, ids=public_ids(rows, cameras)))
    assert len({one["id"] for one in exported["features"]}) == 2
