"""The product's own partition of items, `hub.merge.which`, on the reports that all others are given."""

from collections.abc import Sequence

import numpy as np

from hub.merge.which.accuracy import split_of_accuracy
from hub.merge.which.exact import MOST_ITEMS, ways_of
from hub.merge.which.factors import Factors, factors
from hub.merge.which.item import Item
from hub.merge.which.parts import parts_of
from hub.merge.which.resolve import resolve
from hub.merge.which.scene import Bools, flat, scene_of
from hub.merge.which.sure import SIGNS, signs
from tests.accuracy.positions import linked
from tests.accuracy.reports import Answer, Floats, Ints, Report

LINK_M = 150.0  # what is farther from all else is another area


def item(report: Report) -> Item:
    """A report as an item. The walk of a simulated report is of one area, so that no two areas share a layer."""
    own, common, told = split_of_accuracy(report.accuracy_m)
    return Item(
        key=report.id,
        layer=report.walk,
        lat=report.lat,
        lon=report.lon,
        east=own,
        north=own,
        common=common,
        told=told,
        kind=report.kind,
        mount=report.mount,
        direction=report.direction,
    )


def merged(reports: Sequence[Report], known: Factors | None = None) -> Answer:
    """The cameras as `resolve` makes them, area by area; with these factors in place of the product's."""
    items = [item(report) for report in reports]
    lat, lon = np.array([(one.lat, one.lon) for one in items]).T
    area = linked(lat, lon, LINK_M)
    camera, sure = np.zeros(len(items), np.int64), np.zeros(len(items))
    made = 0
    for members in np.split(np.argsort(area, kind="stable"), np.cumsum(np.bincount(area))[:-1]):
        found, certain = _area([items[number] for number in members.tolist()], known)
        camera[members], sure[members] = found + made, certain
        made += int(found.max()) + 1
    return Answer(camera=camera, sure=sure)


def told_by(reports: Sequence[Report], camera: Ints) -> tuple[Bools, Floats]:
    """Which reports are of so small a part that all ways to divide it are weighed; and the signs (see
    `hub.merge.which.sure`) of each report where these are the cameras."""
    items = [item(report) for report in reports]
    exact, found = np.zeros(len(items), bool), np.zeros((len(items), SIGNS))
    for part in parts_of(items):
        own = [items[number] for number in part]
        scene = scene_of(own, flat(own), factors())
        exact[part] = len(own) <= MOST_ITEMS and ways_of(scene) is not None
        found[part] = signs(own, scene, np.unique(camera[part], return_inverse=True)[1])
    return exact, found


def _area(items: Sequence[Item], known: Factors | None) -> tuple[Ints, Floats]:
    puts = resolve(items, known)
    return np.array([put.camera for put in puts], np.int64), np.array([put.sure for put in puts])
