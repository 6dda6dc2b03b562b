"""Options that several commands have, and how commands speak with a person."""

import shlex
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from hub.config import default_data
from hub.errors import BadInput
from probe.contract.readable import for_terminal

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _data_or_default(_context: click.Context, _option: click.Parameter, given: Path | None) -> Path:
    return given or default_data()


def _remember_store(context: click.Context, _option: click.Parameter, given: str | None) -> None:
    """Note in the hub's folder where its log is to lie; the command finds it there."""
    if given is not None and not context.resilient_parsing:
        from hub.store.chosen import remember

        remember(context.params["data"], given)


folder_option = click.option(
    "--data",
    type=click.Path(path_type=Path),
    callback=_data_or_default,
    is_eager=True,  # known before --store is looked at
    help="The hub's folder. Default: in your data folder.",
)
_store_option = click.option(
    "--store",
    metavar="URL",
    callback=_remember_store,
    expose_value=False,
    help="Where a new hub keeps its log: postgresql://USER@HOST/DATABASE; remembered. Default: in its folder.",
)


def data_option(command: _Command) -> _Command:
    """Which hub a command is about: its folder, and with a new one where its log is to lie."""
    return folder_option(_store_option(command))


json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for machines.")
force_option = click.option("--force", is_flag=True, help="Overwrite the file if it is there already.")
yes_option = click.option("--yes", is_flag=True, help="Do not ask; scripts have to say this.")


def confirm(what: str, *, yes: bool) -> None:
    """Ask before something is erased that cannot be brought back. Raises BadInput where the answer is no, or where
    nobody is there to answer."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise BadInput(f"{what}: nobody is here to be asked; say --yes")
    if not click.confirm(f"{what}?", err=True):
        raise BadInput("nothing was erased")


def came(name: str, words: str, was: str | None) -> str:
    """What is said of a probe that has come."""
    told = f"{plain(name)} is here. The probe must show the same words: {words}"
    if was is not None:
        told += f"\nThis probe was called {plain(was)} until now."
    return f"{told}\nCompare them. If it shows others, or none: contrechamp-hub revoke {shlex.quote(plain(name))}"


def tell_copies(left: Iterable[str]) -> None:
    """Name the published copies of pictures that could not be deleted with what was erased."""
    for path in left:
        click.echo(plain(f"A published copy of a picture could not be deleted: {path}; delete that yourself."))


def plain(text: Any) -> str:
    """Text from outside, with nothing in it that a terminal would obey."""
    return for_terminal(text)
