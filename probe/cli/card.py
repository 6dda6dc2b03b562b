"""The command `card`: a stock Raspberry Pi OS card becomes a probe."""

import json
import re
import tempfile
from pathlib import Path

import click

from probe.card.kit import KitSecrets
from probe.card.partition import BootPartition
from probe.card.printed import printed
from probe.card.settings import card_settings, listening
from probe.card.wheels import MACHINES, cache_folder, fetch_by_pip, gather, locked_wheels, our_wheel
from probe.card.writing import PAGES, CardPlan, Written, random_hostname, write_card
from probe.cli.listening import run
from probe.cli.options import json_option
from probe.cli.say import say
from probe.contract.base import ContractError
from probe.contract.code import read_text
from probe.errors import BadInput
from probe.files.durable import write_durably
from probe.outbox.outbox import Outbox
from probe.pairing.qr import read_code

_MOST_BYTES = 64 << 10
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NOT_SETTINGS = {"settings", "as_json", "seconds", "help"}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--wheels", type=click.Path(path_type=Path), help="Where wheels lie already, ours and others.")
@click.option("--pair", "pairing", metavar="CODE", help="The hub's code, or a picture or text file with it.")
@click.option("--paired", type=click.Path(path_type=Path), help="An outbox, paired here and empty: the probe's now.")
@click.option("--country", metavar="XX", help="Two letters, such as FR: which channels are in use there.")
@click.option("--wifi-home-file", type=click.Path(path_type=Path), help="Two lines: a network's name, its passphrase.")
@click.option("--hostname", default="random", show_default=True, metavar="NAME", help="What the probe is called.")
@click.option("--lang", type=click.Choice(["en", "fr"]), default="en", show_default=True, help="Of the kit's card.")
@click.option("--ssh-key", type=click.Path(path_type=Path), help="A public key: its holder may log in as maker.")
@click.option("--settings", type=click.Path(path_type=Path), help="What `run` does, in TOML, by its options' names.")
@click.option(
    "--page", type=click.Choice(PAGES), default="wifi", show_default=True, help="How a phone comes to the page."
)
@click.option("--page-interface", default="wlan0", show_default=True, metavar="NAME", help="The Wi-Fi that carries it.")
@click.option("--release-key", type=click.Path(path_type=Path), help="Whose updates this probe takes; else nobody's.")
@click.option("--arch", type=click.Choice(MACHINES), default="aarch64", show_default=True, help="x86_64 for a laptop.")
@click.option("--kit-card", type=click.Path(path_type=Path), help="Where to write the page to print. [kit-card.html]")
@json_option
def card(
    folder: Path,
    wheels: Path | None,
    pairing: str | None,
    paired: Path | None,
    country: str | None,
    wifi_home_file: Path | None,
    hostname: str,
    lang: str,
    ssh_key: Path | None,
    settings: Path | None,
    page: str,
    page_interface: str,
    release_key: Path | None,
    arch: str,
    kit_card: Path | None,
    as_json: bool,
) -> None:
    """Make a probe of a stock card. FOLDER is where the card's bootfs appears once Raspberry Pi OS Lite is on it.

    The Pi needs neither a network nor a keyboard then: it sets itself up at its first start, and listens from its
    second on. Nothing but files in FOLDER is written. The page to print lets a phone in; keep it as you keep a key.

    \b
      contrechamp-probe card /media/bootfs --paired kit-1.db --country FR --lang fr
      contrechamp-probe card /media/bootfs --pair photo-of-the-code.jpg --wifi-home-file home.txt
    """
    boot = BootPartition(folder)
    wanted = locked_wheels(arch)
    country = _country(country)
    text = card_settings(
        None if settings is None else _read(settings), _options(), country=country, page=page, interface=page_interface
    )
    with tempfile.TemporaryDirectory() as scratch:
        plan = CardPlan(
            settings=text,
            locked=wanted,
            country=country,
            listening=listening(text),
            page=page,
            page_interface=page_interface,
            pairing=None if pairing is None else _pairing(pairing),
            outbox=None if paired is None else _outbox(paired, Path(scratch)),
            home=None if wifi_home_file is None else _home(wifi_home_file),
            hostname=_hostname(hostname),
            maker_key=None if ssh_key is None else _public_key(ssh_key),
            release_key=b"" if release_key is None else _release_key(release_key),
            # Last, as it takes its time: what was mistyped is told before
            own_wheel=our_wheel(wheels, Path(scratch)),
            wheels=gather(wanted, wheels, cache_folder(), fetch_by_pip),
        )
        written = write_card(boot, plan)
    target = kit_card or Path("kit-card.html")
    _print_card(target, written.kit, lang)
    _tell(folder, written, target, as_json=as_json)
    if pairing is None and paired is None and not as_json:
        say("THIS CARD HAS NO HUB: its probe starts, and waits; it walks once it is paired: give --pair or --paired")


def _tell(folder: Path, written: Written, target: Path, *, as_json: bool) -> None:
    """Say what was written, and what comes next."""
    if as_json:
        told = {"folder": str(folder), "files": written.files, "changed": written.changed, "bytes": written.octets}
        click.echo(json.dumps({**told, "kit_card": str(target)}))
    else:
        say(
            f"{folder}: {written.files} files ({written.changed} new), {written.octets >> 20} MiB, all read back; "
            f"print {target}, and eject the card; at its first start the Pi sets itself up, starts again, and listens",
            err=False,
        )


def _print_card(target: Path, kit: KitSecrets, language: str) -> None:
    try:
        write_durably(target, printed(kit, language).encode(), private=True)
    except OSError as problem:
        raise BadInput(
            f"{target}: the kit's card cannot be written ({problem.strerror}); name another --kit-card"
        ) from problem


def _read(path: Path) -> str:
    """A short text that a person has written. Raises BadInput."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise BadInput(f"{path}: too long for what it should be")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadInput(f"{path}: is no text") from problem
    except OSError as problem:
        raise BadInput(f"{path}: cannot be read ({problem.strerror})") from problem


def _country(word: str | None) -> str | None:
    if word is not None and not (len(word) == 2 and word.isascii() and word.isalpha()):
        raise BadInput(f"--country {word!r}: give two letters, such as FR")
    return None if word is None else word.upper()


def _options() -> dict[str, bool]:
    """The options of `run` by their names, and whether each takes several values."""
    return {
        option.opts[0].removeprefix("--"): option.multiple
        for option in run.params
        if isinstance(option, click.Option) and option.name not in _NOT_SETTINGS
    }


def _pairing(word: str) -> str:
    """The hub's code, as it is or in a file; checked here, since on the Pi nobody would see what is wrong with it."""
    path = Path(word)
    text = word
    if path.is_file():
        text = _read(path).strip() if path.suffix in (".txt", "") else read_code(path)
    try:
        read_text(text)
    except ContractError as problem:
        raise BadInput(f"--pair: {problem}") from problem
    return text


def _outbox(path: Path, scratch: Path) -> bytes:
    """A fresh outbox of the probe that an outbox here belongs to. Raises BadInput, OutboxError."""
    if not path.is_file():
        raise BadInput(f"{path}: no such outbox; make one by `contrechamp-probe pair CODE --outbox {path}`")
    with Outbox(path) as box:
        identity = box.paired()
        standing = box.standing()
        if standing.queued or standing.unreleased or standing.receipted:
            raise BadInput(
                f"{path}: a probe uses it; pair another one for this card: two with one key are taken for one"
            )
    fresh = scratch / "outbox.db"
    with Outbox(fresh, to_pair=True) as box:
        box.pair(identity)
    return fresh.read_bytes()


def _home(path: Path) -> tuple[str, str]:
    lines = [line.rstrip("\r") for line in _read(path).split("\n")]
    name, passphrase = [*lines, "", ""][:2]
    if not 1 <= len(name.encode()) <= 32 or any(lines[2:]):
        raise BadInput(f"{path}: should have two lines, the name of the network at home and its passphrase")
    if not (8 <= len(passphrase) <= 63 and passphrase.isascii() and passphrase.isprintable()):
        raise BadInput(f"{path}: its second line is no passphrase of a Wi-Fi (8 to 63 letters)")
    if not name.isprintable() or name != name.strip() or passphrase != passphrase.strip():
        raise BadInput(f"{path}: begins or ends with a space, or has signs that cannot be seen; write it anew")
    return name, passphrase


def _hostname(word: str) -> str:
    if word == "random":
        return random_hostname()
    if not _HOST.fullmatch(word):
        raise BadInput(f"--hostname {word!r}: small letters, digits and hyphens, or `random`")
    return word


def _public_key(path: Path) -> str:
    text = _read(path).strip()
    if "PRIVATE KEY" in text:
        raise BadInput(f"{path}: is a private key; give the public one, which ends in .pub")
    if len(text.splitlines()) != 1 or not text.startswith(("ssh-ed25519 ", "ecdsa-sha2-", "ssh-rsa ", "sk-")):
        raise BadInput(f"{path}: is no public key of ssh, which is one line and begins with ssh-ed25519 or the like")
    return text


def _release_key(path: Path) -> bytes:
    from probe.card.release import read_public_key

    return read_public_key(_read(path)).hex().encode() + b"\n"
