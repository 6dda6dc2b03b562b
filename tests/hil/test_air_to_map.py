"""From the air to the map: cameras that speak by radio stand on the hub's map where they stand in the street."""

import json

import pytest

from probe.contract.geodesy import distance_m
from tests.hil.bench import Bench
from tests.hil.town import AXIS, DAHUA, TATTILE, Hub, Street, seconds, until

pytestmark = pytest.mark.hil


def test_a_camera_in_the_air_stands_on_the_map_within_its_region(
    paired: Bench, radios: Bench, hub: Hub, figures: dict[str, int | float | str]
) -> None:
    street, before = Street(), hub.ids()
    air = radios.radio.speak(2437, AXIS, "front door")
    with radios.receiver() as device:
        walk = paired.walk("--monitor", radios.radio.ears[0], "--gnss", device, "--country", "FR")
        for at_s, now in seconds(street.seconds + 5):
            radios.fix(now, *street.place(at_s))
            air.say(f"{street.power_dbm(at_s):.1f}")
        air.wait()
        assert walk.stop(90).code == 0
    until(lambda: bool(hub.heard(but=before)), "the sightings at the hub")
    figures["air.off_m"], figures["air.radius95_m"] = on_the_map(hub, before, AXIS, street)


def test_cameras_on_three_channels_one_of_them_hostapds_stand_where_they_are(
    paired: Bench, hub: Hub, figures: dict[str, int | float | str]
) -> None:
    radio = paired.part("hwsim")
    street = Street(98.0, {AXIS: (22.0, 9.0), TATTILE: (49.0, -11.0), DAHUA: (76.0, 10.0)})
    before = hub.ids()
    with radio.up(), paired.receiver() as device:
        airs = {AXIS: radio.speak(2412, AXIS, "front door"), DAHUA: radio.speak(2462, DAHUA, "yard", by="wlan3")}
        access_point = radio.access_point("wlan4", 2437, TATTILE, "front gate")
        walk = paired.walk(*[word for ear in radio.ears for word in ("--monitor", ear)], "--gnss", device)
        for at_s, now in seconds(street.seconds + 5):
            paired.fix(now, *street.place(at_s))
            for address, air in airs.items():
                air.say(f"{street.power_dbm(at_s, address):.1f}")
            radio.power("wlan4", street.power_dbm(at_s, TATTILE))
        ended = walk.stop(90)
        assert ended.code == 0, ended.err
        access_point.stop()

    def heard() -> set[str]:
        return {sighting.radio.transmitter for sighting in hub.heard(but=before) if sighting.radio}

    made = json.loads(ended.out.splitlines()[-1])
    until(lambda: len(heard()) >= min(3, int(made["sightings"]) - 1), "the sightings at the hub")
    assert heard() == set(street.cameras_m), made
    for number, address in enumerate((AXIS, TATTILE, DAHUA), start=1):
        off_m, radius_m = on_the_map(hub, before, address, street)
        figures[f"air.camera_{number}.off_m"], figures[f"air.camera_{number}.radius95_m"] = off_m, radius_m


def on_the_map(hub: Hub, before: set[str], address: str, street: Street) -> tuple[float, float]:
    """How far the nearest camera of the map stands from a camera of the street, and its region's radius."""
    (heard,) = {s.radio.transmitter for s in hub.heard(but=before) if s.radio and s.radio.transmitter == address}
    assert heard == address

    def off(camera: dict[str, object]) -> float:
        lon, lat = camera["geometry"]["coordinates"][:2]  # type: ignore[index]
        return distance_m(lat, lon, *street.camera(address))

    until(lambda: any(off(camera) < 60 for camera in hub.cameras()), f"{address} on the map")
    nearest = min(hub.cameras(), key=off)
    radius_m = float(nearest["properties"]["radius95_m"])
    assert off(nearest) <= radius_m, nearest["properties"]
    return round(off(nearest), 1), radius_m
