"""Cameras as waypoints for phones and navigation devices: GPX 1.1 and KML 2.2."""

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from hub.publish.exported import Exported, Ids, exported
from hub.publish.view import CameraDetail
from probe.contract.readable import readable

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def export_gpx(cameras: Iterable[CameraDetail], *, everything: bool, ids: Ids | None = None) -> bytes:
    """A waypoint for each camera that `exported` lets through."""
    points = "".join(
        f' <wpt lat="{one.lat}" lon="{one.lon}"><name>{escape(_name(one))}</name>'
        f"<desc>{escape(_description(one))}</desc><type>surveillance</type></wpt>\n"
        for one in exported(cameras, everything=everything, ids=ids)
    )
    return (
        f'{_HEAD}<gpx version="1.1" creator="Contrechamp" xmlns="http://www.topografix.com/GPX/1/1">\n{points}</gpx>\n'
    ).encode()


def export_kml(cameras: Iterable[CameraDetail], *, everything: bool, ids: Ids | None = None) -> bytes:
    """A placemark for each camera that `exported` lets through."""
    places = "".join(
        f" <Placemark{_xml_id(one)}><name>{escape(_name(one))}</name>"
        f"<description>{escape(_description(one))}</description>"
        f"<Point><coordinates>{one.lon},{one.lat}</coordinates></Point></Placemark>\n"
        for one in exported(cameras, everything=everything, ids=ids)
    )
    return (f'{_HEAD}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n{places}</Document></kml>\n').encode()


def _xml_id(one: Exported) -> str:
    """A name of XML begins with no digit."""
    return "" if one.id is None else f" id={quoteattr(f'camera-{one.id}')}"


def _name(one: Exported) -> str:
    said = one.properties
    return str(said.get("camera:type") or said.get("surveillance:type") or "camera")


def _description(one: Exported) -> str:
    """The tags, one a line; what else is said of a camera is for programs."""
    tags = ((name, value) for name, value in one.properties.items() if not isinstance(value, list | dict))
    return "\n".join(f"{name}={readable(str(value))}" for name, value in tags)
