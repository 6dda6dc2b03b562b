"""`contrechamp-probe selftest`: each part tried, and how to mend what fails."""

import json
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from probe.camera.choose import SPECS
from probe.cli.listening import kit_options, let_go_of_root
from probe.cli.options import json_option, outbox_option
from probe.cli.settings import kit_of
from probe.config import default_outbox
from probe.errors import BadInput
from probe.walk.kit import Kit

if TYPE_CHECKING:
    from probe.selftest.facts import CameraFact, Facts
    from probe.session.view import Check

SECONDS = 6.0
_MARKS = {True: "✓", False: "✗", None: "?"}
_COLOURS = {True: "green", False: "red", None: "yellow"}


@click.command()
@kit_options
@outbox_option
@click.option("--camera", metavar="CAMERA", help=f"Try a camera, too: {SPECS}.")
@click.option("--button", type=click.Path(path_type=Path), help="A key that takes a photo: /dev/input/event0.")
@click.option(
    "--for", "seconds", type=click.FloatRange(min=1, max=120), default=SECONDS, show_default=True, help="To listen."
)
@click.option("--lang", type=click.Choice(["en", "fr"]), help="Language, else the terminal's.")
@json_option
def selftest(
    outbox: Path | None,
    camera: str | None,
    button: Path | None,
    seconds: float,
    lang: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Try each part of this probe and say how to mend what fails: radios, receiver, compass, camera, card, power.

    A walk that runs has its devices: stop it first, or use the test on its page. Exit code 1 where a part fails.

    \b
      contrechamp-probe selftest
      contrechamp-probe selftest --monitor wlan1 --gnss /dev/ttyACM0 --camera auto
    """
    from probe.listen.words import language
    from probe.selftest.judge import judged

    path = outbox or default_outbox()
    kit = kit_of(options).found(needed=False)
    let_go_of_root(kit, path)
    if not as_json:
        click.echo(f"listening for {seconds:.0f} s …", err=True)
    lines = list(judged(_gathered(kit, path, seconds, camera, button)))
    if as_json:
        click.echo(json.dumps([msgspec.to_builtins(line) for line in lines]))
    else:
        _print(lines, language(lang))
    if any(line.passed is False for line in lines):
        sys.exit(1)


def _gathered(kit: Kit, path: Path, seconds: float, camera: str | None, button: Path | None) -> "Facts":
    """What a walk of some seconds tells of the parts, and what can be asked beside it."""
    from probe.aim.calibration import known_or_told
    from probe.device.power import power
    from probe.selftest import gather
    from probe.selftest.facts import Facts
    from probe.walk.live import LiveWalk

    walk = LiveWalk(kit)
    listening = threading.Thread(target=lambda: [None for _ in walk.sightings()], daemon=True)
    listening.start()
    gather.waits(seconds)
    parts, reading, fix = walk.board_parts, power(), walk.place_at(walk.clock())
    known = known_or_told(path, lambda _sentence: None).compass
    receiver = compass = None
    if kit.gnss is not None or parts.has("receiver"):
        sentences, accuracy_m = walk.position.counts.sentences, None if fix is None else fix.accuracy_m
        receiver = gather.receiver_of(walk.sources, sentences, accuracy_m, has_fix=fix is not None)
    if parts.has("compass") or known is not None:
        compass = gather.compass_of(parts, None if known is None else known.compass, gather.waits)
    facts = Facts(
        radios=gather.radios_of(walk.sources, {}, seconds),
        receiver=receiver,
        compass=compass,
        camera=None if camera is None else _camera(camera),
        outbox=gather.outbox_of(path),
        button=parts.has("button") or (None if button is None else _is_readable(button)),
        has_signals=parts.has("player"),
        power_low=None if reading is None else reading.low,
        clock_known=walk.when(walk.clock()) is not None,
    )
    walk.live.stop()
    listening.join(timeout=10.0)
    return facts


def _print(lines: "list[Check]", language: str) -> None:
    from probe.contract.readable import for_terminal
    from probe.page.words import said, words

    texts = words(language)
    for line in lines:
        mark = click.style(_MARKS[line.passed], fg=_COLOURS[line.passed])
        if line.note is None:
            continue
        sentence = said(texts[line.note.code], line.note.values)
        detail = f" ({line.note.detail})" if line.note.detail else ""
        click.echo(f"{mark} {for_terminal(sentence + detail)}")
        if line.passed is False:
            click.echo(f"    {line.reference}")


def _camera(word: str) -> "CameraFact":
    from probe.camera.choose import camera_at
    from probe.selftest.gather import camera_of

    return camera_of(camera_at(word))


def _is_readable(device: Path) -> bool:
    try:
        with device.open("rb"):
            return True
    except OSError as problem:
        if isinstance(problem, FileNotFoundError):
            return False
        raise BadInput(f"{device}: cannot be read ({problem.strerror}); is your user of the group input?") from problem
