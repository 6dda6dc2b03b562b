"""The commands of a probe: `contrechamp-probe --help` shows them."""

import sys

import click

from probe import __version__
from probe.cli.delivery import pair, send, status
from probe.cli.explain import explain_command
from probe.cli.listening import listen, run
from probe.cli.recordings import import_command, replay_command
from probe.cli.rules import rules
from probe.errors import ProbeError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="contrechamp-probe")
def cli() -> None:
    """Finds fixed surveillance cameras in what was heard and photographed on a walk, and hands sightings to a hub.

    \b
    A first try, without any hardware:
      contrechamp-probe replay --frames walk.pcap --track walk.nmea
    With a hub, which shows a code at `contrechamp-hub enroll NAME`:
      contrechamp-probe pair photo-of-the-code.jpg
      contrechamp-probe run
      contrechamp-probe send
    """


for command in (run, listen, replay_command, import_command, pair, send, status, rules, explain_command):
    cli.add_command(command)


def main() -> None:
    """Run the commands: an expected failure is one line and exit code 2, a bug shows its traceback."""
    try:
        cli(standalone_mode=False)
    except ProbeError as problem:
        _fail(str(problem))
    except click.ClickException as problem:
        problem.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has left, as `| head` does
        sys.exit(141)


def _fail(sentence: str) -> None:
    click.echo(f"contrechamp-probe: {sentence}", err=True)
    sys.exit(2)


if __name__ == "__main__":
    main()
