"""The self-test beside a walk that runs: it asks the parts that are there, and takes no device away."""

from collections.abc import Callable, Iterator

from probe.run.gear import Gear
from probe.run.heading import KitCompass
from probe.run.settings import ServiceSettings
from probe.selftest import gather
from probe.selftest.facts import CameraFact, CompassFact, Facts
from probe.selftest.judge import judged
from probe.session.view import Check
from probe.walk.live import LiveWalk
from probe.walk.played import PlayedWalk
from probe.walk.shutters import CameraHealth, CameraStatus

SECONDS = 5.0


def checks_of(
    walk: LiveWalk | PlayedWalk,
    settings: ServiceSettings,
    camera: Callable[[], CameraStatus | None],
    compass: KitCompass | None,
    gear: Gear,
) -> Iterator[Check]:
    """Listens for some seconds, then a line for each part."""
    before = {one.name: one.counts.frames for one in walk.sources}
    gather.waits(SECONDS)
    fix, power, parts = walk.place_at(walk.clock()), gear.battery, walk.board_parts
    receiver = None
    if walk.has_receiver:
        sentences = walk.position.counts.sentences if isinstance(walk, LiveWalk) else 1
        accuracy_m = None if fix is None else fix.accuracy_m
        receiver = gather.receiver_of(walk.sources, sentences, accuracy_m, has_fix=fix is not None)
    facts = Facts(
        radios=gather.radios_of(walk.sources, before, SECONDS),
        receiver=receiver,
        compass=None if compass is None else _compass(walk, compass),
        camera=_camera(camera()),
        outbox=gather.outbox_of(settings.outbox),
        button=settings.button is not None or parts.has("button") or None,
        has_signals=parts.has("player"),
        signals_trouble=gear.signals_trouble,
        power_low=None if power is None else power.low,
        clock_known=walk.when(walk.clock()) is not None,
    )
    yield from judged(facts)


def _compass(walk: LiveWalk | PlayedWalk, compass: KitCompass) -> CompassFact:
    known = compass.live.compass
    return gather.compass_of(walk.board_parts, known, gather.waits)


def _camera(status: CameraStatus | None) -> CameraFact | None:
    if status is None:
        return None
    refused = status.health is CameraHealth.REFUSED
    return CameraFact(
        name=status.name,
        trouble=None if refused else status.trouble,
        redactor_trouble=status.trouble if refused else None,
    )
