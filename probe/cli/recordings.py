"""The commands for what was recorded: `replay` and `import`."""

import hashlib
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import msgspec

from probe.cli.counter import Counter
from probe.cli.once import OncePerRecording, PicturesOnce, already_there
from probe.cli.options import json_option, keeping_option, photo_offset_option
from probe.cli.say import all_plain, plain, say
from probe.contract.envelope import encode
from probe.contract.readable import json_for_terminal
from probe.errors import BadInput
from probe.importer.sightings import ImportedLog
from probe.outbox.outbox import Outbox
from probe.walk import recorded
from probe.walk.making import new_id
from probe.walk.outcome import Outcome
from probe.walk.pace import pace

again_option = click.option("--again", is_flag=True, help="Add it to the outbox also where it is in there already.")


@click.command("replay")
@click.option(
    "--frames", multiple=True, type=click.Path(path_type=Path), help="A capture, or a board's lines. Repeatable."
)
@click.option("--track", type=click.Path(path_type=Path), help="Where the probe was: an NMEA log.")
@click.option(
    "--photos",
    type=click.Path(path_type=Path),
    help="A folder of photos, with all below it. What they show is said in their description, as OpenStreetMap tags. "
    "Pictures are kept without people, and of each the middle half alone unless it says how the lens was held.",
)
@click.option(
    "--of-cameras", is_flag=True, help="Each of the photos was taken of a camera, also where it does not say so."
)
@photo_offset_option
@click.option("--speed", type=click.FloatRange(min=0.1), help="Pace it, so many times faster than it was recorded.")
@click.option("--composed", is_flag=True, help="Mark the sightings as made from composed, not received, input.")
@keeping_option
@again_option
@json_option
def replay_command(
    frames: tuple[Path, ...],
    track: Path | None,
    photos: Path | None,
    of_cameras: bool,
    photo_offset: float | None,
    speed: float | None,
    composed: bool,
    outbox: Path | None,
    again: bool,
    as_json: bool,
) -> None:
    """Put recorded input through the same sweep as a walk.

    Sightings go to stdout, one JSON a line, or into --outbox. What no rule knows as a camera is forgotten.

    \b
      contrechamp-probe replay --frames walk.pcap --track walk.nmea --photos photos/
      contrechamp-probe replay --frames walk.pcap --track walk.nmea --outbox
      contrechamp-probe replay --photos phone/ --of-cameras --outbox
    """
    if not frames and photos is None:
        raise BadInput("nothing to replay: give --frames CAPTURE, --photos FOLDER, or both")
    recording = recorded.Recording(
        frames=frames,
        track=track,
        photos=photos,
        of_cameras=of_cameras,
        photo_offset_s=photo_offset,
        composed=composed,
    )
    outcome = Outcome()
    wait_until = pace(speed, time.monotonic, time.sleep)
    with Counter("frames") as counter:
        if outbox is None:
            _print_walk(_walk(recording, outcome, counter), counter, wait_until)
        else:
            with Outbox(outbox) as box:
                box.paired()  # said before anything is read
                walk = _walk(recording, outcome, counter, lambda part: not again and box.has_recording(part))
                once = OncePerRecording(box, walk.parts(), again=again, whole=[walk.content])
                if once.nothing_new:
                    _say_known(outcome, already_there(recorded.named(recording), outbox), as_json)
                    return
                pictures = PicturesOnce(once, walk)
                if speed is None:
                    made = recorded.lasting(walk, progress=counter, wait_until=wait_until)
                    once.add(pictures.others(once.new(made, walk.part_of)))
                else:
                    _live(walk, once, pictures, counter, wait_until)
            outcome.known = once.left_out + walk.left_out
    _conclude(outcome, outbox, as_json)


def _walk(
    recording: recorded.Recording,
    outcome: Outcome,
    counter: Counter,
    is_there: Callable[[bytes], bool] = lambda _part: False,
) -> recorded.RecordedWalk:
    """The walk, and for its photos, if there are any, what takes people out of them."""
    keeper = None
    if recording.photos is not None:
        from probe.camera.keeping import PhotoKeeper

        keeper = PhotoKeeper()
    return recorded.RecordedWalk(recording, outcome, keeper=keeper, photo_progress=counter.photos, is_there=is_there)


def _print_walk(walk: recorded.RecordedWalk, counter: Counter, wait_until: Callable[[float], None]) -> None:
    """Sightings on stdout; a picture is its hash and size on stderr, and its octets nowhere."""
    for sighting in recorded.lasting(walk, progress=counter, wait_until=wait_until):
        click.echo(json_for_terminal(encode(sighting)))
        for picture in walk.pictures_of(sighting):
            sha256 = hashlib.sha256(picture.jpeg).hexdigest()
            say(f"picture {sha256}, {len(picture.jpeg):,} bytes, of {walk.name_of(sighting)}")


@click.command("import")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@keeping_option
@again_option
@json_option
def import_command(file: Path | None, outbox: Path | None, again: bool, as_json: bool) -> None:
    """Read other people's logs: WiGLE CSV, from the app (WigleWifi-1.x) or the web site; Kismet's .kismet and .netxml;
    waypoints in GPX that say that they are cameras.

    All of them also in gzip. Sightings go to stdout, one JSON a line, or into --outbox; the same log goes into an
    outbox once. Rows that no rule knows as a camera are counted and forgotten.

    \b
      contrechamp-probe import wigle.csv
      contrechamp-probe import wigle.csv --outbox
    """
    if file is None:
        raise BadInput("nothing to import: name the FILE; --outbox without a path comes after it")
    outcome = Outcome()
    with Counter("rows") as tick:
        if outbox is None:
            for sighting in ImportedLog(file, outcome, tick).sightings():
                click.echo(json_for_terminal(encode(sighting)))
        else:
            with Outbox(outbox) as box:
                box.paired()
                log = ImportedLog(file, outcome, tick)
                once = OncePerRecording(box, [log.content], again=again)
                if once.nothing_new:
                    _say_known(outcome, already_there([file], outbox), as_json)
                    return
                once.add(log.sightings())
    _conclude(outcome, outbox, as_json)


def _say_known(outcome: Outcome, sentence: str, as_json: bool) -> None:
    """Say that nothing was added. What was wrong with the recording was said when it was."""
    outcome.troubles.clear()
    outcome.notes[:] = [plain(sentence)]
    click.echo(json_for_terminal(msgspec.json.encode(outcome)) if as_json else plain(sentence))


def _live(
    walk: recorded.RecordedWalk,
    once: OncePerRecording,
    pictures: PicturesOnce,
    tick: Callable[[int], None],
    wait_until: Callable[[float], None],
) -> None:
    """To the outbox as each pass ends, as on a walk; what turns out to move is taken out of it again."""
    box = once.box
    for sighting in pictures.others(once.new(walk.sightings(progress=tick, wait_until=wait_until), walk.part_of)):
        box.add([sighting])
        box.withdraw(walk.sweep.withdrawn(), new_id)
    box.withdraw(walk.sweep.withdrawn(), new_id)
    once.add([])


def _conclude(outcome: Outcome, outbox: Path | None, as_json: bool) -> None:
    """Say what came of it: on stdout when that is free, else on stderr. Exit with 2 where input was damaged."""
    printed = outbox is None
    outcome.notes[:], outcome.troubles[:] = all_plain(outcome.notes), all_plain(outcome.troubles)
    if printed and outcome.sightings:
        click.echo("Nothing was kept: the sightings were printed only; add --outbox at the end to keep them.", err=True)
    for note in outcome.notes:
        click.echo(note, err=True)
    if as_json:
        click.echo(json_for_terminal(msgspec.json.encode(outcome)), err=printed)
    else:
        say(_summary(outcome) + ("" if printed else f", kept in {outbox}"), err=printed)
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
        (outcome.bluetooth_rows, "of them Bluetooth"),
        (outcome.mobile_rows, "of them mobile networks"),
        (outcome.photos, "photos"),
        (outcome.placed_photos, "photos that the track placed"),
        (outcome.pictures, "pictures without people"),
        (outcome.silent_photos, "photos that say nothing of a camera"),
        (outcome.malformed_frames, "malformed frames"),
        (outcome.other_packets, "packets of another kind"),
        (sweep.moving, "transmitters that no fixed place explains, forgotten"),
        (sweep.disproved, "transmitters that turned out to be something else, forgotten"),
        (sweep.flooded, "frames of more cameras than there can be, forgotten"),
        (outcome.known, "sightings in the outbox already, left out"),
    ]
    by_rule = ", ".join(f"{name} {count}" for name, count in sorted(outcome.by_rule.items()))
    origin = ", ".join(f"{count} {name}" for count, name in heard if count)
    return f"{outcome.sightings} sightings from {origin or 'nothing'}" + (f" ({by_rule})" if by_rule else "")
