"""The command `update`: another version of the probe, from a file that a person has brought; and how one is made."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import click

from probe.card import packing
from probe.card.release import key_words
from probe.card.slots import SLOTS, Slots, restart_unit, version_of
from probe.card.wheels import MACHINES, cache_folder, fetch_by_pip, gather, locked_wheels, our_wheel
from probe.cli.options import json_option
from probe.cli.say import plain, say
from probe.errors import BadInput
from probe.files.durable import write_durably


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--slots", type=click.Path(path_type=Path), default=SLOTS, show_default=True, help="Where versions lie.")
@click.option("--restart", metavar="UNIT", help="Start this unit anew; go back where it does not come to listen.")
@click.option("--older", is_flag=True, help="Take an older version as well.")
@click.option("--once", is_flag=True, help="Take the file away afterwards, and leave a word of what came of it.")
@click.option("--pack", metavar="FILE", type=click.Path(path_type=Path), help="Make a release, instead of taking one.")
@click.option("--key-file", type=click.Path(path_type=Path), help="With --pack: the release key that signs it.")
@click.option(
    "--old-key-file", type=click.Path(path_type=Path), multiple=True, help="With --pack: keys before it, oldest first."
)
@click.option("--wheels", type=click.Path(path_type=Path), help="With --pack: where wheels lie already.")
@click.option("--arch", type=click.Choice(MACHINES), default="aarch64", show_default=True, help="With --pack.")
@click.option("--new-key", metavar="FILE", type=click.Path(path_type=Path), help="Make a release key, in two files.")
@json_option
def update(
    file: Path | None,
    slots: Path,
    restart: str | None,
    older: bool,
    once: bool,
    pack: Path | None,
    key_file: Path | None,
    old_key_file: tuple[Path, ...],
    wheels: Path | None,
    arch: str,
    new_key: Path | None,
    as_json: bool,
) -> None:
    """Take in another version of the probe: a release, signed by the key that this probe's card was made with.

    Nothing is fetched, and nothing happens by itself: a person brings FILE, by the card or a stick. The version that is
    used now stays where it is, and is back at once where the new one does not come to listen.

    Whoever makes releases for a group of kits makes a key once, gives its public half to each card by `card
    --release-key`, and packs: our own wheel, and those that it needs, found or fetched as `card` does.

    \b
      contrechamp-probe update update.zip --restart contrechamp-probe.service
      contrechamp-probe update --new-key release.key
      contrechamp-probe update --pack update.zip --key-file release.key
    """
    if [file, pack, new_key].count(None) != 2:
        raise BadInput("give one of the three: a FILE to take in, --pack FILE to make one, --new-key FILE")
    if file is None and (restart is not None or older or once):
        raise BadInput("--restart, --older and --once go with a FILE to take in")
    if pack is None and (key_file is not None or old_key_file or wheels is not None):
        raise BadInput("--key-file, --old-key-file and --wheels go with --pack FILE")
    if new_key is not None:
        _make_key(new_key, as_json=as_json)
    elif pack is not None:
        _pack(pack, key_file, old_key_file, wheels, arch, as_json=as_json)
    elif file is not None:
        _take(file, Slots(slots), restart, older=older, once=once, as_json=as_json)


def _make_key(path: Path, *, as_json: bool) -> None:
    public = packing.new_key(path)
    other = path.with_name(path.name + packing.PUBLIC_SUFFIX)
    if as_json:
        click.echo(json.dumps({"key": public.hex(), "words": key_words(public), "files": [str(path), str(other)]}))
    else:
        say(
            f"{path}: whoever has it can change every kit whose card has {other}: keep it off the net, and a copy "
            f"elsewhere; two people compare the key by these words: {key_words(public)}",
            err=False,
        )


def _pack(
    target: Path,
    key_file: Path | None,
    old_key_files: tuple[Path, ...],
    wheels: Path | None,
    arch: str,
    *,
    as_json: bool,
) -> None:
    if key_file is None:
        raise BadInput("who signs it? Give --key-file FILE; `contrechamp-probe update --new-key FILE` makes one")
    key, before = packing.read_private_key(key_file), [packing.read_private_key(one) for one in old_key_files]
    locked = locked_wheels(arch)
    with tempfile.TemporaryDirectory() as scratch:
        own = our_wheel(wheels, Path(scratch))
        packed = packing.pack_update(
            target, own, gather(locked, wheels, cache_folder(), fetch_by_pip), locked, key, before
        )
    if as_json:
        told = {"version": packed.version, "wheels": packed.wheels, "bytes": packed.octets, "key": packed.key.hex()}
        click.echo(json.dumps({"file": str(target), **told}))
    else:
        say(
            f"{target}: version {packed.version}, {packed.wheels} wheels, {packed.octets >> 20} MiB, signed by the key "
            f"{key_words(packed.key)}; carry it to each kit as contrechamp/update.zip on its card",
            err=False,
        )


def _take(file: Path, there: Slots, restart: str | None, *, older: bool, once: bool, as_json: bool) -> None:
    start: Callable[[], str | None] = restart_unit(restart) if restart is not None else lambda: None
    said = there.settle(start)
    if said is not None:
        if once:
            _close(file, said)
        raise BadInput(said)
    if once and not file.exists():
        say(f"{file}: no update lies there; version {version_of(there.current)} stays in use", err=False)
        return
    try:
        updated = there.update(file, start, older=older)
    except BadInput as problem:
        if once:
            _close(file, str(problem))
        raise
    told = f"version {updated.version} is used now, instead of {updated.before}"
    if once:
        _close(file, told)
    if as_json:
        click.echo(json.dumps({"version": updated.version, "before": updated.before}))
    else:
        say(told, err=False)


def _close(file: Path, told: str) -> None:
    """Take the file away, so that it is not tried at each start, and leave what came of it where a laptop reads it."""
    try:
        write_durably(file.with_name("update.txt"), (plain(told) + "\n").encode())
        file.unlink(missing_ok=True)
    except OSError as problem:
        say(f"{file}: cannot be taken away ({problem.strerror}); it will be tried again")
