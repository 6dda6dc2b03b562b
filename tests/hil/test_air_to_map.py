"""From the air to the map: cameras that speak by radio stand on the hub's map where they stand in the street."""

import pytest

from probe.contract.geodesy import distance_m
from tests.hil.bench import VirtualBench
from tests.hil.town import AXIS, Hub, Street, seconds, until

pytestmark = pytest.mark.hil


def test_a_camera_in_the_air_stands_on_the_map_within_its_region(
    paired: VirtualBench, radios: VirtualBench, hub: Hub
) -> None:
    street, before = Street(), hub.sightings()
    radios.monitor("wlan2", 2437)
    air = radios.stimulus("air", "wlan2", "2437", AXIS, "front door")
    with radios.receiver() as device:
        walk = paired.walk("--monitor", "wlan1", "--gnss", device, "--country", "FR")
        for at_s, now in seconds(street.seconds + 5):
            radios.fix(now, *street.place(at_s))
            air.say(f"{street.power_dbm(at_s):.1f}")
        air.wait()
        ended = walk.stop(90)
    assert ended.code == 0, ended.err
    until(lambda: hub.sightings() > before, "the sightings at the hub")
    until(lambda: bool(hub.cameras()), "the camera on the map")
    (camera,) = hub.cameras()
    lon, lat = camera["geometry"]["coordinates"][:2]
    off_m = distance_m(lat, lon, *street.camera)
    assert off_m <= camera["properties"]["radius95_m"], camera["properties"]
