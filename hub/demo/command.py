"""`contrechamp-hub demo`."""

import json
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.config import PORT
from hub.errors import BadInput, BrokerError

if TYPE_CHECKING:
    from hub.demo.run import DemoWalk
    from hub.service import RunningHub
    from probe.contract.home import SecondLook

WALKER_PORT, WALKER_OUTBOX = 8470, "walker.db"  # the port is a probe's own
WALKER_SPEED = 4.0  # a walk of half an hour is over in seven minutes, and there is time to look

FIRST = (
    "The link works once and needs no password. It opens the desk, where the walks wait for you: O says that a camera "
    "is one, U takes it back, ? shows all keys."
)
CARRY = (
    "Carry a probe here: {link}\n"
    "Its page is made for a phone, so make the window small. It walks the town by itself, comes by the ferry, and "
    "hands over at its end. Near where a walk starts and ends nothing is kept: end it early, and that is all of this "
    "small town."
)


@click.command()
@click.option("--once", is_flag=True, help="As fast as it goes, then count and end.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="The page's port; 0 takes a free one.",
)
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    default=120.0,
    show_default=True,
    help="So many times faster than the walks were.",
)
@click.option("--walker", is_flag=True, help="Carry a probe as well: a fourth walk, with the walker's page beside.")
@click.option(
    "--walker-port",
    type=click.IntRange(0, 65535),
    default=WALKER_PORT,
    show_default=True,
    help="The port of the walker's page; 0 takes a free one.",
)
@click.option(
    "--walker-speed",
    type=click.FloatRange(0.1, 100),
    default=WALKER_SPEED,
    show_default=True,
    help="So many times faster than people walk.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one line of JSON.")
def demo(
    once: bool, port: int, speed: float, walker: bool, walker_port: int, walker_speed: float, as_json: bool
) -> None:
    """Map a fictional town: the whole way, with a real probe process, a real broker and three recorded walks.

    Everything in it is composed, and the page says so. Needs no hardware and no internet. With --walker you carry one
    more probe through the town, on a page made for a phone: photos, pins, where to stand next, the end of the walk.

    \b
      contrechamp-hub demo
      contrechamp-hub demo --walker
      contrechamp-hub demo --once --json
    """
    if once and walker:
        raise BadInput("--walker is for somebody who looks, and --once ends by itself: give one of the two")
    from hub.demo import run
    from hub.service import RunningHub, Settings

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the scratch folder goes, too
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="contrechamp-demo-") as scratch:
        folder = Path(scratch)
        run.prepare(folder / "hub")
        _lay_streets(folder / "hub")
        places = _places() if walker else ()
        settings = Settings(data=folder / "hub", port=0 if once else port, demo=True, places=places)
        with RunningHub(settings) as running, ExitStack() as stack:
            if not running.wait_until_listening(run.LISTEN_S):
                raise BrokerError("the demo's own broker did not answer; try again")
            if not once:
                click.echo(f"The map fills here: {running.welcome()}", err=as_json)
                click.echo(FIRST, err=as_json)
            if walker:
                link = stack.enter_context(_walking(running, folder, walker_port, walker_speed))
                click.echo(CARRY.format(link=link), err=as_json)
            counts = _run_walks(running, folder, None if once else speed, began_s, carried=walker)
            click.echo(json.dumps(counts) if as_json else _sentence(counts))
            if not once:
                stay = f"The map stays at {running.url}" + (", the walker's page at its own link," if walker else "")
                click.echo(f"{stay} until Ctrl-C.", err=as_json)
                running.wait(threading.Event())
    if not walker and (counts["lost"] or counts["doubles"]):  # a walker may be handing over just now
        sys.exit(1)


def _lay_streets(data: Path) -> None:
    """The town's streets: cameras are placed by them, and a walker takes them along."""
    from hub.demo import walker

    walker.lay_streets(data)


def _places() -> "tuple[SecondLook, ...]":
    """What the hub gives its walker along beside them."""
    from hub.demo import walker

    return walker.places()


def _walking(running: "RunningHub", folder: Path, port: int, speed: float) -> "AbstractContextManager[str]":
    from hub.demo import run, walker

    return walker.walking(running, folder / WALKER_OUTBOX, run.walks()[0], port=port, speed=speed)


def _run_walks(
    running: "RunningHub", folder: Path, speed: float | None, began_s: float, *, carried: bool
) -> dict[str, int | float]:
    from hub.demo import run

    outboxes = []
    walks = run.walks()
    bar: Any
    with click.progressbar(
        length=1000, label="three walks", file=sys.stderr, item_show_func=_camera_count(running)
    ) as bar:
        whole = sum(walk.seconds for walk in walks)
        before = 0.0
        for walk in walks:
            outbox = folder / f"{walk.folder.name}.db"
            outboxes.append(outbox)

            def tick(share: float, walk: "DemoWalk" = walk, before: float = before) -> None:
                bar.update(int(1000 * (before + share * walk.seconds) / whole) - bar.pos, current_item=walk)

            run.pair(running, walk.folder.name, outbox)
            run.send_walk(walk, outbox, speed=speed, tick=tick)
            before += walk.seconds
    return run.count(running, outboxes, began_s, beside=folder / WALKER_OUTBOX if carried else None)


def _camera_count(running: "RunningHub") -> Callable[[object], str]:
    return lambda _: f"{running.cameras.status().cameras} cameras"


def _sentence(counts: dict[str, int | float]) -> str:
    return (
        "{made} sightings and pictures made, {receipts} receipts, {stored} stored, {lost} lost. Of the town's cameras "
        "{found} were found, {missed} missed, {invented} invented "
        "({invented_asked} of these are questions at the desk); median error {median_error_m} m."
    ).format(**counts)
