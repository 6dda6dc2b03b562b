"""The commands about what people decided: the history of a camera, and a decision where no page is at hand."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.options import data_option, json_option, plain
from hub.errors import BadInput
from hub.log.decisions import TAGGED, Decided, DecisionKind, NewDecision
from hub.review.check import to_name

if TYPE_CHECKING:
    from hub.derive.desk import Desk
    from hub.publish.view import CameraDetail
    from hub.review.history import Told

_OF_ONE_CAMERA = ("confirm", "reject", "private", "gone", "follow-up", "note", "retag")

by_option = click.option("--by", default="operator", show_default=True, help="Who decides: the history names them.")


@click.group()
def decisions() -> None:
    """What people decided about cameras. Nothing is lost by it: each decision can be undone, and done again.

    \b
      contrechamp-hub decisions make c-0123456789abcdef confirm
      contrechamp-hub decisions make c-0123456789abcdef retag kind dome
      contrechamp-hub decisions history c-0123456789abcdef
      contrechamp-hub decisions undo 17
    """


@decisions.command("list")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many, the newest last.")
@data_option
@json_option
def list_command(limit: int, data: Path, as_json: bool) -> None:
    """List what was decided at this hub, undone decisions as well."""
    with _read_desk(data) as desk:
        told = desk.all_decisions()
    _show(told[-limit:], as_json)


@decisions.command()
@click.argument("camera")
@data_option
@json_option
def history(camera: str, data: Path, as_json: bool) -> None:
    """Tell what was decided about a camera, by whom, when, and whether it holds.

    CAMERA is its id, also one that it had before it was merged into another.
    """
    with _read_desk(data) as desk:
        _require(desk, camera)
        told = desk.history(camera)
    _show(told, as_json)


@decisions.command()
@click.argument("camera")
@click.argument("what", type=click.Choice(_OF_ONE_CAMERA))
@click.argument("values", nargs=-1)
@by_option
@data_option
@json_option
def make(camera: str, what: str, values: tuple[str, ...], by: str, data: Path, as_json: bool) -> None:
    """Decide something about a camera.

    \b
    confirm, reject             a camera is there; or it is none
    private [no]                of a private dwelling, or not
    gone [DAY | no]             gone since a day, today by default; or still there
    follow-up [no]              somebody has to look again, or nobody
    note TEXT                   for the others at this hub
    retag ABOUT [VALUE]         what it is, without a value not known: kind, mount, direction, height, vendor,
                                operator, operator_type, site_name
    """
    with _open_desk(data) as desk:
        detail = _require(desk, camera)
        named = to_name(detail.sighting_ids, desk.sightings(camera))
        made = desk.decide(by, [_decision(DecisionKind(what), values, named)])
        _say_done(desk, made, as_json)


@decisions.command()
@click.argument("number", type=int)
@by_option
@data_option
@json_option
def undo(number: int, by: str, data: Path, as_json: bool) -> None:
    """Undo a decision, by its number, with those that were made by the same key."""
    with _open_desk(data) as desk:
        _say_done(desk, desk.undo_one(by, number), as_json)


@decisions.command()
@click.argument("number", type=int)
@by_option
@data_option
@json_option
def redo(number: int, by: str, data: Path, as_json: bool) -> None:
    """Let a decision hold again that was undone, with those that were made by the same key."""
    with _open_desk(data) as desk:
        _say_done(desk, desk.redo_one(by, number), as_json)


def _decision(kind: DecisionKind, values: Sequence[str], sightings: tuple[str, ...]) -> NewDecision:
    if kind is DecisionKind.NOTE:
        return NewDecision(kind=kind, sightings=sightings, text=" ".join(values))
    if kind is DecisionKind.RETAG:
        if not values:
            raise BadInput(f"say what to retag: {', '.join(TAGGED)}")
        return NewDecision(kind=kind, sightings=sightings, about=values[0], value=" ".join(values[1:]) or None)
    takes = 0 if kind in (DecisionKind.CONFIRM, DecisionKind.REJECT) else 1
    if len(values) > takes:
        raise BadInput(f"{kind!s} takes {'one word' if takes else 'nothing'} more, not {' '.join(values)[:40]!r}")
    return NewDecision(kind=kind, sightings=sightings, value=values[0] if values else None)


def _require(desk: "Desk", camera: str) -> "CameraDetail":
    found = desk.camera(camera)
    if found is None:
        raise BadInput(f"there is no camera {camera[:40]!r} here; `contrechamp-hub export --all` lists them")
    return found


def _say_done(desk: "Desk", made: Sequence[Decided], as_json: bool) -> None:
    numbers = [one.number if one.what.decision is None else one.what.decision for one in made]
    told = {one.number: one for one in desk.all_decisions()}
    _show([told[number] for number in numbers if number in told], as_json)


def _show(told: "Sequence[Told]", as_json: bool) -> None:
    from hub.web.decided import decided, remark
    from hub.web.words import words

    if as_json:
        click.echo(json.dumps([_row(one) for one in told]))
        return
    say = words("en")
    for one in told:
        click.echo(plain(f"{one.number:>5}  {decided(one, say)} ({remark(one, say)})"))
    if not told:
        click.echo("Nothing was decided yet.")


def _row(told: "Told") -> dict[str, Any]:
    import msgspec

    row: dict[str, Any] = msgspec.to_builtins(told)
    return row


@contextmanager
def _open_desk(data: Path) -> "Iterator[Desk]":
    """The desk of a hub, which may be serving: it notices within a second."""
    from hub.data import open_hub
    from hub.derive.desk import Desk
    from hub.derive.live import LiveCameras

    with open_hub(data) as hub:
        live = LiveCameras(hub.store, recogniser=hub.recogniser)
        live.derive()
        yield Desk(live, hub.store)


@contextmanager
def _read_desk(data: Path) -> "Iterator[Desk]":
    from hub.data import read_hub
    from hub.derive.desk import Desk
    from hub.derive.live import LiveCameras

    with read_hub(data) as log:
        live = LiveCameras(log.store)
        live.derive()
        yield Desk(live, log.store)


COMMANDS: tuple[click.Command, ...] = (decisions,)
