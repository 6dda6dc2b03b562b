"""`contrechamp-hub demo`."""

import json
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.config import PORT
from hub.errors import BrokerError

if TYPE_CHECKING:
    from hub.demo.run import DemoWalk
    from hub.service import RunningHub


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
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one line of JSON.")
def demo(once: bool, port: int, speed: float, as_json: bool) -> None:
    """Map a fictional town: the whole way, with a real probe process, a real broker and three recorded walks.

    Everything in it is composed, and the page says so. Needs no hardware and no internet.

    \b
      contrechamp-hub demo
      contrechamp-hub demo --once --json
    """
    from hub.demo import run
    from hub.service import RunningHub, Settings

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the scratch folder goes, too
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="contrechamp-demo-") as scratch:
        folder = Path(scratch)
        run.prepare(folder / "hub")
        with RunningHub(Settings(data=folder / "hub", port=0 if once else port)) as running:
            if not running.wait_until_listening(run.LISTEN_S):
                raise BrokerError("the demo's own broker did not answer; try again")
            if not once:
                click.echo(f"The map fills here: {running.url}", err=as_json)
            counts = _run_walks(running, folder, None if once else speed, began_s)
            click.echo(json.dumps(counts) if as_json else _sentence(counts))
            if not once:
                click.echo(f"The map stays at {running.url} until Ctrl-C.", err=as_json)
                running.wait(threading.Event())
    if counts["lost"] or counts["doubles"]:
        sys.exit(1)


def _run_walks(running: "RunningHub", folder: Path, speed: float | None, began_s: float) -> dict[str, int | float]:
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
    return run.count(running, outboxes, began_s)


def _camera_count(running: "RunningHub") -> Callable[[object], str]:
    return lambda _: f"{running.cameras.status().cameras} cameras"


def _sentence(counts: dict[str, int | float]) -> str:
    return (
        "{made} sightings and pictures made, {receipts} receipts, {stored} stored, {lost} lost. Of the town's cameras "
        "{found} were found, {missed} missed, {invented} invented; median error {median_error_m} m."
    ).format(**counts)
