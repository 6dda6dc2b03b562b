"""The commands about copies of a whole hub: its backup, and its return from one."""

import json
import os
import shlex
import sys
from pathlib import Path

import click

from hub.cli.options import data_option, force_option, json_option
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
@data_option
@json_option
def restore(file: Path, data: Path, as_json: bool) -> None:
    """Make a hub's folder again from a copy. Probes then offer again what they have delivered within the last days.

    The copy does not know which probes were revoked after it was made: it says whom it lets in, to be revoked again.
    Nor does it know which pictures were covered or deleted since: those are back, so look through them again.
    """
    from hub.backup import read_backup

    let_in = [probe.name for probe in read_backup(file, data, _passphrase(confirm=False))]
    folder = "" if data == default_data() else f" --data {shlex.quote(str(data))}"
    told = f"{data} is a hub again: contrechamp-hub serve{folder}"
    click.echo(json.dumps({"data": str(data), "let_in": let_in}) if as_json else told)
    if let_in:
        click.echo(
            f"Beware: it does not know who was revoked since the copy was made, and lets in: {', '.join(let_in)}. "
            f"Revoke again who was, before it serves: contrechamp-hub revoke NAME{folder}",
            err=True,
        )


def _passphrase(*, confirm: bool) -> str:
    given = os.environ.get("CONTRECHAMP_PASSPHRASE")
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise BadInput("no passphrase: set CONTRECHAMP_PASSPHRASE, or run this on a terminal")
    asked: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True)
    return asked


COMMANDS: tuple[click.Command, ...] = (backup, restore)
