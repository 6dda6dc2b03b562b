"""The commands for the people who may sign in at the hub's page."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.options import confirm, data_option, json_option, plain, yes_option
from hub.errors import BadInput
from hub.log.people import Role

if TYPE_CHECKING:
    from hub.log.people import Person
    from hub.people.accounts import Accounts

BY = "command line"  # who did it, in the audit
ROLES = tuple(role.name.lower() for role in Role if role is not Role.STRANGER)
role_argument = click.argument("role", type=click.Choice(ROLES))


@click.group()
def users() -> None:
    """The people who may sign in at the page: readers, reviewers, operators, admins.

    \b
      contrechamp-hub users add Anna --role reviewer
      contrechamp-hub users link Anna
      contrechamp-hub users close Anna
    """


@users.command("list")
@data_option
@json_option
def list_(data: Path, as_json: bool) -> None:
    """Show who has an account."""
    from hub.data import read_hub

    with read_hub(data) as log:
        people = log.store.people.people()
    if as_json:
        told = [
            {
                "name": one.name,
                "role": one.role.name.lower(),
                "made": one.made.isoformat(),
                "closed": one.closed.isoformat() if one.closed else None,
            }
            for one in people
        ]
        click.echo(json.dumps(told))
        return
    for one in people:
        state = f"closed {one.closed}" if one.closed else one.role.name.lower()
        click.echo(f"{plain(one.name)}\t{state}\tsince {one.made}")
    if not people:
        click.echo("Nobody yet: `contrechamp-hub serve` prints a link that makes the first admin.")


@users.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="reviewer", show_default=True, help="What they may do.")
@data_option
@json_option
def add(name: str, role: str, data: Path, as_json: bool) -> None:
    """Make an account, and print the link by which its person comes in, once, within 30 minutes."""
    with _accounts(data) as accounts:
        person, token = accounts.add(BY, name, Role[role.upper()])
        _tell_link(accounts, person, token, as_json)


@users.command()
@click.argument("name")
@data_option
@json_option
def link(name: str, data: Path, as_json: bool) -> None:
    """Print a fresh link for somebody who has forgotten the password; using it signs them out everywhere else."""
    with _accounts(data) as accounts:
        person, token = accounts.link(BY, _named(accounts, name).number)
        _tell_link(accounts, person, token, as_json)


@users.command()
@click.argument("name")
@role_argument
@data_option
@json_option
def role(name: str, role: str, data: Path, as_json: bool) -> None:
    """Give somebody another role, from their next click on."""
    with _accounts(data) as accounts:
        person = accounts.set_role(BY, _named(accounts, name).number, Role[role.upper()])
    told = {"name": person.name, "role": role}
    click.echo(json.dumps(told) if as_json else f"{plain(person.name)} is {role} now.")


@users.command()
@click.argument("name")
@yes_option
@data_option
@json_option
def close(name: str, yes: bool, data: Path, as_json: bool) -> None:
    """Close an account for good: its person is signed out at once. Their decisions stay."""
    with _accounts(data) as accounts:
        person = _named(accounts, name)
        confirm(f"close the account of {plain(person.name)} for good", yes=yes)
        accounts.close(BY, person.number)
    told = {"name": person.name, "closed": True}
    click.echo(json.dumps(told) if as_json else f"The account of {plain(person.name)} is closed.")


@contextmanager
def _accounts(data: Path) -> Iterator["Accounts"]:
    from hub.data import open_hub
    from hub.people.accounts import Accounts, Refusal

    with open_hub(data) as hub:
        try:
            yield Accounts(hub.store.people)
        except Refusal as refusal:
            raise BadInput(f"nothing was changed ({refusal.why.replace('_', ' ')})") from refusal


def _named(accounts: "Accounts", name: str) -> "Person":
    person = accounts.store.named(name.strip())
    if person is None or person.closed is not None:
        raise BadInput(f"{name}: nobody of that name has an open account; see `contrechamp-hub users list`")
    return person


def _tell_link(accounts: "Accounts", person: "Person", token: str, as_json: bool) -> None:
    page = accounts.store.page() or "http://127.0.0.1:8787/"
    address = f"{page}welcome#{token}"
    if as_json:
        click.echo(json.dumps({"name": person.name, "role": person.role.name.lower(), "link": address}))
        return
    click.echo(f"The link for {plain(person.name)}, once, within 30 minutes, while the hub is served:\n{address}")


COMMANDS: tuple[click.Command, ...] = (users,)
