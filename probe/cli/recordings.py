"""The commands for what was recorded: `replay` and `import`."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import msgspec

from probe.cli.options import json_option, keeping_option, photo_offset_option
from probe.contract.envelope import encode
from probe.contract.sighting import Sighting
from probe.errors import BadInput
from probe.importer.sightings import import_log
from probe.outbox.outbox import Outbox
from probe.walk import recorded
from probe.walk.making import new_id
from probe.walk.outcome import Outcome
from probe.walk.pace import pace

OUTBOX_BATCH = 200


@click.command("replay")
@click.option(
    "--frames", multiple=True, type=click.Path(path_type=Path), help="A capture, or a board's lines. Repeatable."
)
@click.option("--track", type=click.Path(path_type=Path), help="Where the probe was: an NMEA log.")
@click.option(
    "--photos",
    type=click.Path(path_type=Path),
    help="A folder of photos, with all below it. What they show is said in their description, as OpenStreetMap tags.",
)
@photo_offset_option
@click.option("--speed", type=click.FloatRange(min=0.1), help="Pace it, so many times faster than it was recorded.")
@click.option("--composed", is_flag=True, help="Mark the sightings as made from composed, not received, input.")
@keeping_option
@json_option
def replay_command(
    frames: tuple[Path, ...],
    track: Path | None,
    photos: Path | None,
    photo_offset: float | None,
    speed: float | None,
    composed: bool,
    outbox: Path | None,
    as_json: bool,
) -> None:
    """Put recorded input through the same sweep as a walk.

    Sightings go to stdout, one JSON a line, or into --outbox. What no rule knows as a camera is forgotten.

    \b
      contrechamp-probe replay --frames walk.pcap --track walk.nmea --photos photos/
      contrechamp-probe replay --frames walk.pcap --track walk.nmea --outbox
    """
    if not frames and photos is None:
        raise BadInput("nothing to replay: give --frames CAPTURE, --photos FOLDER, or both")
    recording = recorded.Recording(
        frames=frames, track=track, photos=photos, photo_offset_s=photo_offset, composed=composed
    )
    outcome = Outcome()
    with _FrameCounter() as tick:
        if speed is None or outbox is None:
            wait_until = pace(speed, time.monotonic, time.sleep)
            _emit(recorded.replay(recording, outcome, progress=tick, wait_until=wait_until), outbox)
        else:
            _live(recorded.RecordedWalk(recording, outcome), speed, outbox, tick)
    _conclude(outcome, outbox, as_json)


@click.command("import")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@keeping_option
@json_option
def import_command(file: Path | None, outbox: Path | None, as_json: bool) -> None:
    """Read other people's logs: WiGLE CSV, from the app (WigleWifi-1.x) or the web site; Kismet's .kismet and .netxml.

    Sightings go to stdout, one JSON a line, or into --outbox. Rows that no rule knows as a camera are counted and
    forgotten.

    \b
      contrechamp-probe import wigle.csv
      contrechamp-probe import wigle.csv --outbox
    """
    if file is None:
        raise BadInput("nothing to import: name the FILE; --outbox without a path comes after it")
    outcome = Outcome()
    _emit(import_log(file, outcome), outbox)
    _conclude(outcome, outbox, as_json)


def _emit(sightings: Iterator[Sighting], outbox: Path | None) -> None:
    """To the outbox in batches of one commit each, or to stdout."""
    if outbox is None:
        for sighting in sightings:
            click.echo(encode(sighting))
        return
    batch: list[Sighting] = []
    with Outbox(outbox) as box:
        box.paired()  # said before anything is read
        for sighting in sightings:
            batch.append(sighting)
            if len(batch) == OUTBOX_BATCH:
                box.add(batch)
                batch.clear()
        box.add(batch)


def _live(walk: recorded.RecordedWalk, speed: float, outbox: Path, tick: Callable[[int], None]) -> None:
    """To the outbox as each pass ends, as on a walk; what turns out to move is taken out of it again."""
    with Outbox(outbox) as box:
        box.paired()
        for sighting in walk.sightings(progress=tick, wait_until=pace(speed, time.monotonic, time.sleep)):
            box.add([sighting])
            box.withdraw(walk.sweep.withdrawn(), new_id)
        box.withdraw(walk.sweep.withdrawn(), new_id)


def _conclude(outcome: Outcome, outbox: Path | None, as_json: bool) -> None:
    """Say what came of it: on stdout when that is free, else on stderr. Exit with 2 where input was damaged."""
    printed = outbox is None
    if printed and outcome.sightings:
        click.echo("Nothing was kept: the sightings were printed only; add --outbox at the end to keep them.", err=True)
    for note in outcome.notes:
        click.echo(note, err=True)
    if as_json:
        click.echo(msgspec.json.encode(outcome), err=printed)
    else:
        click.echo(_summary(outcome) + ("" if printed else f", kept in {outbox}"), err=printed)
    for trouble in outcome.troubles[:20]:
        click.echo(trouble, err=True)
    if len(outcome.troubles) > 20:
        click.echo(f"... and {len(outcome.troubles) - 20} more like these", err=True)
    if outcome.troubles:
        sys.exit(2)


def _summary(outcome: Outcome) -> str:
    sweep = outcome.sweep
    heard = [
        (outcome.frames, "frames"),
        (outcome.rows, "rows"),
        (outcome.photos, "photos"),
        (outcome.placed_photos, "photos that the track placed"),
        (outcome.silent_photos, "photos that say nothing of a camera"),
        (outcome.malformed_frames, "malformed frames"),
        (outcome.other_packets, "packets of another kind"),
        (sweep.moving, "transmitters that no fixed place explains, forgotten"),
        (sweep.disproved, "transmitters that turned out to be something else, forgotten"),
        (sweep.flooded, "frames of more cameras than there can be, forgotten"),
    ]
    by_rule = ", ".join(f"{name} {count}" for name, count in sorted(outcome.by_rule.items()))
    origin = ", ".join(f"{count} {name}" for count, name in heard if count)
    return f"{outcome.sightings} sightings from {origin or 'nothing'}" + (f" ({by_rule})" if by_rule else "")


class _FrameCounter:
    """A counter on stderr that redraws itself, on a terminal only."""

    def __init__(self) -> None:
        self._drawn = False

    def __enter__(self) -> Callable[[int], None]:
        return self._tick if sys.stderr.isatty() else lambda _count: None

    def _tick(self, count: int) -> None:
        self._drawn = True
        click.echo(f"\r{count:,} frames", nl=False, err=True)

    def __exit__(self, *_: object) -> None:
        if self._drawn:
            click.echo("\r\x1b[K", nl=False, err=True)
