"""The commands of delivery: `pair` with a hub, `send` to it, and `status`."""

import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from probe.cli.options import json_option, outbox_option
from probe.cli.say import say
from probe.config import default_outbox
from probe.contract.address import BrokerAddress
from probe.contract.base import ContractError
from probe.contract.code import PREFIX, PairingCode, hub_letters, read_text
from probe.contract.pairing import PairAnswer
from probe.errors import BadInput, ProbeError, UplinkError, WalkUnderWay
from probe.outbox.outbox import Outbox, Standing
from probe.pairing.folder import pair_by_folder
from probe.pairing.mqtt import pair_by_code
from probe.pairing.qr import first_code, read_code
from probe.seal.identity import Identity
from probe.uplink.choose import folder_of, uplink_to
from probe.uplink.deliver import RepeatedDelivery
from probe.uplink.find import find_uplink
from probe.uplink.mqtt import MqttUplink
from probe.uplink.uplink import OLDER, Uplink, home_of

_FOLLOW_S = 0.3


@click.command()
@click.argument("code", required=False)
@click.option("--camera", is_flag=True, help="Read the QR code with the probe's camera.")
@click.option("--to", help="Where the hub is, where the code does not say it: mqtts://HOST:PORT.")
@click.option("--patience", default=30.0, show_default=True, help="Give up after so many seconds.")
@outbox_option
@json_option
def pair(code: str | None, camera: bool, to: str | None, patience: float, outbox: Path | None, as_json: bool) -> None:
    """Let this probe and a hub know each other. From then on it seals what it makes for that hub alone.

    CODE is what `contrechamp-hub enroll` shows: a picture of the QR code, the letters to type (- to read them from
    stdin), or folder:DIR for the stick that it wrote. Compare the six words at the end with the hub's.

    \b
      contrechamp-probe pair photo-of-the-code.jpg
      contrechamp-probe pair K7QX-2M4P-...
      contrechamp-probe pair folder:/media/stick
    """
    path = outbox or default_outbox()
    answers: list[PairAnswer] = []
    with Outbox(path, to_pair=True) as box:
        before, waiting = box.identity, box.standing().queued
        if code is not None and code.startswith("folder:"):
            identity = pair_by_folder(folder_of(code), known=before)
        else:
            identity = pair_by_code(
                _code(code, camera), to=to, known=before, patience_s=patience, on_answer=answers.append
            )
        box.pair(identity)
        _visit(box, identity)
    answer = answers[-1] if answers else None
    if as_json:
        ids = {"probe": identity.probe, "hub": identity.hub_id}
        names = {"name": answer.name if answer else None, "was": answer.was if answer else None}
        new_key = before is not None and before.hub_id == identity.hub_id and before.key != identity.key
        click.echo(json.dumps({**ids, **names, "new_key": new_key, "words": identity.words, "outbox": str(path)}))
        return
    click.echo(f"Paired with the hub {hub_letters(identity.hub_id)}.")
    if before is not None and before.hub_id != identity.hub_id:
        click.echo(f"Until now this probe was paired with another: {hub_letters(before.hub_id)}.")
    if identity.account is None:
        click.echo("That must be the hub that the card was written by, which showed it then; if not, use another card.")
    click.echo(_compare(identity))
    _tell_of_name(answer)
    _tell_of_new_key(before, identity, waiting)
    say(f"Sightings wait for it in {path}.", err=False)
    if identity.account is None:
        click.echo("Carry the stick to the hub (`contrechamp-hub ingest DIR`); walks can begin at once.")


@click.command()
@click.option("--to", help="mqtt://HOST:PORT, mqtts://HOST:PORT or folder:DIR. Default: the hub, wherever it is found.")
@click.option("--follow", is_flag=True, help="Go on sending what is added, until Ctrl-C.")
@click.option("--again", is_flag=True, help="Offer refused sightings once more.")
@click.option("--max-kbit", type=click.FloatRange(min=1), help="Send no faster than so many kbit/s.")
@click.option("--patience", default=60.0, show_default=True, help="Give up after so many seconds without a receipt.")
@outbox_option
@json_option
def send(
    to: str | None,
    follow: bool,
    again: bool,
    max_kbit: float | None,
    patience: float,
    outbox: Path | None,
    as_json: bool,
) -> None:
    """Hand the waiting sightings to the hub; each stays here until the hub's receipt has come.

    \b
      contrechamp-probe send
      contrechamp-probe send --to folder:/media/usb
    """
    path = outbox or default_outbox()
    if to is not None:
        uplink_to(to, patience)  # a wrong word is refused also where nothing waits
    with Outbox(path) as box:
        identity = box.paired()
        if box.read_only:
            say(f"{path}: its disk is read-only, so receipts will be forgotten; use another card")
        if again:
            box.offer_again()
        _tell_of_end(box)
        before = box.standing()
        with _ReceiptBar(before) as progress:
            if follow:
                _follow(box, lambda known: find_uplink(to, known, patience, max_kbit), progress)
            handed_over = 0
            # A folder may hold receipts and newer keys, so it is looked into also where nothing waits.
            if before.queued or (to or "").startswith("folder:"):
                handed_over = _deliver(box, lambda: find_uplink(to, identity, patience, max_kbit), progress)
        standing, refusals = box.standing(), box.refusals()
        if box.repaired is not None:
            say(box.repaired)
        if box.in_doubt:
            say(f"Beware: {OLDER}.")
    if as_json:
        click.echo(json.dumps({"handed_over": handed_over, **_for_machines(standing), "outbox": str(path)}))
        return
    if before.queued:
        waiting = f"; {standing.queued} wait for a receipt" if standing.queued else ""
        click.echo(f"{handed_over} sightings handed over{waiting}.")
    else:
        say(f"Nothing was sent: nothing waits in {path}.", err=False)
    for unit, reason in refusals:
        say(f"refused: {unit} ({reason})")


@click.command()
@click.option("--yes", is_flag=True, help="Do it without asking.")
@outbox_option
@json_option
def discard(yes: bool, outbox: Path | None, as_json: bool) -> None:
    """Delete all that waits here, for good: what the hub has not receipted is gone.

    What has gone out without a receipt may have come to the hub all the same; what the hub has, its operator erases.
    """
    path = outbox or default_outbox()
    if not path.exists():
        raise BadInput(f"{path}: there is no outbox; name the one that you mean with --outbox")
    with Outbox(path) as box:
        standing = box.standing()
        waiting = standing.queued + standing.unreleased
        if not yes and waiting:
            if not sys.stdin.isatty():
                raise BadInput(f"{path}: {waiting} wait in it; add --yes to delete them for good")
            click.confirm(f"Delete the {waiting} that wait in {path}, for good?", abort=True)
        gone = box.forget_waiting()
    if as_json:
        click.echo(json.dumps({"deleted": gone, "outbox": str(path)}))
        return
    click.echo(f"{gone} deleted; nothing of them is left in the file.")


@click.command()
@outbox_option
@json_option
def status(outbox: Path | None, as_json: bool) -> None:
    """How many sightings wait, since when, and what became of the others."""
    with Outbox(outbox or default_outbox()) as box:
        standing, identity = box.standing(), box.identity
        if box.repaired is not None:
            say(box.repaired)
    if as_json:
        ids = (None, None, None) if identity is None else (identity.probe, identity.hub_id, identity.words)
        paired = dict(zip(("probe", "hub", "words"), ids, strict=True))
        click.echo(json.dumps({**_for_machines(standing), **paired}))
        return
    click.echo(
        f"{standing.queued} wait for a receipt ({standing.queued_bytes / 1e6:.1f} MB), {standing.receipted} receipted: "
        f"{standing.stored} stored, {standing.held} held, {standing.refused} refused"
    )
    if standing.unreleased:
        click.echo(
            f"{standing.unreleased} more are kept back until their walk has ended; if it was cut off, the next `run` "
            "or `send` deletes what speaks of where it was last"
        )
    if standing.key is not None:
        click.echo(
            f"the oldest was made after {standing.key.since} and must reach the hub by {standing.key.destroyed}, when "
            "the hub destroys its key"
        )
    if standing.gave_way or standing.lost:
        click.echo(
            f"for want of room {standing.gave_way} surveys and pictures gave way, {standing.lost} sightings lost"
        )
    if identity is None:
        click.echo("not paired with a hub yet: see `contrechamp-probe pair --help`")
        return
    click.echo(f"paired with the hub {hub_letters(identity.hub_id)}; words to compare with it: {identity.words}")
    if identity.account is None:
        click.echo("the hub has not answered yet: its answer comes by the stick")


def _tell_of_end(box: Outbox) -> None:
    """See to a walk that was cut off, and say what became of it."""
    try:
        ended = box.drop_unreleased()
    except WalkUnderWay:
        say(f"A walk is under way: {box.standing().unreleased} of it are kept back until it has ended.")
        return
    if ended.released or ended.deleted:
        say(
            f"The last walk was cut off: {ended.deleted} that speak of where it was last are deleted, {ended.released} "
            "wait from now on."
        )


def _visit(box: Outbox, identity: Identity) -> None:
    """Take along what the hub gives, so that the first walk has its map. Where it does not come now, it comes with the
    first delivery."""
    home_of(box)  # what another hub gave goes
    if identity.address is not None:
        with suppress(ProbeError, ContractError):
            MqttUplink(BrokerAddress.parse(identity.address)).visit(box)


def _compare(identity: Identity) -> str:
    return f"Compare them: the hub must show the same words: {identity.words}"


def _tell_of_new_key(before: Identity | None, now: Identity, waiting: int) -> None:
    """Say so where the hub has revoked the key that the probe had, and what becomes of what it has signed."""
    if before is None or before.hub_id != now.hub_id or before.key == now.key:
        return
    held = (
        f" The {waiting} that wait were signed by the old one: the hub holds them for its operator." if waiting else ""
    )
    click.echo(f"The hub had revoked this probe's key, so it has a new one from now on.{held}")


def _tell_of_name(answer: PairAnswer | None, *, err: bool = False) -> None:
    """Say so where the hub calls the probe by another name than before."""
    if answer is not None and answer.was is not None:
        say(f"The hub calls this probe {answer.name} from now on; until now it was {answer.was}.", err=err)


def _deliver(box: Outbox, find: Callable[[], Uplink], progress: Callable[[Standing], None]) -> int:
    """How many were handed over. Raises UplinkError, which says how many stay."""
    try:
        delivery = find().deliver(box, progress)
        if delivery.answer is not None:
            say(f"The hub has answered. {_compare(box.paired())}")
        _tell_of_name(delivery.answer, err=True)
        return delivery.handed_over
    except UplinkError as problem:
        kept = f"{box.standing().queued} sightings stay in the outbox; run the same command again later"
        raise UplinkError(f"{problem} ({kept})") from problem


def _follow(box: Outbox, find: Callable[[Identity], Uplink], progress: Callable[[Standing], None]) -> None:
    """Deliver what waits and what is added, until Ctrl-C."""
    RepeatedDelivery(lambda: box, find, say, progress=progress, every_s=_FOLLOW_S).run()


def _for_machines(standing: Standing) -> dict[str, Any]:
    """The standing for machines. `oldest` are the days between which it was sealed and must be opened."""
    key = standing.key
    return {
        "queued": standing.queued,
        "receipted": standing.receipted,
        "stored": standing.stored,
        "held": standing.held,
        "refused": standing.refused,
        "gave_way": standing.gave_way,
        "lost": standing.lost,
        "unreleased": standing.unreleased,
        "oldest": None if key is None else {"made_after": str(key.since), "deliver_by": str(key.destroyed)},
    }


def _code(text: str | None, camera: bool) -> PairingCode:
    if camera:
        from probe.camera.frames import frames

        until_s = time.monotonic() + 60.0
        seen = first_code(frames(), until=lambda: time.monotonic() > until_s)
        if seen is None:
            raise BadInput("the camera saw no code within a minute: hold the hub's screen about 20 cm before it")
        text = seen
    elif text == "-":
        text = sys.stdin.readline(1000)
    elif text is None:
        raise BadInput("give the code: a picture of it, its letters, folder:DIR, or --camera")
    elif _is_picture(text):
        text = read_code(Path(text))
    try:
        return read_text(text)
    except ContractError as problem:
        raise BadInput(str(problem)) from problem


def _is_picture(text: str) -> bool:
    """Whether a file is meant, there or not. No code that is typed has a dot or a stroke in it."""
    try:
        there = Path(text).is_file()
    except OSError:
        return False  # too long for the name of a file
    return there or (not text.strip().upper().startswith(PREFIX.split(":")[0]) and any(mark in text for mark in "./"))


class _ReceiptBar:
    """A progress bar of receipts on stderr, on a terminal only."""

    def __init__(self, before: Standing) -> None:
        self._before = before
        self._bar: Any = None

    def __enter__(self) -> Callable[[Standing], None]:
        if not sys.stderr.isatty() or not self._before.queued:
            return lambda _standing: None
        self._bar = click.progressbar(length=self._before.queued, label="receipts", file=sys.stderr)
        self._bar.__enter__()
        return self._tick

    def _tick(self, standing: Standing) -> None:
        self._bar.update(self._before.queued - standing.queued - self._bar.pos)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
