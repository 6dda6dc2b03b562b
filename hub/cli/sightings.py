"""The commands about sightings: taking them in, taking them back, and what waits or was set aside."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from hub.cli.options import came, confirm, data_option, json_option, plain, tell_copies, yes_option
from hub.errors import BadInput
from probe.contract.readable import json_for_terminal

if TYPE_CHECKING:
    from hub.ingest.report import IntakeReport
    from hub.ingest.undo import Arrival


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@data_option
@json_option
def ingest(folder: Path, data: Path, as_json: bool) -> None:
    """Take in the parcels that a probe left in FOLDER, an SD card or a stick; the receipts are laid beside them."""
    from hub.data import open_hub
    from hub.derive.saved import saved_cameras
    from hub.enroll.folder import answer_requests, lay_home
    from hub.enroll.home import WayBack
    from hub.enroll.pairing import Pairing
    from hub.ingest.folder import ingest_folder, require_stick
    from hub.ingest.receive import UnitIngest

    require_stick(folder)
    with open_hub(data) as hub:
        requests = answer_requests(folder, Pairing(hub.keys, hub.registry))
        report = ingest_folder(folder, UnitIngest(hub.store, hub.keys, hub.registry, recogniser=hub.recogniser))
        lay_home(folder, hub.keys, WayBack(hub.keys, data, lambda: saved_cameras(hub.store)))
    report.paired, report.pairings = len(requests.paired), requests.paired
    report.troubles[:0] = requests.troubles
    report.notes += requests.notes
    if not (report.files or requests.seen or report.troubles):
        report.troubles.append(
            f"{folder}: holds nothing from a probe; is it the folder that `contrechamp-probe send --to folder:` wrote?"
        )
    _show(report, as_json)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--again", is_flag=True, help="Also take in what `undo` has taken back.")
@data_option
@json_option
def import_command(file: Path, again: bool, data: Path, as_json: bool) -> None:
    """Take in plain sightings, one JSON a line, as `contrechamp-probe replay` prints them.

    What is known already adds nothing, so the same file twice is one import. `undo` takes an import back.
    """
    from hub.data import open_hub
    from hub.ingest.lines import import_lines

    with open_hub(data) as hub:
        report = import_lines(file, hub.store, again=again)
    _show(report, as_json)


@click.command()
@click.argument("name", required=False)
@yes_option
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many to list, newest first."
)
@data_option
@json_option
def undo(name: str | None, yes: bool, limit: int, data: Path, as_json: bool) -> None:
    """List what came, by import and by walk, or take one of them back: NAME is import-3 or walk-1a2b3c4d.

    Its sightings and pictures are erased and leave tombstones; the map derives without them. Imported again, they stay
    away unless you say `import --again`.

    \b
      contrechamp-hub undo
      contrechamp-hub undo import-3
    """
    from hub.data import open_hub, read_hub
    from hub.ingest.undo import arrivals, find
    from hub.photo.published import withdraw_gone

    if name is None:
        with read_hub(data) as log:
            _list(arrivals(log.store), limit, as_json)
        return
    with open_hub(data) as hub:
        arrival, undoing = find(hub.store, name)
        origin = f" of {plain(arrival.file)}" if arrival.file is not None else ""
        confirm(f"Erase the {arrival.sightings} sightings of {arrival.name}{origin}", yes=yes)
        erased = hub.store.undo(undoing)
        copies = withdraw_gone(hub.store)
    if as_json:
        click.echo(json.dumps({"name": arrival.name, "erased": erased, "left": copies}))
        return
    click.echo(f"{arrival.name} is taken back: {erased} sightings are erased.")
    tell_copies(copies)


@click.command()
@click.option(
    "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many to list, newest first."
)
@data_option
@json_option
def quarantine(limit: int, data: Path, as_json: bool) -> None:
    """List what could not be taken in, and why."""
    from hub.data import read_hub

    with read_hub(data) as log:
        rows, count = log.store.quarantined(limit), log.store.quarantine_count()
    if as_json:
        listed = [{"at": r.at, "why": r.kind, "reason": r.reason, "topic": r.topic, "size": r.size} for r in rows]
        click.echo(json.dumps(listed))
        return
    for row in rows:
        click.echo(f"{row.at}  {row.size:>8} bytes  {row.kind}: {plain(row.reason)} ({plain(row.topic)})")
    click.echo(f"{count} set aside in all.")


@click.command()
@click.option("--release", metavar="NAME", help="Let what is held of this probe count.")
@click.option("--drop", metavar="NAME", help="Erase what is held of this probe.")
@yes_option
@data_option
@json_option
def held(release: str | None, drop: str | None, yes: bool, data: Path, as_json: bool) -> None:
    """List what waits for your decision because its probe was revoked, or decide."""
    if release and drop:
        raise BadInput("--release and --drop at once; decide for one")
    if not release and not drop:
        _list_held(data, as_json)
        return
    from hub.data import open_hub
    from hub.ingest.held import decide_held, held_by_name

    name = release or drop or ""
    with open_hub(data) as hub:
        waiting = sum(one.sightings for one in held_by_name(hub.store, hub.registry) if one.name == name)
        if drop and waiting:
            confirm(f"Erase the {waiting} sightings that are held of {name}", yes=yes)
        count = decide_held(hub.store, hub.registry, name, keep=release is not None)
    done = "count from now on" if release else "are erased"
    told = f"{count} sightings of {name} {done}." if count else f"Nothing is held of {name}; nothing was changed."
    click.echo(json.dumps({"name": name, "decided": count}) if as_json else told)


def _list_held(data: Path, as_json: bool) -> None:
    from hub.data import read_hub
    from hub.ingest.held import held_by_name

    with read_hub(data) as log:
        waiting = held_by_name(log.store, log.registry)
    if as_json:
        click.echo(json.dumps([{"name": one.name, "held": one.sightings, "reason": one.reason} for one in waiting]))
        return
    for one in waiting:
        click.echo(plain(f"{one.name}: {one.sightings} sightings ({one.reason})"))
    click.echo("Decide with --release NAME or --drop NAME." if waiting else "Nothing is held.")


def _list(listed: "list[Arrival]", limit: int, as_json: bool) -> None:
    if as_json:
        click.echo(json_for_terminal(msgspec.json.encode(listed[:limit])))
        return
    for arrival in listed[:limit]:
        click.echo(_line(arrival))
    if len(listed) > limit:
        click.echo(f"... and {len(listed) - limit} more; --limit shows them")
    hint = "Take one back with `contrechamp-hub undo NAME`." if listed else "Nothing has come yet."
    click.echo(hint)


def _line(arrival: "Arrival") -> str:
    from hub.ingest.undo import ArrivalKind

    day = "some time ago" if arrival.day is None else f"on {arrival.day}"
    more = " or more" if arrival.more_places else ""
    line = f"{arrival.name:<14} {arrival.sightings:>6} sightings in {arrival.places}{more} places, came {day}"
    if arrival.kind is ArrivalKind.IMPORT:
        line += f", from {plain(arrival.file)}" + ("" if arrival.complete else " (broken off)")
    return line if arrival.undone is None else f"{line}; taken back on {arrival.undone}"


def _show(report: "IntakeReport", as_json: bool) -> None:
    report.notes[:], report.troubles[:] = map(plain, report.notes), map(plain, report.troubles)
    if as_json:
        click.echo(json_for_terminal(msgspec.json.encode(report)))
    else:
        click.echo(
            f"{report.stored} sightings and {report.pictures} pictures stored, {report.held} held, {report.doubles} "
            f"known already, {report.refused} refused, {report.files} files; {report.paired} probes paired."
        )
        for one in report.pairings:
            click.echo(came(one.name, one.words, one.was))
        if report.import_number is not None:
            click.echo(f"`contrechamp-hub undo import-{report.import_number}` takes this back.")
    for note in report.notes:
        click.echo(note, err=True)
    for trouble in report.troubles[:20]:
        click.echo(trouble, err=True)
    if len(report.troubles) > 20:
        click.echo(f"... and {len(report.troubles) - 20} more like these", err=True)
    if report.troubles or report.refused:
        sys.exit(2)


COMMANDS: tuple[click.Command, ...] = (ingest, import_command, undo, quarantine, held)
