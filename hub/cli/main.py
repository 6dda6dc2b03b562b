"""The commands of a hub: `contrechamp-hub --help` shows them.

A command imports what it needs when it runs: so help needs no extra, and comes at once.
"""

import errno
import logging
import sys

import click

from hub.cli import cameras, copies, probes, serving, sightings
from hub.demo.command import demo
from hub.errors import HubError, missing_extra
from probe import __version__


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
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)


COMMANDS = (
    *serving.COMMANDS,
    *sightings.COMMANDS,
    *cameras.COMMANDS,
    demo,
    *probes.COMMANDS,
    *copies.COMMANDS,
)
for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Run the commands: an expected failure is one line and exit code 2, a bug shows its traceback."""
    try:
        cli(standalone_mode=False)
        sys.stdout.flush()
    except HubError as problem:
        click.echo(f"contrechamp-hub: {problem}", err=True)
        sys.exit(problem.exit_code)
    except ModuleNotFoundError as problem:
        missing = missing_extra(problem)
        if missing is None:
            raise
        click.echo(f"contrechamp-hub: {missing}", err=True)
        sys.exit(missing.exit_code)
    except click.ClickException as problem:
        problem.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except OSError as problem:
        if problem.errno != errno.ENOSPC:
            raise
        told = "what this prints cannot be written: the disk is full; free some space and try again"
        click.echo(f"contrechamp-hub: {told}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
