"""A whole walk with no hand on it: from home past a camera, a photo, no sky, a pause, no power, and home again."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from probe.contract.envelope import decode_sighting
from probe.contract.sighting import Kind, Sighting
from probe.outbox.grid import Grid
from tests.hil.bench import Bench
from tests.hil.memory import SPARE_MB, large_again, peak_mb, shrink
from tests.hil.photos import PATIENCE_S, Watched, by_v4l2
from tests.hil.town import AXIS, DAHUA, TATTILE, Hub, until
from tests.hil.walker import PAGE, Ground, Service, Walker, serving, written_bytes

pytestmark = pytest.mark.hil
# Metres east of the edge of home's cell; the next edge comes at about 400. From OUTSIDE to STOP it is walked: a pass
# that is shorter than 60 m or 30 s says nothing of where a camera stands.
HOME, OUTSIDE, GATE, STOP, YARD, LATER, FAR = -70.0, 60.0, 100.0, 150.0, 230.0, 320.0, 480.0
RIDE_M_S, WALK_M_S = 15.0, 2.0
AT_HOME_S = 40  # so long a camera has to be heard there as one that stands
AIRS = {AXIS: (2412, "wlan2", HOME), TATTILE: (2437, "wlan3", GATE), DAHUA: (2462, "wlan4", YARD)}


@pytest.fixture(autouse=True)
def as_large_as_before(bench: Bench) -> Iterator[None]:
    yield
    large_again(bench)


@contextmanager
def out_there(bench: Bench, walker: Walker) -> Iterator[None]:
    """Cameras by the way, as loud as they are far."""
    radio = bench.part("hwsim")
    for address, (mhz, by, at_m) in AIRS.items():
        walker.cameras[radio.speak(mhz, address, "gate", by=by)] = at_m
    yield
    walker.cameras.clear()


def leave_home(walker: Walker) -> None:
    walker.stand(AT_HOME_S)
    walker.go(OUTSIDE, RIDE_M_S)


def pass_the_yard(walker: Walker) -> None:
    walker.go(YARD - 20, RIDE_M_S)
    walker.go(YARD + 20, 2 * WALK_M_S)
    walker.go(LATER, RIDE_M_S)


class Measured:
    """What the walk took."""

    def __init__(self, bench: Bench) -> None:
        self._bench, self.peak_mb = bench, 0.0
        self._began_s, self._before = time.monotonic(), written_bytes(bench)

    def look(self, service: Service) -> None:
        self.peak_mb = max(self.peak_mb, peak_mb(self._bench, service.running.pid))

    def written_mb_per_hour(self) -> float:
        return (written_bytes(self._bench) - self._before) / 1e6 * 3600 / (time.monotonic() - self._began_s)


def settings(bench: Bench, device: str, **more: object) -> dict[str, object]:
    return {"monitor": list(bench.radio.ears), "gnss": device, "page": PAGE, "dwell-ms": 250, **more}


def the_way_out(bench: Bench, camera: Watched, device: str, figures: dict[str, int | float | str], asks: int) -> Ground:
    """From home to where the power fails; the ground that was walked."""
    button = bench.part("gpio-sim")
    button.up()
    bench.run("modprobe", "uinput")
    keys = bench.stimulus("keys", "SHUTTER")
    more = {"camera": camera.words[1], "button": keys.line().strip()}
    program = camera.program(f"real={asks}", f"patience={PATIENCE_S}")
    spare_mb = shrink(bench)
    assert spare_mb < SPARE_MB + 15, f"{spare_mb:.0f} MB to spare"
    with serving(bench, settings(bench, device, **more), program) as service:
        figures |= {"walk.mem_available_mb": round(spare_mb), "walk.listening_s": service.listening_s}
        measured, phone = Measured(bench), service.phone
        walker = Walker(bench, Ground.of(bench), HOME)
        assert phone.view()["hidden"] == "no-fix-yet"
        with out_there(bench, walker):
            walker.until(lambda: phone.view().get("hidden") == "start", "the start to be known", 20)
            leave_home(walker)
            walker.until(lambda: "hidden" not in phone.view(), "the start's cell to be left", 10)
            walker.go(STOP, WALK_M_S)
            walker.until(lambda: phone.view()["tally"].get("heard", 0) >= 1, "the camera at the gate to be heard", 20)
            walker.until(lambda: phone.part("camera") == "good", "the camera", 240 * (1 + asks))
            button.hold(0.1)
            walker.until(lambda: phone.view()["tally"].get("photos", 0) == 1, "the photo", 240 * (1 + asks))
            walker.until(lambda: phone.note("position") == "no-satellite", "the lost fix to be told", 40, fix=False)
            walker.until(lambda: phone.part("position") == "good", "the fix to be back", 20)
            button.hold(1.6)
            walker.until(lambda: phone.view()["phase"] == "paused", "the pause", 10)
            pass_the_yard(walker)  # and a camera there, of which nothing may be heard
            button.hold(1.6)
            walker.until(lambda: phone.view()["phase"] == "walking", "the pause to be over", 10)
            kept = "the photo and what was heard to be kept back"
            walker.until(lambda: phone.view()["tally"].get("kept_back", 0) >= 2, kept, 20)
            walker.go(FAR, RIDE_M_S)
            walker.stand(3)
        measured.look(service)
        figures["walk.peak_rss_mb"] = round(measured.peak_mb, 1)
        figures["walk.written_mb_per_hour"] = round(measured.written_mb_per_hour(), 2)
        assert measured.peak_mb < SPARE_MB
        bench.power.off()
        bench.gnss.unplug()  # and with it went all that was simulated in there
        return walker.ground


def the_way_home(bench: Bench, hub: Hub, device: str, ground: Ground, before: set[str]) -> list[Sighting]:
    """After the power cut: what was kept arrives, and is returned; another walk leads home."""
    walker = Walker(bench, ground, FAR)
    with serving(bench, settings(bench, device)) as service:
        phone = service.phone
        walker.until(lambda: phone.view().get("hidden") == "start", "the start to be known", 20)
        until(lambda: len(hub.ids() - before) >= 2, "what was kept before the cut, at the hub")
        walker.go(LATER, RIDE_M_S)
        walker.until(lambda: "hidden" not in phone.view(), "the start's cell to be left", 10)
        phone.do("pin", words=["dome"])
        walker.until(lambda: phone.view()["tally"].get("kept_back", 0) >= 1, "the pin to be kept", 20)
        with out_there(bench, walker):
            walker.go(HOME, RIDE_M_S)
            walker.stand(AT_HOME_S)
        arrived = new(hub, before)
        ended = service.terminate(bench)
    assert ended.code == 0, ended.err
    assert json.loads(ended.out.splitlines()[-1])["lost"] == 0, ended
    return arrived


def new(hub: Hub, before: set[str]) -> list[Sighting]:
    return [decode_sighting(body) for name, body in hub.log().items() if name not in before]


@pytest.mark.timeout(1800)
def test_a_whole_walk_with_no_hand_on_it(
    paired: Bench, hub: Hub, figures: dict[str, int | float | str], pytestconfig: pytest.Config
) -> None:
    bench, before = paired, hub.ids()
    asks = int(pytestconfig.getoption("--asks")) - 1
    with bench.radio.up(), bench.receiver() as device, by_v4l2(bench) as camera:
        ground = the_way_out(bench, camera, device, figures, asks)
        assert hub.ids() == before, "something was handed over before the walk's end"
        bench.power.on()
    with bench.radio.up(), bench.receiver() as device:
        shrink(bench)
        first = the_way_home(bench, hub, device, ground, before)
    bench.probe("send", *bench.outbox)
    found = new(hub, before)
    assert sorted(sighting.kind for sighting in first) == [Kind.PHOTO, Kind.RADIO], first
    assert heard(first) == {TATTILE}
    second = [sighting for sighting in found if sighting.walk != first[0].walk]
    assert len(found) == len(first) + len(second)
    assert [sighting.walk for sighting in second if sighting.kind is Kind.PIN], second
    hidden = ground.cells(HOME, FAR)
    assert not [sighting for sighting in found if ground.shows(sighting) & hidden]
    assert AXIS not in heard(found)


def heard(sightings: list[Sighting]) -> set[str]:
    """The transmitters of what was heard."""
    return {sighting.radio.transmitter for sighting in sightings if sighting.radio}


@pytest.mark.timeout(1800)
def test_control_a_walk_that_hides_nothing_and_never_pauses_tells_all(paired: Bench, hub: Hub) -> None:
    bench, before, ground = paired, hub.ids(), Ground.on(Grid.of(b"any ground will do"))
    with (
        bench.radio.up(),
        bench.receiver() as device,
        serving(bench, settings(bench, device, **{"show-ends": True})) as service,
    ):
        walker = Walker(bench, ground, HOME)
        with out_there(bench, walker):
            walker.until(lambda: service.phone.part("position") == "good", "the fix", 20)
            leave_home(walker)
            walker.go(STOP, WALK_M_S)
            pass_the_yard(walker)
        assert service.terminate(bench).code == 0
    bench.probe("send", *bench.outbox)
    found = new(hub, before)
    assert heard(found) == set(AIRS)
    assert [sighting for sighting in found if ground.shows(sighting) & ground.cells(HOME)]
