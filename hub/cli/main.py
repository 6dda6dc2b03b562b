"""The commands of a hub: `contrechamp-hub --help` shows them."""

import json
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from hub.broker.embedded import is_loopback
from hub.cli.probes import COMMANDS
from hub.config import HOST, MQTT_PORT, MQTTS_PORT, PORT, default_data
from hub.data import open_hub
from hub.demo.command import demo
from hub.derive.deriver import Hub
from hub.errors import HubError
from hub.ingest.folder import Taken, import_lines, ingest_folder
from hub.publish.geojson import export as export_geojson
from hub.service import RunningHub, Settings
from hub.store.sqlite.store import SqliteStore
from probe import __version__

_data = click.option("--data", type=click.Path(path_type=Path), help="The hub's folder. Default: in your data folder.")
_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for machines.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="contrechamp-hub")
def cli() -> None:
    """Gathers the sightings of many walks into one map of cameras.

    \b
    A first look, without any hardware:
      contrechamp-hub demo
    For a group of your own:
      contrechamp-hub serve --host 0.0.0.0
      contrechamp-hub enroll "Probe 1"
    """
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)


@cli.command()
@_data
@click.option("--broker", help="An MQTT broker of your own: mqtt://HOST:PORT. Default: one is started here.")
@click.option(
    "--host", default=HOST, show_default=True, help="Where page and broker listen; loopback unless you say so."
)
@click.option("--port", default=PORT, show_default=True, help="The page's port; 0 takes a free one.")
@click.option(
    "--mqtt-port",
    type=int,
    help=f"The embedded broker's port; 0 takes a free one. Default: {MQTT_PORT}, with TLS {MQTTS_PORT}.",
)
@click.option(
    "--announce",
    multiple=True,
    metavar="ADDRESS",
    help="Let probes find the hub in the network where this machine has this address. Repeatable.",
)
@click.option("--tiles", help="A raster tile server for the map: https://HOST/{z}/{x}/{y}.png. Default: no internet.")
@_json
def serve(
    data: Path | None,
    broker: str | None,
    host: str,
    port: int,
    mqtt_port: int | None,
    announce: tuple[str, ...],
    tiles: str | None,
    as_json: bool,
) -> None:
    """Take sightings in and show the map, until Ctrl-C.

    \b
      contrechamp-hub serve
      contrechamp-hub serve --host 0.0.0.0 --announce 192.168.1.20
      contrechamp-hub serve --data ~/hub --broker mqtts://broker.example
    """
    settings = Settings(
        data=data or default_data(),
        host=host,
        port=port,
        mqtt_port=mqtt_port,
        broker=broker,
        tiles_url=tiles,
        announce=announce,
    )
    if not is_loopback(host):
        click.echo(f"Beware: whoever reaches {host} can read this map; the page has no accounts yet.", err=True)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with RunningHub(settings) as running:
        if as_json:
            ready = {"ready": True, "url": running.url, "mqtt": running.mqtt_url, "data": str(settings.data)}
            click.echo(json.dumps(ready))
        else:
            click.echo(f"The map: {running.url}\nProbes send to: {running.mqtt_url}\nCtrl-C ends it.")
        stop.wait()


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@_data
@_json
def ingest(folder: Path, data: Path | None, as_json: bool) -> None:
    """Take in the parcels that a probe left in FOLDER, an SD card or a stick; the receipts are laid beside them."""
    with open_hub(data or default_data()) as hub:
        taken = ingest_folder(folder, hub)
    _report(taken, as_json)


@cli.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@_data
@_json
def import_command(file: Path, data: Path | None, as_json: bool) -> None:
    """Take in plain sightings, one JSON a line, as `contrechamp-probe replay` prints them."""
    with open_hub(data or default_data()) as hub:
        taken = import_lines(file, hub.store)
    _report(taken, as_json)


@cli.command()
@click.option("--format", "kind", type=click.Choice(["geojson"]), default="geojson", show_default=True)
@click.option("--all", "everything", is_flag=True, help="Also cameras nobody has reviewed, and what each rests on.")
@click.option("--output", type=click.Path(path_type=Path), help="Write to a file instead of stdout.")
@_data
@_json
def export(kind: str, everything: bool, output: Path | None, data: Path | None, as_json: bool) -> None:  # noqa: ARG001 (one format so far)
    """Write the cameras as GeoJSON with OpenStreetMap's tag names. Never an address or a network's name."""
    with _derived(data) as hub:
        cameras = hub.cameras()
    body = export_geojson(cameras, everything=everything)
    if output is None:
        click.echo(body)
    else:
        _write(output, body)
    exported = len(cameras) if everything else 0
    if as_json:
        click.echo(json.dumps({"exported": exported, "unreviewed": len(cameras)}), err=output is None)
    elif not everything and cameras:
        click.echo(f"{len(cameras)} cameras await review and were left out; --all exports them too.", err=True)


@cli.command()
@_data
@_json
def rebuild(data: Path | None, as_json: bool) -> None:
    """Derive the cameras from the log again and say whether they are the same."""
    with closing(SqliteStore(data or default_data())) as store:
        before = store.cameras()
        Hub(store).refresh()
        after, sightings = store.cameras(), store.count()
    result = {"sightings": sightings, "before": len(before), "cameras": len(after), "identical": before == after}
    same = "the same as before" if result["identical"] else f"before there were {len(before)}"
    click.echo(json.dumps(result) if as_json else f"{len(after)} cameras from {result['sightings']} sightings, {same}.")


@cli.command()
@click.option("--limit", default=50, show_default=True, help="How many to list, newest first.")
@_data
@_json
def quarantine(limit: int, data: Path | None, as_json: bool) -> None:
    """List what could not be taken in, and why."""
    with closing(SqliteStore(data or default_data())) as store:
        rows, count = store.quarantined(limit), store.quarantine_count()
    if as_json:
        listed = [{"at": r.at, "why": r.why, "reason": r.reason, "topic": r.topic, "size": r.size} for r in rows]
        click.echo(json.dumps(listed))
        return
    for row in rows:
        click.echo(f"{row.at}  {row.size:>8} bytes  {row.why}: {_plain(row.reason)} ({_plain(row.topic)})")
    click.echo(f"{count} set aside in all.")


@cli.command()
@_data
@_json
def status(data: Path | None, as_json: bool) -> None:
    """The hub at a glance: cameras, sightings, what was set aside."""
    with _derived(data) as hub:
        told = hub.status()
    if as_json:
        click.echo(msgspec.json.encode(told))
    else:
        click.echo(
            f"{told.cameras} cameras from {told.sightings} sightings; {told.unplaced} sightings without a place, "
            f"{told.quarantined} set aside, {told.unrecognised} that no rule of today bears out, {told.floods} floods."
        )


for command in (demo, *COMMANDS):
    cli.add_command(command)


def main() -> None:
    """Run the commands: an expected failure is one line and exit code 2, a bug shows its traceback."""
    try:
        cli(standalone_mode=False)
    except HubError as problem:
        click.echo(f"contrechamp-hub: {problem}", err=True)
        sys.exit(2)
    except click.ClickException as problem:
        problem.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)


@contextmanager
def _derived(data: Path | None) -> Iterator[Hub]:
    """A hub whose cameras are derived, for as long as it is looked at."""
    with closing(SqliteStore(data or default_data())) as store:
        hub = Hub(store)
        hub.refresh()
        yield hub


def _report(taken: Taken, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(taken))
    else:
        click.echo(
            f"{taken.stored} sightings and {taken.pictures} pictures stored, {taken.held} held, {taken.doubles} known "
            f"already, {taken.refused} refused, {taken.files} files; {taken.paired} probes paired."
        )
    for trouble in taken.troubles[:20]:
        click.echo(_plain(trouble), err=True)
    if len(taken.troubles) > 20:
        click.echo(f"... and {len(taken.troubles) - 20} more like these", err=True)
    if taken.troubles or taken.refused:
        sys.exit(2)


def _write(path: Path, body: bytes) -> None:
    try:
        path.write_bytes(body)
    except OSError as problem:
        raise HubError(f"{path}: cannot be written ({problem.strerror})") from problem


def _plain(text: Any) -> str:
    """Text from outside, with nothing in it that a terminal would obey."""
    return "".join(char if char.isprintable() else "?" for char in str(text))


if __name__ == "__main__":
    main()
