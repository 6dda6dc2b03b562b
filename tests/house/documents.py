"""The documents that are made from the code: rules, commands, rights, access, and the signs in the walkers' pages.

`python -m tests.house.documents` writes them.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from hub.cli.main import cli as hub_cli
from probe.card.printed import signs
from probe.cli.main import cli as probe_cli
from probe.detect.catalogue import Status, bundled
from probe.detect.registry import rules
from tests.hub.broker import table

DOCS = Path(__file__).parents[2] / "docs"
RULES, COMMANDS, BROKER = DOCS / "rules.md", DOCS / "commands.md", DOCS / "broker.md"
ACCESS = DOCS / "access.md"
WALKS = {"en": DOCS / "walk.md", "fr": DOCS / "walk.fr.md"}
_SIGNS, _SIGNS_END = "<!-- signs: made from the code -->\n", "<!-- signs end -->\n"
_SIGNS_HEAD = {"en": ("you feel or hear", "it says"), "fr": ("vous sentez ou entendez", "cela veut dire")}
_COMMANDS_START = """\
# Commands

Every command takes `--help`, and `--json` for machines. An expected failure is one sentence on stderr and exit code 2;
where only part of the input was bad, the rest is done first. This page is made from the programs: `make picture`
writes it again.

| variable | what it does |
|---|---|
| `CONTRECHAMP_DATA` | the hub's folder, where `--data` is not given |
| `CONTRECHAMP_OUTBOX` | the probe's outbox, where `--outbox` is not given |
| `CONTRECHAMP_MQTT_USER`, `CONTRECHAMP_MQTT_PASSWORD` | the hub's name and password at a broker, where they are not \
those that `broker-config` wrote; never on a command line or in an address |
| `CONTRECHAMP_PASSPHRASE` | the passphrase of `backup` and `restore`, where nobody is there to be asked |
"""
_PICTURES = {"listen": "![The live view on a recorded walk with two adapters and a radio board](listen.svg)"}


def rules_page() -> str:
    """The page of rules as it should be."""
    rows = bundled().rows
    days = [row.confirmed_on for row in rows if row.confirmed_on is not None]
    lines = [
        "# The rules",
        "",
        "By these a transmitter is recognised as a fixed camera. What no rule knows is forgotten at once, in memory.",
        "This page is made from the code and its catalogue: `make picture` writes it again.",
        "",
    ]
    for rule in rules():
        lines += [f"## {rule.name}", "", f"Version {rule.version}, {rule.revised}.", "", f"**Finds.** {rule.finds}", ""]
        lines += [f"**Is fooled by.** {rule.false_positives}", ""]
        lines += [f"**On the page.** {rule.texts('en').why} *{rule.texts('fr').why}*", ""]
    counts = Counter((row.status, row.evidence, row.strong) for row in rows)
    lines += [
        "## The catalogue",
        "",
        f"Rows confirmed between {min(days)} and {max(days)}; rows without a day are older.",
        "",
    ]
    lines += ["| status | evidence | strength | rows |", "|---|---|---|---|"]
    for (status, evidence, strong), count in sorted(counts.items()):
        lines.append(f"| {status} | {evidence} | {'strong' if strong else 'weak'} | {count} |")
    lines += [
        "",
        "Rows that count only with something beside them:",
        "",
        "| evidence | beside it | rows |",
        "|---|---|---|",
    ]
    needs = Counter((row.evidence, row.beside) for row in rows if row.status is Status.ACTIVE and row.beside)
    lines += [f"| {evidence} | {beside} | {count} |" for (evidence, beside), count in sorted(needs.items())]
    makers = Counter(row.vendor for row in rows if row.status is Status.ACTIVE and row.strong and row.evidence == "oui")
    told = ", ".join(f"{maker} ({count})" for maker, count in sorted(makers.items()))
    lines += ["", f"Makers whose prefixes are strong: {told}.", "", "### Rejected, and why", ""]
    lines += [f"- {row.vendor} `{row.value}`: {row.note}" for row in rows if row.status is Status.REJECTED]
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """The page of commands as it should be."""
    lines = [_COMMANDS_START]
    for program, group in (("contrechamp-probe", probe_cli), ("contrechamp-hub", hub_cli)):
        lines += [f"## {program}", ""]
        context = click.Context(group)
        for name in group.commands or group.list_commands(context):  # as they are written down, not by the alphabet
            command = group.get_command(context, name)
            assert command is not None
            lines += _command(program, name, command)
            for inner, part in command.commands.items() if isinstance(command, click.Group) else ():
                lines += _command(program, f"{name} {inner}", part)
    return "\n".join(lines).rstrip() + "\n"


def _command(program: str, name: str, command: click.Command) -> Iterator[str]:
    yield f"### `{program} {name}`"
    yield ""
    for paragraph in (command.help or "").split("\n\n"):
        if paragraph.strip().startswith("\b"):
            yield from ("    " + line.strip() for line in paragraph.strip().splitlines()[1:])
        else:
            yield " ".join(paragraph.split())
        yield ""
    arguments = [param.name.upper() for param in command.params if isinstance(param, click.Argument) and param.name]
    if arguments:
        yield f"Argument: {', '.join(arguments)}."
        yield ""
    if isinstance(command, click.Group):
        return
    yield "| option | what it does |"
    yield "|---|---|"
    for option in command.params:
        if isinstance(option, click.Option):
            yield f"| {_option(option)} | {_help(option)} |"
    yield ""
    if name in _PICTURES:
        yield _PICTURES[name]
        yield ""


def _option(option: click.Option) -> str:
    value = "" if option.is_flag else f" {option.make_metavar(click.Context(click.Command('x')))}"
    return f"`{option.opts[0]}{value}`".replace("|", ", ")


def _help(option: click.Option) -> str:
    default = f" Default: {option.default}." if option.show_default else ""
    return (option.help or "").replace("|", "or") + default


def walk_page(language: str) -> str:
    """A walkers' page as it should be: as it was written, with the signs of today in their place."""
    before, mark, rest = WALKS[language].read_text().partition(_SIGNS)
    _, end, after = rest.partition(_SIGNS_END)
    assert end, f"{WALKS[language]} has no place for the signs"
    felt, says = _SIGNS_HEAD[language]
    rows = "".join(f"| {pattern} | {told} |\n" for pattern, told in signs(language))
    return f"{before}{mark}\n| {felt} | {says} |\n|---|---|\n{rows}\n{end}{after}"


if __name__ == "__main__":
    RULES.write_text(rules_page())
    COMMANDS.write_text(commands_page())
    BROKER.write_text(table.page())
    for language, path in WALKS.items():
        path.write_text(walk_page(language))
    from tests.hub.web import access  # it runs a hub, which the other pages need not

    ACCESS.write_text(access.page())
