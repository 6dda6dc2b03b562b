"""The commands about what is kept how long, and about a volunteer who leaves."""

import json
from functools import partial
from pathlib import Path

import click
import msgspec

from hub.cli.options import confirm, data_option, json_option, plain, tell_copies, yes_option
from hub.errors import BadInput


@click.command()
@click.argument("name")
@yes_option
@data_option
@json_option
def forget(name: str, yes: bool, data: Path, as_json: bool) -> None:
    """Erase everything of one probe, by its name, or of one walk, as `undo` lists it: a volunteer leaves.

    Its sightings and pictures go, also out of decisions, free pages and the copies in the hub's folder, and with a
    probe its name, its words and what it counted; its key is revoked for good. Nothing brings that back. Backups and
    exports elsewhere are yours to delete: the command names those that it knows of. Who sent what is known for 30
    days, and can be found out until the quarter of the year ends: of earlier walks, name each.

    \b
      contrechamp-hub forget "Probe 1"
      contrechamp-hub forget walk-1a2b3c4d
    """
    from hub.data import open_hub
    from hub.derive.deriver import Deriver
    from hub.erase.leaving import of_probe, of_walk
    from hub.keys.contributors import is_tag_of, read_contributor_keys
    from hub.photo.published import withdraw_gone

    with open_hub(data) as hub:
        probe = next((one for one in hub.registry.probes() if one.name == name), None)
        if probe is None and not name.startswith(("walk-", "import-")):
            raise BadInput(f"nothing here is called {name}; `probes` lists the probes, `undo` the walks")
        if probe is None:
            found = of_walk(hub.store, name)
        else:
            keys = read_contributor_keys(hub.keys.folder)
            found = of_probe(hub.store, probe, partial(is_tag_of, keys, probe=probe.id))
        what = f"Erase {found.sightings} sightings of {found.walks} walks for good"
        confirm(what if probe is None else f"{what}, and all that says that {plain(name)} was here", yes=yes)
        if probe is not None:
            hub.registry.revoke(probe, hub.keys.day)
            hub.keys.disown(probe.id)
        backups = hub.store.complaints.backups()
        done = hub.store.forget(found.forgetting)
        copies = withdraw_gone(hub.store)
        deriver = Deriver(hub.store, hub.recogniser)
        deriver.refresh()
        hub.store.save_cameras(deriver.saved_form(), streets=deriver.streets)
    told = {"sightings": done.sightings, "pictures": done.pictures, "left": [*done.left, *copies]}
    if as_json:
        click.echo(json.dumps(told | {"backups": [one.path for one in backups]}))
        return
    click.echo(f"{done.sightings} sightings and {done.pictures} pictures are erased.")
    for path in done.left:
        click.echo(f"{path} is read by another program just now and still holds some; end that, and say it again.")
    tell_copies(copies)
    for one in backups:
        click.echo(plain(f"A backup of {one.day} may hold it: {one.path}; delete that yourself."))


@click.command()
@click.option("--set", "settings", multiple=True, metavar="NAME=DAYS", help="Keep it so long from now on.")
@data_option
@json_option
def retention(settings: tuple[str, ...], data: Path, as_json: bool) -> None:
    """Say how long what is kept, or change it. A hub that runs erases once a day what is due.

    \b
      contrechamp-hub retention
      contrechamp-hub retention --set quarantine=30
    """
    from hub.data import open_hub, read_hub
    from hub.erase.retention import changed

    if settings:
        with open_hub(data) as hub:
            terms = changed(hub.store.terms(), settings)
            hub.store.set_terms(terms)
    else:
        with read_hub(data) as log:
            terms = log.store.terms()
    days: dict[str, int] = msgspec.to_builtins(terms)
    if as_json:
        click.echo(json.dumps(days))
        return
    for name, count in days.items():
        click.echo(f"{name:17}{count:5} days  {_WHAT[name]}")
    click.echo("who sent what        30 days  fixed: nobody can keep it longer")


_WHAT = {
    "quarantine": "what was set aside",
    "held": "what waits for a decision that nobody makes",
    "unreviewed": "sightings of cameras that nobody has confirmed",
    "private_pictures": "pictures of private dwellings and of what is no camera",
    "complaints": "complaints that are closed",
    "audit": "who did what at the hub",
}

COMMANDS: tuple[click.Command, ...] = (forget, retention)
