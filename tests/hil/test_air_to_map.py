"""From the air to the map: cameras that speak by radio stand on the hub's map where they stand in the street."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from probe.contract.geodesy import distance_m
from tests.hil.bench import Bench
from tests.hil.town import AXIS, DAHUA, TATTILE, Hub, Street, seconds, until

pytestmark = pytest.mark.hil


@pytest.fixture
def hub(bench: Bench, tmp_path: Path) -> Iterator[Hub]:
    """A hub of its own: on the map of the others the same cameras stand elsewhere, as other tests put them."""
    with Hub(tmp_path / "hub", bench.host) as running:
        yield running


def test_cameras_in_the_air_stand_on_the_map_within_their_regions(
    paired: Bench, radios: Bench, hub: Hub, figures: dict[str, int | float | str]
) -> None:
    """One camera; on a virtual bench three, on three channels, one of them a real access point."""
    simulated = radios.drivers.get("hwsim")
    places = {AXIS: (22.0, 9.0)} | ({TATTILE: (49.0, -11.0), DAHUA: (76.0, 10.0)} if simulated else {})
    street = Street(98.0 if simulated else 48.0, places)
    airs = {AXIS: radios.radio.speak(2412, AXIS, "front door")}
    if simulated:
        airs[DAHUA] = simulated.speak(2462, DAHUA, "yard", by="wlan3")
        simulated.access_point("wlan4", 2437, TATTILE, "front gate")
        simulated.power("wlan4", street.power_dbm(0.0, TATTILE))  # it speaks at full power else, which is another place
    with radios.receiver() as device:
        ears = [word for ear in radios.radio.ears for word in ("--monitor", ear)]
        # Long visits: an emulated processor's beacons are not as regular as a camera's, and silence counts.
        walk = paired.walk(*ears, "--gnss", device, "--country", "FR", "--dwell-ms", "250")
        for at_s, now in seconds(street.seconds + 5):
            paired.fix(now, *street.place(at_s))
            for address, air in airs.items():
                air.say(f"{street.power_dbm(at_s, address):.1f}")
            if simulated:
                simulated.power("wlan4", street.power_dbm(at_s, TATTILE))
        ended = walk.stop(90)
    assert ended.code == 0, ended.err

    def heard() -> set[str]:
        return {sighting.radio.transmitter for sighting in hub.heard(but=set()) if sighting.radio}

    made = json.loads(ended.out.splitlines()[-1])
    until(lambda: len(heard()) >= min(len(places), int(made["sightings"]) - 1), "the sightings at the hub")
    assert heard() == set(places), ended
    for number, address in enumerate(places, start=1):
        off_m, radius_m = on_the_map(hub, address, street)
        figures[f"air.camera_{number}.off_m"], figures[f"air.camera_{number}.radius95_m"] = off_m, radius_m


def on_the_map(hub: Hub, address: str, street: Street) -> tuple[float, float]:
    """How far the nearest camera of the map stands from a camera of the street, and its region's radius."""

    def off(camera: dict[str, object]) -> float:
        lon, lat = camera["geometry"]["coordinates"][:2]  # type: ignore[index]
        return distance_m(lat, lon, *street.camera(address))

    until(lambda: any(off(camera) < 60 for camera in hub.cameras()), f"{address} on the map")
    nearest = min(hub.cameras(), key=off)
    radius_m = float(nearest["properties"]["radius95_m"])
    assert off(nearest) <= radius_m, nearest["properties"]
    return round(off(nearest), 1), radius_m
