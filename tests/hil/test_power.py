"""Power and clock: what the outbox has acknowledged survives a cut, and a walk that began in 2019 has true times."""

import random
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.hil.acknowledged import rest, some, writer
from tests.hil.bench import Bench
from tests.hil.town import AXIS, DAHUA, Hub, Street, seconds

pytestmark = pytest.mark.hil


def cut_after(bench: Bench, *words: str) -> list[str]:
    """Write, cut the power at a random moment, power up; what had been acknowledged."""
    running = writer(bench, 600, *words)
    ids = some(running, random.randint(20, 120))
    bench.power.off()
    ids += rest(running)
    bench.power.on()
    return ids


@pytest.mark.timeout(3600)
def test_what_was_acknowledged_survives_power_cuts_at_random_moments(
    bench: Bench, hub: Hub, request: pytest.FixtureRequest, figures: dict[str, int | float | str]
) -> None:
    cuts, acknowledged, lost = int(request.config.getoption("--cuts")), 0, 0
    bench.pair(hub.process, "cut")
    for _ in range(cuts):
        ids = cut_after(bench)
        bench.probe("send", *bench.outbox)
        acknowledged, lost = acknowledged + len(ids), lost + len(set(ids) - hub.ids())
    figures |= {"power.cuts": cuts, "power.acknowledged": acknowledged, "power.lost": lost}
    assert lost == 0


def test_control_a_cut_loses_what_is_not_written_through(
    paired: Bench, hub: Hub, figures: dict[str, int | float | str]
) -> None:
    """With synchronous=OFF, acknowledged sightings do not survive."""
    ids = cut_after(paired, "unsafe")
    paired.probe("send", *paired.outbox, check=False)
    figures["power.control_lost"] = len(set(ids) - hub.ids())
    assert figures["power.control_lost"], f"all {len(ids)} survived: this bench cuts no power"


def walked_since_2019(
    bench: Bench, hub: Hub, without: str | None = None
) -> tuple[datetime, dict[str, datetime | None]]:
    """Wake in 2019; the sky's time comes on the way, then the machine's clock is set. When each camera was heard."""
    bench.run("sync")
    bench.clock.wake("2019-01-01T00:00:00")
    street, known = Street(84.0, {AXIS: (28.0, 9.0), DAHUA: (60.0, -9.0)}), hub.ids()
    begins = datetime.now(UTC)
    with bench.radio.up(), bench.receiver() as device:
        radio = bench.part("hwsim")
        airs = {AXIS: radio.speak(2412, AXIS, "front door"), DAHUA: radio.speak(2437, DAHUA, "yard", by="wlan4")}
        ears = [word for ear in radio.ears for word in ("--monitor", ear)]
        walk = bench.walk(*ears, "--gnss", device, "--offline", without=without)
        for at_s, now in seconds(street.seconds + 5):
            bench.fix(now, *street.place(at_s))
            for address, air in airs.items():
                air.say(f"{street.power_dbm(at_s, address):.1f}")
            if at_s == 30:  # as timesyncd does it when a phone lends its network
                bench.run("date", "--utc", "-s", f"@{time.time():.0f}")
        assert walk.stop(90).code == 0
    bench.probe("send", *bench.outbox)
    heard = {s.radio.transmitter: s.time.utc if s.time else None for s in hub.heard(but=known) if s.radio}
    return begins, heard


def test_a_probe_that_wakes_in_2019_tells_true_times(
    paired: Bench, hub: Hub, figures: dict[str, int | float | str]
) -> None:
    begins, heard = walked_since_2019(paired, hub)
    first, second = heard[AXIS], heard[DAHUA]
    assert first is not None, heard
    assert second is not None, heard
    assert begins - timedelta(seconds=5) <= first < second <= datetime.now(UTC), heard
    figures["clock.cameras_with_true_times"] = 2


def test_control_a_probe_that_trusts_its_clock_tells_2019(paired: Bench, hub: Hub) -> None:
    _, heard = walked_since_2019(paired, hub, without="clock")
    assert any(at is not None and at.year == 2019 for at in heard.values()), heard
