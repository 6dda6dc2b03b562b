"""Power and clock: what the outbox has acknowledged survives a cut, and a walk that began in 2019 has true times."""

import random
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.hil.acknowledged import writer
from tests.hil.bench import Bench
from tests.hil.town import AXIS, DAHUA, Hub, Street, seconds

pytestmark = pytest.mark.hil


def cut_after(bench: Bench, *words: str) -> list[str]:
    """Write, cut the power at a random moment, power up; what had been acknowledged."""
    writing = writer(bench, "for=600", *words)
    writing.read(random.randint(20, 120))
    bench.power.off()
    writing.rest()
    bench.power.on()
    return writing.ids


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
    ids = cut_after(paired, "waits=off")
    paired.probe("send", *paired.outbox, check=False)
    figures["power.control_lost"] = len(set(ids) - hub.ids())
    assert figures["power.control_lost"], f"all {len(ids)} survived: this bench cuts no power"


TWO = Street(84.0, {AXIS: (28.0, 9.0), DAHUA: (60.0, -9.0)})
ROLLOVER = timedelta(weeks=1024)


def walked_since_2019(
    bench: Bench, hub: Hub, street: Street, without: str | None = None
) -> tuple[datetime, dict[str, datetime | None]]:
    """Wake in 2019; an old receiver tells a date 1024 weeks ago; on the way the machine's clock is set.

    When the walk began, and when each camera was heard.
    """
    bench.run("sync")
    bench.clock.wake("2019-01-01T00:00:00")
    known, begins = hub.ids(), datetime.now(UTC)
    with bench.radio.up(), bench.receiver() as device:
        radio = bench.part("hwsim")
        free = iter(((2412, "wlan2"), (2437, "wlan4")))
        airs = {
            address: radio.speak(mhz, address, "yard", by=by)
            for address, (mhz, by) in zip(street.cameras_m, free, strict=False)
        }
        ears = [word for ear in radio.ears for word in ("--monitor", ear)]
        walk = bench.walk(*ears, "--gnss", device, "--offline", "--dwell-ms", "250", without=without)
        for at_s, now in seconds(street.seconds + 5):
            bench.fix(now - ROLLOVER, *street.place(at_s))
            for address, air in airs.items():
                air.say(f"{street.power_dbm(at_s, address):.1f}")
            if at_s == 30:  # as timesyncd does it when a phone lends its network
                bench.run("date", "--utc", "-s", f"@{time.time():.0f}")
        assert walk.stop(90).code == 0
    bench.probe("send", *bench.outbox)
    heard = {s.radio.transmitter: s.time.utc if s.time else None for s in hub.heard(but=known) if s.radio}
    return begins, heard


def test_a_probe_that_wakes_in_2019_under_an_old_receiver_tells_true_times(
    paired: Bench, hub: Hub, figures: dict[str, int | float | str]
) -> None:
    begins, heard = walked_since_2019(paired, hub, TWO)
    ends = datetime.now(UTC)
    for at in (heard[AXIS], heard[DAHUA]):
        assert at is not None, heard
        assert begins - timedelta(seconds=5) <= at <= ends, heard
    figures["clock.cameras_with_true_times"] = 2


@pytest.mark.parametrize("without", ["clock", "rollover"])
def test_control_a_probe_that_trusts_a_clock_tells_no_true_time(paired: Bench, hub: Hub, without: str) -> None:
    """Its own clock, or that of a receiver that lost count of its weeks."""
    begins, heard = walked_since_2019(paired, hub, Street(64.0, {AXIS: (32.0, 9.0)}), without)
    at = heard[AXIS]
    assert at is None or at < begins - timedelta(days=365), heard
