"""The commands of delivery: `pair` with a hub, `send` to it, and `status`."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from probe.cli.options import json_option, outbox_option
from probe.config import default_outbox
from probe.contract.address import BrokerAddress
from probe.contract.base import ContractError
from probe.contract.code import PairingCode, read_text
from probe.errors import BadInput, OutboxError, UplinkError
from probe.outbox.outbox import Outbox, Standing
from probe.pairing.folder import pair_by_folder
from probe.pairing.mqtt import pair_over_mqtt
from probe.pairing.qr import read_code, watch
from probe.seal.identity import Identity
from probe.uplink.choose import broker_of, folder_of, uplink_to
from probe.uplink.find import brokers
from probe.uplink.uplink import Uplink

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
    stdin), or folder:DIR for the stick that it wrote. Compare the four words at the end with the hub's.

    \b
      contrechamp-probe pair photo-of-the-code.jpg
      contrechamp-probe pair K7QX-2M4P-...
      contrechamp-probe pair folder:/media/stick
    """
    with Outbox(outbox or default_outbox()) as box:
        if code is not None and code.startswith("folder:"):
            identity = pair_by_folder(folder_of(code), known=box.identity)
        else:
            identity = _meet(_code(code, camera), to, box.identity, patience)
        box.pair(identity)
    if as_json:
        click.echo(json.dumps({"probe": identity.probe, "hub": identity.hub_id, "words": identity.words}))
        return
    click.echo(f"Paired. The hub must show the same words: {identity.words}")
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
    with Outbox(outbox or default_outbox()) as box:
        if box.read_only:
            click.echo(f"{box.path}: its disk is read-only, so receipts will be forgotten; use another card", err=True)
        if again:
            box.offer_again()
        uplink = find_uplink(to, box.paired(), patience, max_kbit)
        with _sending(box.standing()) as progress:
            if follow:
                _follow(box, uplink, progress)
            delivery = uplink.deliver(box, progress)
        refusals = box.refusals()
    if as_json:
        click.echo(json.dumps({"handed_over": delivery.handed_over, **told(delivery.standing)}))
        return
    waiting = f"; {delivery.standing.queued} wait for a receipt" if delivery.standing.queued else ""
    click.echo(f"{delivery.handed_over} sightings handed over{waiting}.")
    for unit, reason in refusals:
        click.echo(f"refused: {unit} ({reason})", err=True)


@click.command()
@outbox_option
@json_option
def status(outbox: Path | None, as_json: bool) -> None:
    """How many sightings wait, since when, and what became of the others."""
    with Outbox(outbox or default_outbox()) as box:
        standing, identity = box.standing(), box.identity
    if as_json:
        paired = {"probe": None, "hub": None} if identity is None else {"probe": identity.probe, "hub": identity.hub_id}
        click.echo(json.dumps({**told(standing), **paired}))
        return
    click.echo(
        f"{standing.queued} wait for a receipt ({standing.queued_bytes / 1e6:.1f} MB), {standing.receipted} receipted: "
        f"{standing.stored} stored, {standing.held} held, {standing.refused} refused"
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


def _follow(box: Outbox, uplink: Uplink, progress: Callable[[Standing], None]) -> None:
    """For ever, through hubs that are away and disks that are full; each trouble is told once."""
    trouble = None
    while True:
        try:
            if box.standing().queued:
                uplink.deliver(box, progress)
            trouble = None
        except (UplinkError, OutboxError) as problem:
            if str(problem) != trouble:
                click.echo(str(problem), err=True)
            trouble = str(problem)
        time.sleep(_FOLLOW_S)


def told(standing: Standing) -> dict[str, Any]:
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
        "oldest": None if key is None else {"made_after": str(key.since), "deliver_by": str(key.destroyed)},
    }


def find_uplink(to: str | None, identity: Identity, patience_s: float, max_kbit: float | None = None) -> Uplink:
    """The way that was named, else the hub's address, else our hub among the brokers of this network."""
    bytes_per_s = None if max_kbit is None else max_kbit * 125
    if to is not None:
        return uplink_to(to, patience_s, bytes_per_s)
    if identity.address is not None and _answers(broker_of(identity.address)):
        return uplink_to(identity.address, patience_s, bytes_per_s)
    for address in our_brokers(lambda hub: hub == identity.hub_id, brokers()):
        return uplink_to(str(address), patience_s, bytes_per_s)
    if identity.address is None:
        raise UplinkError("this probe does not know where its hub is, and finds it nowhere near: give --to")
    return uplink_to(identity.address, patience_s, bytes_per_s)


def _answers(address: BrokerAddress, wait_s: float = 2.0) -> bool:
    import socket

    try:
        socket.create_connection((address.host, address.port), timeout=wait_s).close()
    except OSError:
        return False
    return True


def our_brokers(is_ours: Callable[[str], bool], found: list[BrokerAddress]) -> list[BrokerAddress]:
    """Those whose certificate bears the word of our hub. Nothing is said to the others."""
    import socket

    from probe.uplink.tls import pinned

    ours = []
    for address in found:
        if not address.tls:
            continue
        try:
            with (
                socket.create_connection((address.host, address.port), timeout=2.0) as raw,
                pinned(is_ours).wrap_socket(raw),
            ):
                ours.append(address)
        except OSError:
            continue
    return ours


def _code(text: str | None, camera: bool) -> PairingCode:
    if camera:
        from probe.camera.frames import frames

        until_s = time.monotonic() + 60.0
        seen = watch(frames(), until=lambda: time.monotonic() > until_s)
        if seen is None:
            raise BadInput("the camera saw no code within a minute: hold the hub's screen about 20 cm before it")
        text = seen
    elif text == "-":
        text = sys.stdin.readline(1000)
    elif text is None:
        raise BadInput("give the code: a picture of it, its letters, folder:DIR, or --camera")
    elif Path(text).is_file():
        text = read_code(Path(text))
    try:
        return read_text(text)
    except ContractError as problem:
        raise BadInput(str(problem)) from problem


def _meet(code: PairingCode, to: str | None, known: Identity | None, patience_s: float) -> Identity:
    if to is not None:
        return pair_over_mqtt(code, broker_of(to), known=known, patience_s=patience_s)
    if code.address is not None:
        return pair_over_mqtt(code, broker_of(code.address), known=known, patience_s=patience_s)
    for address in our_brokers(code.names, brokers()):
        return pair_over_mqtt(code, address, known=known, patience_s=patience_s)
    raise UplinkError(
        "the code does not say where the hub is, and no hub near here has it: give --to mqtts://HOST:PORT"
    )


class _sending:  # noqa: N801 (used as a function)
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
