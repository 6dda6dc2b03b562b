"""The commands about what is derived from the log. All but `rebuild` only read."""

import json
from pathlib import Path

import click
import msgspec

from hub.cli.options import data_option, force_option, json_option


@click.command()
@click.option(
    "--format",
    "kind",
    type=click.Choice(["geojson", "csv", "gpx", "kml"]),
    default="geojson",
    show_default=True,
    help="geojson for maps and OpenStreetMap's tools, csv for spreadsheets, gpx and kml for phones.",
)
@click.option("--all", "everything", is_flag=True, help="Also cameras nobody has confirmed, and what each rests on.")
@click.option("--output", type=click.Path(path_type=Path), help="Write to a file instead of stdout.")
@force_option
@data_option
@json_option
def export(kind: str, everything: bool, output: Path | None, force: bool, data: Path, as_json: bool) -> None:
    """Write the cameras with OpenStreetMap's tag names. Never an address or a network's name.

    Without --all these are the cameras that a person confirmed, that a walker saw and that are still there, to the
    month: nothing of it tells which of them were seen on one walk, so it may be published.
    """
    from hub.data import read_hub
    from hub.derive.deriver import Deriver
    from hub.publish.exported import exported, public_ids
    from hub.publish.formats import FORMATS
    from hub.store.durable import require_free, write_durably

    if output is not None:
        require_free(output, force=force)
    with read_hub(data) as log:
        deriver = Deriver(log.store)
        deriver.refresh()
        cameras = deriver.cameras()
        ids = public_ids(log.store.public.rows(), cameras)
    body = FORMATS[kind].write(cameras, everything=everything, ids=ids)
    if output is None:
        click.echo(body, nl=not body.endswith(b"\n"))
    else:
        write_durably(output, body)
    written = len(exported(cameras, everything=everything))
    if as_json:
        waiting = sum(detail.camera.review == "waiting" for detail in cameras)
        click.echo(json.dumps({"exported": written, "unreviewed": waiting}), err=output is None)
        return
    if output is not None:
        click.echo(f"{written} cameras written to {output}.")
    if not everything and written < len(cameras):
        left = len(cameras) - written
        click.echo(
            f"{left} cameras are not confirmed, or hints, or gone, and were left out; --all exports them too.", err=True
        )


@click.command()
@data_option
@json_option
def rebuild(data: Path, as_json: bool) -> None:
    """Derive the cameras from the log again and say whether they are the same."""
    from hub.data import open_hub
    from hub.derive.rebuild import rebuild as derive_again

    with open_hub(data) as hub:
        done = derive_again(hub.store, hub.recogniser)
    if as_json:
        counts = {"sightings": done.sightings, "before": done.before, "cameras": done.cameras}
        why = {"other_streets": True} if done.other_streets else {}
        click.echo(json.dumps(counts | {"identical": done.identical} | why))
        return
    same = "the same as before" if done.identical else f"before there were {done.before}"
    click.echo(f"{done.cameras} cameras from {done.sightings} sightings, {same}.")
    if done.other_streets:
        click.echo(
            "The street map is another one than they were placed by before, so their places may differ.", err=True
        )


@click.command()
@data_option
@json_option
def status(data: Path, as_json: bool) -> None:
    """The hub at a glance: cameras, sightings, what was set aside."""
    from hub.data import read_hub
    from hub.derive.deriver import Deriver
    from hub.keys import doubt_of

    with read_hub(data) as log:
        deriver = Deriver(log.store)
        deriver.refresh()
        now = deriver.status()
    if as_json:
        click.echo(msgspec.json.encode(now))
    else:
        click.echo(
            f"{now.cameras} cameras from {now.sightings} sightings; {now.unplaced} sightings without a place, "
            f"{now.quarantined} set aside, {now.unrecognised} that no rule of today bears out, {now.floods} floods."
        )
        if now.left_out or now.cameras_left_out or now.cells_left_out:
            click.echo(
                f"More than the map holds of one contributor or in all: {now.left_out} sightings, "
                f"{now.cameras_left_out} cameras and {now.cells_left_out} walked cells are in the log and not on it; "
                "`contrechamp-hub undo` takes back what should not be there."
            )
    if (doubt := doubt_of(data)) is not None:
        click.echo(doubt, err=True)


COMMANDS: tuple[click.Command, ...] = (export, rebuild, status)
