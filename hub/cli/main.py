"""The commands of a hub: `contrechamp-hub --help` shows them.

A command imports what it needs when it runs: so help needs no extra, and comes at once.
"""

import errno
import io
import logging
import sys

import click

from hub.cli import (
    basemap,
    cameras,
    copies,
    decisions,
    erasing,
    keys,
    photos,
    probes,
    serving,
    sightings,
    users,
)
from hub.cli.options import plain
from hub.demo.command import demo
from hub.errors import HubError, missing_extra
from probe import __version__


class _PlainFormatter(logging.Formatter):
    """What is logged quotes brokers and strangers: names, topics, reasons."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(map(plain, super().format(record).splitlines()))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="contrechamp-hub")
def cli() -> None:
    """Gathers the sightings of many walks into one map of cameras.

    \b
    A first look, without any hardware:
      contrechamp-hub demo
    For a group of your own:
      contrechamp-hub serve --host 0.0.0.0
      contrechamp-hub enroll "Probe 1"
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_PlainFormatter("%(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


COMMANDS = (
    *serving.COMMANDS,
    *sightings.COMMANDS,
    *cameras.COMMANDS,
    *decisions.COMMANDS,
    *photos.COMMANDS,
    *basemap.COMMANDS,
    demo,
    *probes.COMMANDS,
    *users.COMMANDS,
    *keys.COMMANDS,
    *copies.COMMANDS,
    *erasing.COMMANDS,
)
for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Run the commands: an expected failure is one line and exit code 2, a bug shows its traceback."""
    try:
        cli(standalone_mode=False)
        sys.stdout.flush()
    except HubError as problem:
        _say(str(problem))
        sys.exit(problem.exit_code)
    except ModuleNotFoundError as problem:
        missing = missing_extra(problem)
        if missing is None:
            raise
        _say(str(missing))
        sys.exit(missing.exit_code)
    except click.ClickException as problem:
        shown = io.StringIO()
        problem.show(shown)  # it quotes what was typed, which may be a file's name
        click.echo("\n".join(map(plain, shown.getvalue().splitlines())), err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except OSError as problem:
        if problem.errno != errno.ENOSPC:
            raise
        _say("what this prints cannot be written: the disk is full; free some space and try again")
        sys.exit(2)


def _say(sentence: str) -> None:
    click.echo(plain(f"contrechamp-hub: {sentence}"), err=True)


if __name__ == "__main__":
    main()
