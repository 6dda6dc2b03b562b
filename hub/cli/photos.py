"""The commands about pictures: to look at, cover, delete, publish, and what people say who find themselves on one."""

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.options import confirm, data_option, force_option, json_option, plain, yes_option
from hub.errors import BadInput
from probe.contract.sighting import Box

if TYPE_CHECKING:
    from hub.data import HubFolder
    from hub.derive.deriver import Deriver
    from hub.log.pictures import Complaint, LookedThrough, StoredPicture
    from hub.photo.gallery import Gallery

SHOWN_LETTERS = 12
_STATES = ("new", "looked", "hidden")


@click.group()
def photos() -> None:
    """Pictures of cameras: private until you have looked, and gone for good when you delete them.

    \b
      contrechamp-hub photos list --state new
      contrechamp-hub photos look 3f9a1c --output seen.jpg
      contrechamp-hub photos look 3f9a1c --fit
    """


@photos.command("list")
@click.option("--state", type=click.Choice(_STATES), help="Only those nobody looked at, looked at, or hidden.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many, the newest first.")
@data_option
@json_option
def list_command(state: str | None, limit: int, data: Path, as_json: bool) -> None:
    """List pictures: whether somebody has looked, the day, the camera, the size, what the second pass found."""
    from hub.data import read_hub
    from hub.derive.deriver import Deriver
    from hub.log.pictures import Standing

    with read_hub(data) as log:
        deriver = Deriver(log.store)
        deriver.refresh()
        found = log.store.pictures.listed(limit, None if state is None else Standing(state))
        passed = log.store.pictures.looked_through()
    cameras = _camera_by_sighting(deriver)
    rows = [_row(one, cameras.get(one.sighting or "")) for one in found]
    if as_json:
        click.echo(json.dumps({"pictures": rows, "second_pass": _passed(passed)}))
        return
    for row in rows:
        size = "cannot be read" if row["width"] is None else f"{row['width']} x {row['height']}"
        found_here = "not looked through" if row["second_pass"] is None else f"{row['found'] or 0} more covered"
        where = row["camera"] or ("no camera on the map" if row["sighting"] else "no sighting names it yet")
        day = row["day"] or "day not known"
        head = f"{row['id'][:SHOWN_LETTERS]}  {row['state']:<6}"
        click.echo(f"{head}  {day}  {where}  {row['part']}, {size}, {found_here}")
    if not rows:
        click.echo("No pictures are here." if state is None else f"No picture is {state}.")
    _tell_pass(passed)


@photos.command()
@click.argument("picture")
@click.option("--output", type=click.Path(path_type=Path), help="Write the picture to a file, to look at it.")
@click.option("--fit", is_flag=True, help="You have looked: it may be shown and published.")
@force_option
@data_option
@json_option
def look(picture: str, output: Path | None, fit: bool, force: bool, data: Path, as_json: bool) -> None:
    """Show what is known of PICTURE, write it to a file to look at, or say that it is fit to be shown.

    PICTURE is its id, or the first letters of it. Places that the second pass was in doubt about are told as boxes that
    `cover` takes: left, top, width, height, in shares of the picture.
    """
    from hub.data import open_hub
    from hub.store.durable import require_free, write_durably

    if output is not None:
        require_free(output, force=force)
    with open_hub(data) as hub:
        gallery, _ = _gallery(hub)
        sha256 = gallery.find(picture)
        if output is not None:
            write_durably(output, gallery.jpeg(sha256) or b"", secret=True)
        if fit:
            gallery.look(sha256)
        row = _row(gallery.require(sha256), None)
        history = hub.store.pictures.history(sha256)
    doubtful = [_words(box) for event in history if event.done == "second pass" for box in event.boxes]
    if as_json:
        events = [{"day": str(e.day), "done": e.done, "by": e.by, "boxes": list(map(_words, e.boxes))} for e in history]
        click.echo(json.dumps(row | {"history": events, "doubtful": doubtful}))
        return
    click.echo(f"{sha256[:SHOWN_LETTERS]}: {row['state']}, {row['part']}, {row['bytes']:,} bytes")
    for event in history:
        covered = f", {len(event.boxes)} boxes" if event.boxes and event.done == "covered" else ""
        click.echo(f"  {event.day}  {event.done} by the {event.by}{covered}")
    for words in doubtful:
        click.echo(f"  perhaps a face: contrechamp-hub photos cover {sha256[:SHOWN_LETTERS]} --box {words}")
    if output is not None:
        click.echo(f"Written to {output}; nobody but you should see it before you say --fit.")


@photos.command()
@click.argument("picture")
@click.option("--box", "boxes", multiple=True, required=True, metavar="L,T,W,H", help="In shares of 1. Repeatable.")
@data_option
@json_option
def cover(picture: str, boxes: tuple[str, ...], data: Path, as_json: bool) -> None:
    """Cover rectangles of PICTURE with grey, for good: what was there is gone from the hub.

    \b
      contrechamp-hub photos cover 3f9a1c --box 0.4,0.5,0.1,0.2
    """
    from hub.data import open_hub

    wanted = [_box(text) for text in boxes]
    with open_hub(data) as hub:
        gallery, _ = _gallery(hub)
        seen = gallery.cover(gallery.find(picture), wanted)
    told = f"{seen.id[:SHOWN_LETTERS]}: {len(wanted)} rectangles are covered for good."
    click.echo(json.dumps({"id": seen.id, "version": seen.version, "covered": len(wanted)}) if as_json else told)


@photos.command()
@click.argument("picture")
@click.option("--backups", is_flag=True, help="Also delete the backups that may still hold it, where they are here.")
@yes_option
@data_option
@json_option
def delete(picture: str, backups: bool, yes: bool, data: Path, as_json: bool) -> None:
    """Delete PICTURE from all that this hub has: the log, what was set aside, derived data, published copies.

    It stays away when its probe sends it again. Backups that you made hold it until you delete them: the command names
    those that it knows of.
    """
    from hub.data import open_hub

    with open_hub(data) as hub:
        gallery, _ = _gallery(hub)
        sha256 = gallery.find(picture)
        confirm(f"Delete picture {sha256[:SHOWN_LETTERS]} for good", yes=yes)
        copies = gallery.backups_with(sha256)
        gallery.delete(sha256)
        left = gallery.delete_backups(copies) if backups else [copy.path for copy in copies]
    if as_json:
        click.echo(json.dumps({"id": sha256, "deleted": True, "backups": left}))
        return
    click.echo(f"{sha256[:SHOWN_LETTERS]} is deleted.")
    if left:
        click.echo(f"These backups may still hold it, until you delete them: {', '.join(map(plain, left))}", err=True)


@photos.command()
@click.option("--to", "folder", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Where to.")
@data_option
@json_option
def export(folder: Path, data: Path, as_json: bool) -> None:
    """Write copies to publish, of pictures that somebody has looked at: with the camera's place and the day alone.

    The map's own `export` has no pictures. Where one is deleted, covered or hidden later, its copy in DIR goes too.
    """
    from hub.data import open_hub
    from hub.photo.published import export as export_pictures

    with open_hub(data) as hub:
        _, deriver = _gallery(hub)
        written = export_pictures(hub.store, deriver.cameras(), folder)
        unseen = len(hub.store.pictures.listed(1000)) - len(written)
    if as_json:
        click.echo(json.dumps({"written": list(map(str, written))}))
        return
    click.echo(f"{len(written)} pictures written to {folder}.")
    if unseen > 0:
        click.echo("Others were left out: unseen, under complaint, or of no camera that is shown.", err=True)


@photos.command()
@data_option
@json_option
def check(data: Path, as_json: bool) -> None:
    """Look for people and plates again, now, in pictures that have had no second pass. `serve` does so by itself."""
    from hub.data import open_hub
    from hub.photo.background import Background
    from hub.photo.helper import CannotLook

    with open_hub(data) as hub:
        background = Background(hub.store)
        try:
            while background.step():
                passed = hub.store.pictures.looked_through()
                if not as_json and sys.stderr.isatty():
                    click.echo(f"\r{passed.done} of {passed.in_all} looked through", nl=False, err=True)
        except CannotLook as problem:
            raise BadInput(f"pictures get no second pass here: {problem}") from problem
        finally:
            background.stop()
        passed = hub.store.pictures.looked_through()
    if as_json:
        click.echo(json.dumps(_passed(passed)))
    else:
        _tell_pass(passed)


@photos.command()
@click.argument("about")
@click.option("--camera", help="Hide the pictures of this camera: its id on the map.")
@click.option("--picture", "pictures", multiple=True, help="Hide this picture. Repeatable.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="With --camera: only those taken on this day.")
@click.option("--contact", help="How to answer; erased when the complaint is closed. Nobody has to give one.")
@data_option
@json_option
def complaint(
    about: str, camera: str | None, pictures: tuple[str, ...], day: datetime | None, contact: str | None, data: Path,
    as_json: bool,
) -> None:  # fmt: skip
    """Write down that a person finds themselves on a picture, ABOUT what in a few words. No name is needed.

    The pictures are hidden at once, before anybody decides, and published copies of them are deleted.

    \b
      contrechamp-hub photos complaint "a woman at the window" --camera c-0123456789abcdef --day 2026-05-09
    """
    from hub.data import open_hub
    from hub.photo.complaints import complain

    with open_hub(data) as hub:
        gallery, deriver = _gallery(hub)
        detail = None if camera is None else deriver.camera(camera)
        if camera is not None and detail is None:
            raise BadInput(f"there is no camera {camera!r} on the map; give the id that its panel shows")
        opened = complain(
            hub.store,
            gallery,
            about=about,
            sightings=() if detail is None else deriver.sightings_of(detail.camera.id),
            day=None if day is None else day.date(),
            pictures=[gallery.find(one) for one in pictures],
            contact=contact,
        )
    if as_json:
        click.echo(json.dumps(_complaint(opened)))
        return
    click.echo(f"Complaint {opened.number} is written down; {len(opened.pictures)} pictures are hidden.")
    if not opened.pictures:
        click.echo("Find the pictures with `photos list`, and name them or their camera.", err=True)


@photos.command()
@click.option("--all", "closed", is_flag=True, help="Also those that are closed.")
@data_option
@json_option
def complaints(closed: bool, data: Path, as_json: bool) -> None:
    """List the complaints that are open."""
    from hub.data import read_hub

    with read_hub(data) as log:
        found = log.store.complaints.listed(closed=closed)
    if as_json:
        click.echo(json.dumps(list(map(_complaint, found))))
        return
    for one in found:
        told = f"open since {one.opened}" if one.closed is None else f"closed on {one.closed}: {plain(one.decision)}"
        click.echo(f"{one.number}  {told}  {plain(one.about)}  {len(one.pictures)} pictures")
        if one.contact:
            click.echo(f"   answer to: {plain(one.contact)}")
        for sha256 in one.pictures:
            click.echo(f"   {sha256[:SHOWN_LETTERS]}")
    if not found:
        click.echo("No complaint is open.")


@photos.command()
@click.argument("number", type=int)
@click.option("--decision", required=True, help="What was decided and why, without a name: it is kept.")
@click.option("--delete", "delete_them", is_flag=True, help="Delete the pictures that it is about.")
@yes_option
@data_option
@json_option
def close(number: int, decision: str, delete_them: bool, yes: bool, data: Path, as_json: bool) -> None:
    """Close complaint NUMBER. The contact is erased; its pictures are deleted, or have to be looked at again.

    \b
      contrechamp-hub photos close 1 --decision "a face was left; deleted" --delete
    """
    from hub.data import open_hub
    from hub.photo.complaints import decide

    with open_hub(data) as hub:
        if delete_them:
            confirm(f"Delete the pictures of complaint {number} for good", yes=yes)
        gallery, _ = _gallery(hub)
        there = decide(hub.store, gallery, number, decision, delete=delete_them)
    done = "deleted" if delete_them else "to be looked at again"
    told = f"Complaint {number} is closed; {len(there)} pictures are {done}."
    click.echo(json.dumps({"number": number, "pictures": there, "deleted": delete_them}) if as_json else told)


def _gallery(hub: "HubFolder") -> "tuple[Gallery, Deriver]":
    from hub.derive.deriver import Deriver
    from hub.photo.gallery import Gallery

    deriver = Deriver(hub.store, hub.recogniser)
    deriver.refresh()

    def sightings_of(camera_id: str) -> tuple[str, ...] | None:
        camera = deriver.camera(camera_id)
        return None if camera is None else deriver.sightings_of(camera.camera.id)

    return Gallery(hub.store, sightings_of), deriver


def _camera_by_sighting(deriver: "Deriver") -> dict[str, str]:
    return {sighting: one.camera.id for one in deriver.cameras() for sighting in one.sighting_ids}


def _row(picture: "StoredPicture", camera: str | None) -> dict[str, Any]:
    from hub.photo.gallery import day_of, sighting_of

    day: date | None = day_of(sighting_of(picture))
    return {
        "id": picture.sha256,
        "version": picture.version,
        "state": str(picture.standing),
        "part": str(picture.part or "picture"),
        "day": None if day is None else day.isoformat(),
        "camera": camera,
        "sighting": picture.sighting,
        "width": picture.width,
        "height": picture.height,
        "bytes": picture.octets,
        "second_pass": None if picture.second_pass is None else str(picture.second_pass),
        "found": picture.found,
    }


def _passed(passed: "LookedThrough") -> dict[str, Any]:
    return {"done": passed.done, "failed": passed.failed, "in_all": passed.in_all, "why": passed.why}


def _tell_pass(passed: "LookedThrough") -> None:
    if passed.in_all:
        failed = f", {passed.failed} could not be" if passed.failed else ""
        click.echo(f"Second pass: {passed.done} of {passed.in_all} looked through{failed}.")
    if passed.why:
        click.echo(f"Second pass: {plain(passed.why)}", err=True)


def _complaint(one: "Complaint") -> dict[str, Any]:
    return {
        "number": one.number,
        "opened": one.opened.isoformat(),
        "about": one.about,
        "contact": one.contact,
        "pictures": list(one.pictures),
        "closed": None if one.closed is None else one.closed.isoformat(),
        "decision": one.decision,
    }


def _box(text: str) -> Box:
    import msgspec

    try:
        left, top, width, height = (float(part) for part in text.split(","))
        return msgspec.convert({"left": left, "top": top, "width": width, "height": height}, Box)
    except (ValueError, msgspec.ValidationError) as problem:
        raise BadInput(
            f"--box {text}: give left,top,width,height in shares of the picture, such as 0.4,0.5,0.1,0.2"
        ) from problem


def _words(box: Box) -> str:
    return ",".join(f"{value:.4f}" for value in (box.left, box.top, box.width, box.height))


COMMANDS: tuple[click.Command, ...] = (photos,)
