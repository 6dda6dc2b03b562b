"""The commands about probes: who may hand sightings over."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.options import came, data_option, json_option, plain
from hub.errors import BadInput
from hub.log.probes import Enrolment
from hub.store.registry import Registry
from probe.contract.address import BrokerAddress
from probe.contract.base import ContractError
from probe.contract.code import PairingCode, hub_letters

if TYPE_CHECKING:
    from hub.enroll.pairing import Pairing


@click.command()
@click.argument("name")
@click.option("--to", help="For a probe that never comes on line: folder:DIR, a stick or an SD card.")
@click.option("--address", help="How the probe reaches the broker, such as mqtts://hub.local. Default: as it last ran.")
@click.option("--no-wait", is_flag=True, help="Show the code and end, without waiting for the probe.")
@data_option
@json_option
def enroll(name: str, to: str | None, address: str | None, no_wait: bool, data: Path, as_json: bool) -> None:
    """Let a probe come, under NAME: show a code for `contrechamp-probe pair`, as a QR code and to type.

    The code works once and for 15 minutes. Both sides then show the same six words: compare them. Makes the hub where
    there is none. A probe that was revoked comes the same way, by a new key that it makes.

    \b
      contrechamp-hub enroll "Probe 1"
      contrechamp-hub enroll "Probe 2" --to folder:/media/stick
    """
    from hub.data import make_hub
    from hub.enroll.folder import lay_card
    from hub.enroll.pairing import Pairing, probe_name

    name = probe_name(name)

    with make_hub(data) as hub:
        hub.registry.erase_expired(time.time())
        pairing = Pairing(hub.keys, hub.registry)
        if to is not None:
            path = lay_card(pairing, name, to)
            _tell_of_card(name, path, hub.keys.hub_id, as_json)
            return
        where = _address(hub.registry, address)
        try:
            enrolment, code = pairing.invite(name, where)
        except ContractError as problem:
            raise BadInput(f"--address: {problem}") from problem
        _show(enrolment, code, as_json)
        if not as_json and not no_wait:
            _wait(hub.registry, pairing, enrolment, code)


@click.command()
@click.argument("name")
@click.option("--lost-on", type=click.DateTime(["%Y-%m-%d"]), help="Since when it may have been in other hands.")
@data_option
@json_option
def revoke(name: str, lost_on: datetime | None, data: Path, as_json: bool) -> None:
    """End a probe's rights: lost, stolen, or given back.

    From its next message on, everything that arrives is held until you have looked (`held`), whatever date it bears;
    what came since the day of loss goes back to review as well. Its key and its account are never taken again: a probe
    that was found is enrolled anew, and makes a new key. For a mosquitto of your own, write `broker-config` again.

    \b
      contrechamp-hub revoke "Probe 1" --lost-on 2026-05-09
    """
    from hub.data import open_hub
    from hub.enroll.leaving import is_to_come, revoke_probe

    day = datetime.now(UTC).date() if lost_on is None else lost_on.date()
    if is_to_come(day):
        raise BadInput(f"--lost-on {day}: a day to come, from which nothing would be held; give the day of the loss")
    with open_hub(data) as hub:
        done = revoke_probe(hub.store, hub.keys, hub.registry, name, day)
    if as_json:
        click.echo(json.dumps({"name": name, "lost_on": str(day), "held": done.held, "already": done.already}))
        return
    state = "was revoked already" if done.already else "is revoked"
    click.echo(f"{name} {state}. {done.held} sightings that came since {day} are held now; see `contrechamp-hub held`.")


@click.command()
@data_option
@json_option
def probes(data: Path, as_json: bool) -> None:
    """List the enrolled probes."""
    from hub.data import read_hub

    with read_hub(data) as log:
        registry = log.registry
        listed = [
            {
                "name": p.name,
                "id": p.id,
                "enrolled": str(p.enrolled),
                "revoked": p.revoked,
                "words": registry.words_of(p.public),
            }
            for p in registry.probes()
        ]
        awaited = [one for one in registry.enrolments(time.time()) if one.token is not None and one.used_by is None]
    if as_json:
        click.echo(json.dumps(listed))
        return
    for one in listed:
        told = f"{one['name']}  enrolled {one['enrolled']}" + ("  revoked" if one["revoked"] else "")
        click.echo(plain(told + (f"  words: {one['words']}" if one["words"] else "")))
    for waiting in awaited:
        ends = datetime.fromtimestamp(waiting.ends_s, UTC).astimezone()
        click.echo(plain(f"{waiting.name}  has not come yet; its code or card is good until {ends:%Y-%m-%d %H:%M}"))
    if not listed and not awaited:
        click.echo("No probe is enrolled; begin with `contrechamp-hub enroll NAME`.")


def _tell_of_card(name: str, path: Path, hub_id: str, as_json: bool) -> None:
    """What is to be done with a card, and what to compare: its probe has no key yet, so there are no words yet."""
    if as_json:
        click.echo(json.dumps({"name": name, "card": str(path), "hub": hub_id}))
        return
    click.echo(plain(f"Carry it to the probe: `contrechamp-probe pair folder:DIR`. Written: {path}"))
    click.echo(f"There it must name this very hub: {hub_letters(hub_id)}")
    click.echo("It then shows six words; `contrechamp-hub ingest DIR` shows them here: compare them.")


def _address(registry: Registry, given: str | None) -> str | None:
    """Where the code sends the probe, with a word of warning where that leads nowhere."""
    address = given or registry.broker_address()
    if address is None:
        click.echo(
            "The hub has not run yet, so this code does not say where it is. Start `contrechamp-hub serve --host "
            "0.0.0.0`: its page at /enroll then shows the code with the address. Or give the address with --address.",
            err=True,
        )
        return None
    try:
        parsed = BrokerAddress.parse(address)
    except ContractError as problem:
        raise BadInput(f"--address: {problem}") from problem
    from hub.broker.reach import is_loopback

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
        shown: dict[str, Any] = {"name": enrolment.name, "qr": code.qr, "typed": code.typed, "address": code.address}
        click.echo(json.dumps(shown | {"ends": ends.isoformat(timespec="seconds")}))
        return
    import segno

    segno.make(code.qr, error="m", micro=False).terminal(compact=True)
    click.echo(f"Show this to the probe, or type it there: contrechamp-probe pair {code.typed}")
    if code.address:
        click.echo(f"(typed, it also needs --to {code.address} where the probe is not in the hub's own network)")
    click.echo(f"It works once, until {ends.astimezone():%H:%M}. The hub's page shows it as well, at /enroll.")


def _wait(registry: Registry, pairing: "Pairing", enrolment: Enrolment, code: PairingCode) -> None:
    """Until the probe has come. A hub that starts meanwhile shows the code anew: it then says where the hub is."""
    while time.time() < enrolment.ends_s:
        now = registry.enrolment(enrolment.number)
        if now is not None and now.words is not None:
            click.echo(came(now.name, now.words, now.was))
            return
        if code.address is None and (found := pairing.code_of(enrolment)) is not None and found.address is not None:
            click.echo(f"\nThe hub runs now, at {found.address}. The same code, with that in it:")
            _show(enrolment, code := found, as_json=False)
        time.sleep(0.5)
    raise BadInput("nobody came within 15 minutes; enroll again for a new code")


COMMANDS: tuple[click.Command, ...] = (enroll, revoke, probes)
