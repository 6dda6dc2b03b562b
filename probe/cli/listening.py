"""The commands that listen: `run`, the device's service, and `listen`, the live view for makers."""

import json
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from probe.camera.choose import SPECS
from probe.cli.options import json_option, outbox_option
from probe.cli.process import forbid_core_dumps
from probe.cli.say import say
from probe.config import default_outbox
from probe.contract.sighting import Sighting
from probe.errors import BadInput
from probe.outbox.room import DEFAULT_BUDGET_BYTES
from probe.radio.plan import SHORTEST_DWELL_MS, USUAL_DWELL_MS
from probe.radio.privileges import RADIO, keep_only
from probe.service import ProbeService, ServiceSettings, ServiceStatus
from probe.walk import recorded
from probe.walk.button import Button
from probe.walk.kit import Kit
from probe.walk.live import LiveWalk
from probe.walk.outcome import Outcome
from probe.walk.pace import pace

_F = TypeVar("_F", bound=Callable[..., Any])


def _kit_options(command: _F) -> _F:
    """The options that say what to listen with; the same for both commands."""
    options = [
        click.option("--monitor", "monitors", multiple=True, metavar="NAME", help="A Wi-Fi adapter, such as wlan1."),
        click.option("--board", "boards", multiple=True, metavar="ID", help="A radio board: auto, device, part of id."),
        click.option("--bluetooth", "adapters", multiple=True, metavar="NAME", help="A Bluetooth adapter: hci0."),
        click.option("--gnss", metavar="DEVICE", help="A receiver on a serial port, such as /dev/ttyACM0."),
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


def _kit(**kit_options: Any) -> Kit:
    country = kit_options.pop("country")
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise BadInput(f"--country {country!r}: give two letters, such as FR")
    return Kit(country=None if country is None else country.upper(), **kit_options)


@click.command()
@_kit_options
@outbox_option
@click.option("--camera", metavar="CAMERA", help=f"Take photos, with the people taken out in memory. {SPECS}.")
@click.option("--button", "button", type=click.Path(path_type=Path), help="A key that takes one: /dev/input/event0.")
@click.option("--to", help="Where to hand sightings over: mqtts://HOST or folder:DIR. Default: the hub, if it is near.")
@click.option("--offline", is_flag=True, help="Hand nothing over during the walk.")
@click.option(
    "--budget", type=click.IntRange(min=1), default=DEFAULT_BUDGET_BYTES >> 20, show_default=True, help="MiB to use."
)
@click.option("--for", "seconds", type=click.FloatRange(min=0.1), help="End after so many seconds.")
@json_option
def run(
    outbox: Path | None,
    camera: str | None,
    button: Path | None,
    to: str | None,
    offline: bool,
    budget: int,
    seconds: float | None,
    as_json: bool,
    **kit_options: Any,
) -> None:
    """Walk: listen with all that is plugged in, and keep sightings until a hub has them. Ctrl-C ends it.

    Adapters named with --monitor are put into monitor mode; nothing is ever sent on them. With --camera, the button or
    a signal (`kill -USR1`) takes a photo; where no picture may be kept, a pin is, and you are told why.

    \b
      contrechamp-probe run --monitor wlan1 --gnss /dev/ttyACM0 --to mqtt://hub.local
      contrechamp-probe run --board auto --country FR
      contrechamp-probe run --camera auto --button /dev/input/event0 --gnss /dev/ttyACM0
    """
    if button is not None and camera is None:
        raise BadInput("--button takes photos: give a --camera, too")
    settings = ServiceSettings(
        kit=_kit(**kit_options).found(needed=camera is None),
        outbox=outbox or default_outbox(),
        to=to,
        offline=offline,
        budget_bytes=budget << 20,
        camera=camera,
    )
    _let_go_of_root(settings.kit, settings.outbox)
    service = ProbeService(settings, tell=say)
    _stop_on_signals(service.stop)
    if camera is not None:
        _take_on_signal(service)
    service.start()
    if button is not None:
        Button(button, lambda: _take(service), say).start()
    service.wait(seconds)
    service.finish()
    _conclude(service.status(), as_json=as_json)


def _take(service: ProbeService) -> None:
    """A photo, as somebody pressed; what comes of it the walk tells."""
    try:
        service.take_photo()
    except BadInput as problem:
        say(str(problem))


def _take_on_signal(service: ProbeService) -> None:
    signal.signal(signal.SIGUSR1, lambda _number, _frame: _take(service))


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
@_kit_options
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
    **kit_options: Any,
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
    kit = _kit(**kit_options).found()
    _let_go_of_root(kit, None)
    walk = LiveWalk(kit)
    _stop_on_signals(walk.live.stop)
    runner = Runner(walk.sightings(started=walk.live.wait_until_started), _keep_nothing)
    show(Watcher(walk), runner, now=walk.clock, hold=walk.live.hold, recorded=False, **options)
    walk.live.stop()
    runner.finish()


def _let_go_of_root(kit: Kit, files: Path | None) -> None:
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
