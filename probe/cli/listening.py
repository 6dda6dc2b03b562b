"""The commands that listen: `run`, the device's service, and `listen`, the live view for makers."""

import json
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from probe.camera.choose import SPECS
from probe.cli.options import json_option, outbox_option
from probe.cli.process import forbid_core_dumps
from probe.cli.say import say
from probe.cli.settings import kit_of, service_settings, settings_option
from probe.contract.sighting import Sighting
from probe.device.notify import Notifier
from probe.device.signals import WORDS
from probe.errors import BadInput
from probe.outbox.room import DEFAULT_BUDGET_BYTES
from probe.radio.plan import SHORTEST_DWELL_MS, USUAL_DWELL_MS
from probe.radio.privileges import RADIO, keep_only
from probe.run.pairing import once_paired
from probe.run.settings import PAGE_HOST, PAGE_PORT
from probe.service import ProbeService, ServiceStatus
from probe.walk import recorded
from probe.walk.kit import Kit
from probe.walk.live import LiveWalk
from probe.walk.outcome import Outcome
from probe.walk.pace import pace

_OWN_PAGE = f"{PAGE_HOST}:{PAGE_PORT}"
_F = TypeVar("_F", bound=Callable[..., Any])


def kit_options(command: _F) -> _F:
    """The options that say what to listen with; the same for both commands."""
    options = [
        click.option("--monitor", "monitors", multiple=True, metavar="NAME", help="A Wi-Fi adapter, such as wlan1."),
        click.option("--board", "boards", multiple=True, metavar="ID", help="A radio board: auto, device, part of id."),
        click.option("--bluetooth", "adapters", multiple=True, metavar="NAME", help="A Bluetooth adapter: hci0."),
        click.option("--gnss", metavar="DEVICE", help="A receiver: /dev/ttyACM0, or gpsd, gpsd://HOST."),
        click.option("--gnss-baud", default=9600, show_default=True, help="Its speed."),
        click.option("--country", metavar="XX", help="Two letters: which channels are in use here."),
        click.option(
            "--dwell-ms",
            type=click.IntRange(SHORTEST_DWELL_MS, 10_000),
            default=USUAL_DWELL_MS,
            show_default=True,
            help="How long a channel is listened to at a visit.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@kit_options
@outbox_option
@click.option("--camera", metavar="CAMERA", help=f"Take photos, with the people taken out in memory. {SPECS}.")
@click.option("--button", "button", type=click.Path(path_type=Path), help="A key that takes one: /dev/input/event0.")
@click.option("--to", help="Where to hand sightings over: mqtts://HOST or folder:DIR. Default: the hub, if it is near.")
@click.option("--offline", is_flag=True, help="Hand nothing over during the walk.")
@click.option(
    "--budget", type=click.IntRange(min=1), default=DEFAULT_BUDGET_BYTES >> 20, show_default=True, help="MiB to use."
)
@click.option(
    "--page",
    is_flag=False,
    flag_value=_OWN_PAGE,
    metavar="[HOST:PORT]",
    help=f"Show the walk to a phone; alone at {PAGE_HOST}:{PAGE_PORT}.",
)
@click.option("--page-secret-file", type=click.Path(path_type=Path), help="The page's code; made if it is not there.")
@click.option("--network", metavar="INTERFACE", help="The Wi-Fi that carries the page: off near the walk's start.")
@click.option("--played", type=click.Path(path_type=Path), help="Walk a recorded walk: a folder as the demo has them.")
@click.option("--speed", type=click.FloatRange(min=0.1, max=1000), default=1.0, show_default=True, help="Its pace.")
@click.option("--signals", default="auto", show_default=True, metavar="OUTPUT", help=f"What buzzes: {WORDS}.")
@click.option("--debug", is_flag=True, help="Have the page show what makers want to see; it says so, loudly.")
@click.option(
    "--debug-record", type=click.Path(path_type=Path), help="Makers only: what is recognised, openly, as JSON lines."
)
@click.option("--show-ends", is_flag=True, help="Hide nothing of where the walk starts and ends: from nobody's home.")
@click.option("--workbench", is_flag=True, help="Look at the kit: all runs, nothing is recorded, kept or handed over.")
@click.option("--for", "seconds", type=click.FloatRange(min=0.1), help="End after so many seconds.")
@json_option
@settings_option
def run(as_json: bool, seconds: float | None, **options: Any) -> None:
    """Walk: listen with all that is plugged in, and keep sightings until a hub has them. Ctrl-C ends it.

    Adapters named with --monitor are put into monitor mode; nothing is ever sent on them. With --camera, the button or
    a signal (`kill -USR1`) takes a photo; where no picture may be kept, a pin is, and you are told why. Where there is
    a receiver, what lies near the walk's start and end goes nowhere.

    \b
      contrechamp-probe run --monitor wlan1 --gnss /dev/ttyACM0 --to mqtt://hub.local
      contrechamp-probe run --board auto --country FR
      contrechamp-probe run --camera auto --button /dev/input/event0 --gnss /dev/ttyACM0
      contrechamp-probe run --settings /etc/contrechamp/probe.toml
      contrechamp-probe run --played walk-1 --speed 10 --page
    """
    settings = service_settings(options)
    let_go_of_root(settings.kit, settings.outbox)
    notifier, ending = Notifier.of(), threading.Event()
    _stop_on_signals(ending.set)
    made = partial(ProbeService, settings, tell=say, notifier=notifier)
    # Whoever starts it by hand has to be told at once; a service manager would start it again and again.
    service = once_paired(made, notifier, say, ending.wait) if notifier.is_heard else made()
    if service is None or ending.is_set():  # it was told to end before it had begun
        return
    _stop_on_signals(service.stop)
    signal.signal(signal.SIGUSR1, lambda _number, _frame: service.press())
    service.start()
    service.wait(seconds)
    service.finish()
    _conclude(service.status(), as_json=as_json)


def _conclude(status: ServiceStatus, *, as_json: bool) -> None:
    """Say what came of the walk. Exit with 2 where sightings were lost."""
    queued = None if status.standing is None else status.standing.queued
    if as_json:
        sources = [
            {"name": one.name, "kind": one.kind, "health": one.health, "frames": one.frames, "lost": one.lost}
            for one in status.sources
        ]
        made = {"sightings": status.sightings, "queued": queued, "lost": status.lost, "sources": sources}
        if status.camera is not None:
            made["camera"] = msgspec.to_builtins(status.camera)
        click.echo(json.dumps(made))
    else:
        waiting = "an unknown number" if queued is None else str(queued)
        heard = ", ".join(f"{one.name} {one.frames} frames ({one.lost} lost)" for one in status.sources)
        if status.camera is not None:
            taken = f"{status.camera.photos} photos, {status.camera.pins} without a picture"
            heard = f"{heard}, {taken}" if heard else taken
        say(f"{status.sightings} sightings made, {waiting} wait for a receipt; {heard}", err=False)
    if status.lost:
        click.echo(f"{status.lost} sightings could not be written anywhere and are lost: use another card", err=True)
        sys.exit(2)


@click.command()
@kit_options
@click.option("--frames", multiple=True, type=click.Path(path_type=Path), help="Listen to a recording. Repeatable.")
@click.option("--track", type=click.Path(path_type=Path), help="Where that was recorded: an NMEA log.")
@click.option("--speed", type=click.FloatRange(min=0.1), default=1.0, show_default=True, help="Pace of a recording.")
@click.option("--lang", type=click.Choice(["en", "fr"]), help="The view's language, else the terminal's.")
@click.option("--for", "seconds", type=click.FloatRange(min=0.1), help="End after so many seconds.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON a second, for machines.")
def listen(
    frames: tuple[Path, ...],
    track: Path | None,
    speed: float,
    lang: str | None,
    seconds: float | None,
    as_json: bool,
    **kit_words: Any,
) -> None:
    """Watch what the probe hears, on a terminal: sources and their health, what was recognised and why.

    Choose a recognised camera and lock on it: a meter gets hotter as you come near. Nothing is kept.

    \b
      contrechamp-probe listen --monitor wlan1
      contrechamp-probe listen --frames walk.pcap --track walk.nmea --speed 10
    """
    from probe.listen.screen import Runner, show
    from probe.listen.state import Watcher
    from probe.listen.words import language

    until_s = None if seconds is None else time.monotonic() + seconds
    options: dict[str, Any] = {"language": language(lang), "until_s": until_s, "as_json": as_json}
    if frames:
        outcome = Outcome()
        recording = recorded.RecordedWalk(recorded.Recording(frames=frames, track=track), outcome)
        runner = Runner(recording.sightings(wait_until=pace(speed, time.monotonic, time.sleep)), _keep_nothing)
        show(Watcher(recording), runner, now=lambda: recording.now_s, hold=lambda _mhz: None, recorded=True, **options)
        if runner.over:
            runner.finish()
        if outcome.troubles:
            raise BadInput("; ".join(outcome.troubles))
        return
    kit = kit_of(kit_words).found()
    let_go_of_root(kit, None)
    walk = LiveWalk(kit)
    _stop_on_signals(walk.live.stop)
    runner = Runner(walk.sightings(started=walk.live.wait_until_started), _keep_nothing)
    show(Watcher(walk), runner, now=walk.clock, hold=walk.live.hold, recorded=False, **options)
    walk.live.stop()
    runner.finish()


def let_go_of_root(kit: Kit, files: Path | None) -> None:
    """Before anything is read from outside, and before there are threads: what the radios take stays, all else goes."""
    told = keep_only(RADIO if kit.monitors or kit.adapters else (), files)
    forbid_core_dumps()  # becoming another user had allowed them again
    if told:
        say(told)


def _keep_nothing(_sighting: Sighting) -> None:
    """The live view makes sightings and lets them go."""


def _stop_on_signals(stop: Callable[[], None]) -> None:
    """The first Ctrl-C ends the walk in good order; a second one ends the program."""
    stopping = threading.Event()

    def on_signal(_number: int, _frame: object) -> None:
        if stopping.is_set():
            sys.exit(130)
        stopping.set()
        stop()

    signal.signal(signal.SIGINT, on_signal)
    signal.signal(signal.SIGTERM, on_signal)
