"""The commands about probes and delivery: who may hand sightings over, and how it gets here."""

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from hub.backup import read_backup, write_backup
from hub.broker.embedded import is_loopback
from hub.broker.mosquitto import SPARE, write_config
from hub.config import MQTTS_PORT, default_data
from hub.data import HubFolder, open_hub
from hub.enroll.folder import lay_card
from hub.errors import BadInput
from hub.log.probes import Enrolment
from probe.contract.address import BrokerAddress
from probe.contract.base import ContractError
from probe.contract.code import PairingCode

_data = click.option("--data", type=click.Path(path_type=Path), help="The hub's folder. Default: in your data folder.")
_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for machines.")


@click.command()
@click.argument("name")
@click.option("--to", help="For a probe that never comes on line: folder:DIR, a stick or an SD card.")
@click.option("--address", help="How the probe reaches the broker, such as mqtts://hub.local. Default: as it last ran.")
@click.option("--no-wait", is_flag=True, help="Show the code and end, without waiting for the probe.")
@_data
@_json
def enroll(name: str, to: str | None, address: str | None, no_wait: bool, data: Path | None, as_json: bool) -> None:
    """Let a probe come, under NAME: show a code for `contrechamp-probe pair`, as a QR code and to type.

    The code works once and for 15 minutes. Both sides then show the same four words.

    \b
      contrechamp-hub enroll "Probe 1"
      contrechamp-hub enroll "Probe 2" --to folder:/media/stick
    """
    if not name.strip() or len(name) > 60 or not name.isprintable():
        raise BadInput("a probe's name has 1 to 60 letters")
    with open_hub(data or default_data()) as folder:
        folder.registry.tidy(time.time())
        if to is not None:
            path = lay_card(folder, name, to)
            told = f"Carry it to the probe: `contrechamp-probe pair folder:DIR`. Written: {path}"
            click.echo(json.dumps({"name": name, "card": str(path)}) if as_json else told)
            return
        where = _address(folder, address)
        pairing = folder.pairing()
        try:
            enrolment, code = pairing.invite(name, where)
        except ContractError as problem:
            raise BadInput(f"--address: {problem}") from problem
        _show(enrolment, code, as_json)
        if not as_json and not no_wait:
            _wait(folder, enrolment)


@click.command()
@click.argument("name")
@click.option("--lost-on", type=click.DateTime(["%Y-%m-%d"]), help="Since when it may have been in other hands.")
@_data
@_json
def revoke(name: str, lost_on: datetime | None, data: Path | None, as_json: bool) -> None:
    """End a probe's rights: lost, stolen, or given back.

    From its next message on, everything that arrives is held until you have looked (`held`), whatever date it bears;
    what came since the day of loss goes back to review as well.

    \b
      contrechamp-hub revoke "Probe 1" --lost-on 2026-05-09
    """
    day = datetime.now(UTC).date() if lost_on is None else lost_on.date()
    with open_hub(data or default_data()) as folder:
        probe = folder.registry.named(name)
        folder.registry.revoke(probe, day)
        held = folder.store.hold_since(probe.id, day, f"{name} is revoked; lost on {day}")
    told = f"{name} is revoked. {held} sightings that came since {day} are held; see `contrechamp-hub held`."
    click.echo(json.dumps({"name": name, "lost_on": str(day), "held": held}) if as_json else told)


@click.command()
@_data
@_json
def probes(data: Path | None, as_json: bool) -> None:
    """List the enrolled probes."""
    with open_hub(data or default_data()) as folder:
        listed = [
            {"name": p.name, "id": p.id, "enrolled": str(p.enrolled), "revoked": p.revoked}
            for p in folder.registry.probes()
        ]
    if as_json:
        click.echo(json.dumps(listed))
        return
    for one in listed:
        click.echo(f"{one['name']}  enrolled {one['enrolled']}" + ("  revoked" if one["revoked"] else ""))
    if not listed:
        click.echo("No probe is enrolled; begin with `contrechamp-hub enroll NAME`.")


@click.command()
@click.option("--release", metavar="NAME", help="Let what is held of this probe count.")
@click.option("--drop", metavar="NAME", help="Erase what is held of this probe.")
@_data
@_json
def held(release: str | None, drop: str | None, data: Path | None, as_json: bool) -> None:
    """List what waits for your decision because its probe was revoked, or decide."""
    if release and drop:
        raise BadInput("--release and --drop at once; decide for one")
    with open_hub(data or default_data()) as folder:
        name = release or drop
        if name:
            count = folder.store.decide(folder.registry.named(name).id, keep=release is not None)
            done = "count from now on" if release else "are erased"
            told = {"name": name, "decided": count}
            click.echo(json.dumps(told) if as_json else f"{count} sightings of {name} {done}.")
            return
        rows = []
        for probe_id, count, reason in folder.store.held():
            probe = folder.registry.probe(probe_id)
            rows.append({"name": probe.name if probe else "(forgotten)", "held": count, "reason": reason})
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['name']}: {row['held']} sightings ({row['reason']})")
    click.echo("Decide with --release NAME or --drop NAME." if rows else "Nothing is held.")


@click.command("broker-config")
@click.argument("kind", type=click.Choice(["mosquitto"]))
@click.option("--to", "target", type=click.Path(path_type=Path), help="The folder to write to. Default: in the hub's.")
@click.option("--bind", default="0.0.0.0", show_default=True, help="Where mosquitto listens.")
@click.option("--port", default=MQTTS_PORT, show_default=True, help="Its port, by TLS.")
@click.option("--spare", default=SPARE, show_default=True, help="Accounts in advance for probes to come.")
@_data
@_json
def broker_config(
    kind: str, target: Path | None, bind: str, port: int, spare: int, data: Path | None, as_json: bool
) -> None:
    """Write a configuration for a broker of your own: TLS, passwords, and each probe's rights.

    \b
      contrechamp-hub broker-config mosquitto --to /etc/mosquitto/contrechamp
      mosquitto -c /etc/mosquitto/contrechamp/mosquitto.conf
      contrechamp-hub serve --broker mqtts://broker.example
    """
    path = data or default_data()
    with open_hub(path) as folder:
        files = write_config(target or path / kind, folder.keys, folder.registry, bind=bind, port=port, spare=spare)
    if as_json:
        click.echo(json.dumps({"files": [str(file) for file in files]}))
    else:
        click.echo("\n".join(str(file) for file in files))
        click.echo(f"\nmosquitto -c {files[0]}\nThen: contrechamp-hub serve --broker mqtts://ITS-ADDRESS:{port}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--keys-only", is_flag=True, help="Only the keys: small, and enough to open what probes still hold.")
@_data
@_json
def backup(file: Path, keys_only: bool, data: Path | None, as_json: bool) -> None:
    """Write an encrypted copy of the hub, its keys and its log, to FILE.

    The passphrase is asked for, or read from the environment: CONTRECHAMP_PASSPHRASE. Whoever has both is the hub; old
    copies also hold keys that the hub has destroyed since, so do not keep them for ever.
    """
    size = write_backup(data or default_data(), file, _passphrase(confirm=True), keys_only=keys_only)
    click.echo(json.dumps({"file": str(file), "bytes": size}) if as_json else f"{file}: {size:,} bytes, encrypted.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@_data
@_json
def restore(file: Path, data: Path | None, as_json: bool) -> None:
    """Make a hub's folder again from a copy. Probes then offer again what they have delivered within the last days."""
    folder = data or default_data()
    read_backup(file, folder, _passphrase(confirm=False))
    click.echo(json.dumps({"data": str(folder)}) if as_json else f"{folder} is a hub again: contrechamp-hub serve")


def _passphrase(*, confirm: bool) -> str:
    given = os.environ.get("CONTRECHAMP_PASSPHRASE")
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise BadInput("no passphrase: set CONTRECHAMP_PASSPHRASE, or run this on a terminal")
    asked: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True)
    return asked


def _address(folder: HubFolder, given: str | None) -> str | None:
    """Where the code sends the probe, with a word of warning where that leads nowhere."""
    address = given or folder.address
    if address is None:
        click.echo("The hub has not run yet: start `contrechamp-hub serve`, or the probe finds nobody.", err=True)
        return None
    try:
        parsed = BrokerAddress.parse(address)
    except ContractError as problem:
        raise BadInput(f"--address: {problem}") from problem
    if is_loopback(parsed.host):
        click.echo(
            f"The hub listens on loopback only ({address}): no probe but one on this machine can reach it. "
            "For others: contrechamp-hub serve --host 0.0.0.0",
            err=True,
        )
    return address


def _show(enrolment: Enrolment, code: PairingCode, as_json: bool) -> None:
    ends = datetime.fromtimestamp(enrolment.ends_s, UTC)
    if as_json:
        told: dict[str, Any] = {"name": enrolment.name, "qr": code.qr, "typed": code.typed, "address": code.address}
        click.echo(json.dumps(told | {"ends": ends.isoformat(timespec="seconds")}))
        return
    import segno

    segno.make(code.qr, error="m", micro=False).terminal(compact=True)
    click.echo(f"Show this to the probe, or type it there: contrechamp-probe pair {code.typed}")
    if code.address:
        click.echo(f"(typed, it also needs --to {code.address} where the probe is not in the hub's own network)")
    click.echo(f"It works once, until {ends.astimezone():%H:%M}. The hub's page shows it as well, at /enroll.")


def _wait(folder: HubFolder, enrolment: Enrolment) -> None:
    while time.time() < enrolment.ends_s:
        now = folder.registry.enrolment(enrolment.number)
        if now is not None and now.words is not None:
            click.echo(f"{enrolment.name} is here. The probe must show the same words: {now.words}")
            return
        time.sleep(0.5)
    raise BadInput("nobody came within 15 minutes; enroll again for a new code")


COMMANDS: tuple[click.Command, ...] = (enroll, revoke, probes, held, broker_config, backup, restore)
