"""The commands about copies of a whole hub: its backup, its return from one, and its move."""

import json
import os
import shlex
import sys
from pathlib import Path
from typing import Any

import click

from hub.cli.options import confirm, data_option, folder_option, force_option, json_option, plain, yes_option
from hub.config import default_data
from hub.errors import BadInput


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--keys-only", is_flag=True, help="Only the keys: small, and enough to open what probes still hold.")
@force_option
@data_option
@json_option
def backup(file: Path, keys_only: bool, force: bool, data: Path, as_json: bool) -> None:
    """Write an encrypted copy of the hub, its keys and its log, to FILE.

    The passphrase is asked for, or read from the environment: CONTRECHAMP_PASSPHRASE. Whoever has both is the hub; old
    copies also hold keys that the hub has destroyed since, so do not keep them for ever.
    """
    from hub.backup import write_backup
    from hub.data import require_hub
    from hub.store.durable import require_free

    require_hub(data)
    require_free(file, force=force)
    size = write_backup(data, file, _passphrase(confirm=True), keys_only=keys_only, force=force)
    click.echo(json.dumps({"file": str(file), "bytes": size}) if as_json else f"{file}: {size:,} bytes, encrypted.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--store", metavar="URL", help="Put its log into this empty database: postgresql://USER@HOST/DATABASE.")
@folder_option
@json_option
def restore(file: Path, store: str | None, data: Path, as_json: bool) -> None:
    """Make a hub's folder again from a copy. Probes then offer again what they have delivered within the last days.

    The copy does not know which probes were revoked after it was made: it says whom it lets in, to be revoked again.
    Nor does it know which pictures were covered or deleted since: those are back, so look through them again.
    """
    from hub.backup import read_backup
    from hub.move.log import erase_old, move_log
    from hub.store.postgres.address import PostgresAddress

    if store is not None:
        PostgresAddress.parse(store)  # before anything is made
    let_in = [probe.name for probe in read_backup(file, data, _passphrase(confirm=False))]
    if store is not None:
        move_log(data, store)
        erase_old(data)  # the file has it
    folder = "" if data == default_data() else f" --data {shlex.quote(str(data))}"
    told = f"{data} is a hub again: contrechamp-hub serve{folder}"
    click.echo(json.dumps({"data": str(data), "let_in": let_in}) if as_json else told)
    if let_in:
        click.echo(
            f"Beware: it does not know who was revoked since the copy was made, and lets in: {', '.join(let_in)}. "
            f"Revoke again who was, before it serves: contrechamp-hub revoke NAME{folder}",
            err=True,
        )


@click.command()
@click.option("--to", "target", metavar="sqlite|URL", help="Where to: sqlite, or postgresql://USER@HOST/DATABASE.")
@click.option("--erase-old", is_flag=True, help="Erase what an earlier move has left at the old place.")
@yes_option
@folder_option
@json_option
def move(target: str | None, erase_old: bool, yes: bool, data: Path, as_json: bool) -> None:
    """Move the hub's log to a PostgreSQL database, or back into its folder. The hub must not run meanwhile.

    All of it is copied in one commit and counted; the old one is kept until you say --erase-old.

    \b
      contrechamp-hub move --to postgresql://hub@/hub
      contrechamp-hub move --to sqlite
      contrechamp-hub move --erase-old
    """
    from hub.move import log as moving

    if (target is None) != erase_old:
        raise BadInput("say where to with --to, or --erase-old; one of the two")
    if target is None:
        confirm("Erase for good what the last move has left at the old place", yes=yes)
        erased = moving.erase_old(data)
        told = f"Erased: {', '.join(map(plain, erased))}." if erased else "No move has left anything."
        click.echo(json.dumps({"erased": erased}) if as_json else told)
        return
    bar: Any
    with click.progressbar(length=moving.rows_to_move(data, target), label="the log", file=sys.stderr) as bar:
        done = moving.move_log(data, target, lambda _, rows: bar.update(rows))
    if as_json:
        click.echo(json.dumps({"rows": done.rows, "to": done.to, "left": done.left}))
        return
    click.echo(f"{done.rows:,} rows moved; the log lies in {done.to} now. The old one is kept: {done.left}")
    click.echo(
        "Nothing that you delete from now on is deleted there. Look that all is well, then: "
        "contrechamp-hub move --erase-old"
    )


def _passphrase(*, confirm: bool) -> str:
    given = os.environ.get("CONTRECHAMP_PASSPHRASE")
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise BadInput("no passphrase: set CONTRECHAMP_PASSPHRASE, or run this on a terminal")
    asked: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True)
    return asked


COMMANDS: tuple[click.Command, ...] = (backup, restore, move)
