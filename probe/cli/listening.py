"""The commands that listen: `run`, the device's service, and `listen`, the live view for makers."""

import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from probe.cli.delivery import find_uplink
from probe.cli.process import forbid_core_dumps
from probe.config import default_outbox
from probe.contract.sighting import Sighting
from probe.errors import BadInput, OutboxError, UplinkError
from probe.outbox.outbox import DEFAULT_BUDGET_BYTES, Outbox
from probe.outbox.writer import OutboxWriter
from probe.radio.plan import SHORTEST_DWELL_MS, USUAL_DWELL_MS
from probe.uplink.choose import uplink_to
from probe.walk import recorded
from probe.walk.kit import Kit
from probe.walk.live import LiveWalk
from probe.walk.making import new_id
from probe.walk.outcome import Outcome
from probe.walk.pace import pace
from probe.walk.sources import SourceSupervisor, wait_for_sources

_F = TypeVar("_F", bound=Callable[..., Any])
_DELIVER_S = 2.0


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


def _kit(**asked: Any) -> Kit:
    country = asked.pop("country")
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise BadInput(f"--country {country!r}: give two letters, such as FR")
    return Kit(country=None if country is None else country.upper(), **asked)


@click.command()
@_kit_options
@click.option("--outbox", type=click.Path(path_type=Path), help="The store of sightings that wait for a hub.")
@click.option("--to", help="Where to hand sightings over: mqtts://HOST or folder:DIR. Default: the hub, if it is near.")
@click.option("--offline", is_flag=True, help="Hand nothing over during the walk.")
@click.option(
    "--budget", type=click.IntRange(min=1), default=DEFAULT_BUDGET_BYTES >> 20, show_default=True, help="MiB to use."
)
@click.option("--for", "seconds", type=click.FloatRange(min=0.1), help="End after so many seconds.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for machines.")
def run(
    outbox: Path | None,
    to: str | None,
    offline: bool,
    budget: int,
    seconds: float | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Walk: listen with all that is plugged in, and keep sightings until a hub has them. Ctrl-C ends it.

    Adapters named with --monitor are put into monitor mode; nothing is ever sent on them.

    \b
      contrechamp-probe run --monitor wlan1 --gnss /dev/ttyACM0 --to mqtt://hub.local
      contrechamp-probe run --board auto --country FR
    """
    forbid_core_dumps()
    path, made = outbox or default_outbox(), 0
    keeping = OutboxWriter(path, new_id, lambda said: click.echo(said, err=True), budget_bytes=budget << 20)
    if to is not None:
        uplink_to(to, 1.0)  # a wrong word is said at once, not after the walk
    walk = LiveWalk(_kit(**asked).found())
    for supervisor in walk.sources:
        supervisor.changed = _log
    _stop_on_signals(walk.live.stop)
    if seconds is not None:
        threading.Timer(seconds, walk.live.stop).start()
    stopped = threading.Event()
    sender = threading.Thread(target=_send, args=(None if offline else to or "", path, stopped), daemon=True)
    with keeping:
        sender.start()
        for sighting in walk.sightings(started=lambda: wait_for_sources(walk.sources)):
            keeping.put(sighting)
            keeping.withdraw(walk.sweep.withdrawn())
            made += 1
        keeping.withdraw(walk.sweep.withdrawn())
    stopped.set()
    sender.join(timeout=25.0)
    with Outbox(path) as box:
        standing = box.standing()
    _say_end(walk, made, standing.queued + keeping.in_ram, as_json=as_json)


def _log(supervisor: SourceSupervisor) -> None:
    click.echo(
        f"{supervisor.name}: {supervisor.health}" + (f" ({supervisor.trouble})" if supervisor.trouble else ""), err=True
    )


def _say_end(walk: LiveWalk, made: int, queued: int, *, as_json: bool) -> None:
    import json

    sources = [
        {"name": k.name, "kind": k.kind, "health": str(k.health), "frames": k.counts.frames, "lost": k.counts.dropped}
        for k in walk.sources
    ]
    if as_json:
        click.echo(json.dumps({"sightings": made, "queued": queued, "sources": sources}))
        return
    heard = ", ".join(f"{s['name']} {s['frames']} frames ({s['lost']} lost)" for s in sources)
    click.echo(f"{made} sightings made, {queued} wait for a receipt; {heard}")


def _send(to: str | None, path: Path, stopped: threading.Event) -> None:
    """Hand over what waits, again and again; one last time when the walk is over. None: not at all; "": to the hub."""
    box = None if to is None else _opened(path, stopped)
    if box is None:
        return
    # One outbox for the whole walk: of a card that is read-only it is a copy in memory, which alone knows its receipts.
    with box:
        last, uplink = False, None
        while not last:
            last = stopped.wait(_DELIVER_S)
            try:
                if box.standing().queued:
                    uplink = uplink or find_uplink(to or None, box.paired(), 20.0)
                    uplink.deliver(box, lambda _standing: None)
            except (UplinkError, OutboxError):
                uplink = None  # they stay in the outbox; there is always a next time


def _opened(path: Path, stopped: threading.Event) -> Outbox | None:
    """The outbox, as soon as it can be opened: a card that fails once must not end delivery for the walk."""
    while True:
        try:
            return Outbox(path)
        except OutboxError:
            if stopped.wait(_DELIVER_S):
                return None


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
    **asked: Any,
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

    forbid_core_dumps()
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
    walk = LiveWalk(_kit(**asked).found())
    _stop_on_signals(walk.live.stop)
    runner = Runner(walk.sightings(started=lambda: wait_for_sources(walk.sources)), _keep_nothing)
    show(Watcher(walk), runner, now=walk.clock, hold=walk.live.hold, recorded=False, **options)
    walk.live.stop()
    runner.finish()


def _keep_nothing(_sighting: Sighting) -> None:
    """The live view makes sightings and lets them go."""


def _stop_on_signals(stop: Callable[[], None]) -> None:
    """The first Ctrl-C ends the walk in good order; a second one ends the program."""
    asked = threading.Event()

    def stopping(_number: int, _frame: object) -> None:
        if asked.is_set():
            sys.exit(130)
        asked.set()
        stop()

    signal.signal(signal.SIGINT, stopping)
    signal.signal(signal.SIGTERM, stopping)
