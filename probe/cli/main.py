"""The commands of a probe: `contrechamp-probe --help` shows them.

A command's code is loaded when it is asked for: where a package is missing, only the commands that need it say so.
"""

import errno
import io
import os
import sys
from importlib import import_module

import click

from probe import __version__
from probe.cli.process import end_at_once_on_ctrl_c, forbid_core_dumps, give_memory_back, raise_on_ctrl_c
from probe.cli.say import say
from probe.errors import MissingExtra, ProbeError, missing_extra

_COMMANDS = {
    "run": "probe.cli.listening:run",
    "photo": "probe.cli.photo:photo",
    "listen": "probe.cli.listening:listen",
    "replay": "probe.cli.recordings:replay_command",
    "import": "probe.cli.recordings:import_command",
    "redact": "probe.cli.brought:redact",
    "pair": "probe.cli.delivery:pair",
    "send": "probe.cli.delivery:send",
    "status": "probe.cli.delivery:status",
    "discard": "probe.cli.delivery:discard",
    "calibrate": "probe.cli.calibrate:calibrate",
    "selftest": "probe.cli.selftest:selftest",
    "rules": "probe.cli.rules:rules",
    "card": "probe.cli.card:card",
    "update": "probe.cli.update:update",
    "explain": "probe.cli.explain:explain_command",
}


class _Commands(click.Group):
    """The commands above, each loaded when it is asked for."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        module, _, attribute = _COMMANDS.get(name, "").partition(":")
        if not module:
            return None
        try:
            command: click.Command = getattr(import_module(module), attribute)
        except ModuleNotFoundError as problem:
            missing = missing_extra(problem)
            if missing is None:
                raise
            return _refusing(name, missing)
        return command

    def resolve_command(
        self, context: click.Context, words: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        found = super().resolve_command(context, words)
        raise_on_ctrl_c()
        return found


def _refusing(name: str, missing: MissingExtra) -> click.Command:
    """Stands for a command that cannot be loaded; whatever is asked of it, it says which extra it needs."""

    def refuse(words: tuple[str, ...]) -> None:  # noqa: ARG001 (click gives them by this name)
        raise missing

    return click.Command(
        name,
        callback=refuse,
        params=[click.Argument(["words"], nargs=-1, type=click.UNPROCESSED)],
        context_settings={"ignore_unknown_options": True},
        add_help_option=False,
        short_help="Cannot be used yet: pip install 'contrechamp[probe]'",
    )


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
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


def main() -> None:
    """Run the commands: an expected failure is one line and exit code 2, Ctrl-C is 130, a bug shows its traceback."""
    # Where it was started without one of them, what would be written there goes nowhere.
    sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115
    end_at_once_on_ctrl_c()
    give_memory_back()
    try:
        forbid_core_dumps()
        cli(standalone_mode=False)
        sys.stdout.flush()
    except ProbeError as problem:
        _fail(str(problem))
    except click.ClickException as problem:
        shown = io.StringIO()
        problem.show(shown)  # it quotes what was typed, which may be a file's name
        for line in shown.getvalue().splitlines():
            say(line)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has left, as `| head` does
        sys.exit(141)
    except ModuleNotFoundError as problem:
        missing = missing_extra(problem)
        if missing is None:
            raise
        _fail(str(missing))
    except OSError as problem:
        if problem.errno != errno.ENOSPC:
            raise
        _fail("what this prints cannot be written: the disk is full; free some space and try again")


def _fail(sentence: str) -> None:
    say(f"contrechamp-probe: {sentence}")
    sys.exit(2)


if __name__ == "__main__":
    main()
