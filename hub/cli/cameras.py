"""The commands about what is derived from the log. All but `rebuild` only read."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from hub.cli.options import data_option, force_option, json_option

if TYPE_CHECKING:
    from hub.derive.deriver import Deriver


@click.command()
@click.option("--format", "kind", type=click.Choice(["geojson"]), default="geojson", show_default=True)
@click.option("--all", "everything", is_flag=True, help="Also cameras nobody has reviewed, and what each rests on.")
@click.option("--output", type=click.Path(path_type=Path), help="Write to a file instead of stdout.")
@force_option
@data_option
@json_option
def export(kind: str, everything: bool, output: Path | None, force: bool, data: Path, as_json: bool) -> None:  # noqa: ARG001 (one format so far)
    """Write the cameras as GeoJSON with OpenStreetMap's tag names. Never an address or a network's name."""
    from hub.publish.geojson import export as export_geojson
    from hub.store.durable import require_free, write_durably

    if output is not None:
        require_free(output, force=force)
    deriver = _derived(data)
    cameras = deriver.cameras()
    body = export_geojson(cameras, everything=everything)
    if output is None:
        click.echo(body)
    else:
        write_durably(output, body)
    exported = len(cameras) if everything else 0
    if as_json:
        click.echo(json.dumps({"exported": exported, "unreviewed": len(cameras)}), err=output is None)
        return
    if output is not None:
        click.echo(f"{exported} cameras written to {output}.")
    if not everything and cameras:
        click.echo(f"{len(cameras)} cameras await review and were left out; --all exports them too.", err=True)


@click.command()
@data_option
@json_option
def rebuild(data: Path, as_json: bool) -> None:
    """Derive the cameras from the log again and say whether they are the same."""
    from hub.data import open_hub
    from hub.derive.deriver import Deriver

    with open_hub(data) as hub:
        before, sightings = hub.store.cameras(), hub.store.count()
        deriver = Deriver(hub.store, hub.recogniser)
        deriver.refresh()
        after = deriver.saved_form()
        hub.store.save_cameras(after)
    result = {"sightings": sightings, "before": len(before), "cameras": len(after), "identical": before == dict(after)}
    same = "the same as before" if result["identical"] else f"before there were {len(before)}"
    click.echo(json.dumps(result) if as_json else f"{len(after)} cameras from {result['sightings']} sightings, {same}.")


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
    if (doubt := doubt_of(data)) is not None:
        click.echo(doubt, err=True)


def _derived(data: Path) -> "Deriver":
    """A hub's cameras, derived in memory."""
    from hub.data import read_hub
    from hub.derive.deriver import Deriver

    with read_hub(data) as log:
        deriver = Deriver(log.store)
        deriver.refresh()
    return deriver


COMMANDS: tuple[click.Command, ...] = (export, rebuild, status)
