"""Whether a command that a page shows can be typed: our own by their click definitions, others by a short list."""

import shlex

import click

from hub.cli.main import cli as hub
from probe.cli.main import cli as probe

OURS = {"contrechamp-hub": hub, "contrechamp-probe": probe}
# Tools of any Debian, of Python, and of those that the pages name as needed
OTHERS = {
    *("apt", "cat", "cd", "cp", "dmesg", "git", "ip", "iw", "journalctl", "kill", "ls", "lsblk", "lsusb", "make"),
    *(
        "mkdir",
        "mount",
        "mv",
        "pip",
        "python3",
        "rm",
        "sha256sum",
        "ssh",
        "sudo",
        "systemctl",
        "tail",
        "umount",
        "usermod",
    ),
    *(".", "circup", "unzip", "vcgencmd", "hciconfig", "esptool", "mpremote", "screen", "picocom", "sync", "udisksctl"),
}
MODULES = {"hardware.build", "hardware.site", "venv", "pip", "hardware.enclosure", "serial.tools.miniterm"}


def fault(command: str) -> str | None:
    """What is wrong with a command as it is shown; None where nothing is."""
    words = shlex.split(command, comments=True)
    if words[0] == "sudo":
        words = words[1:]
    name = words[0].rpartition("/")[2]
    if name in ("python", "python3") and words[1:2] == ["-m"]:
        return None if words[2] in MODULES else f"no module {words[2]}"
    if name not in OURS:
        return None if name in OTHERS else f"{name} is neither ours nor on the list"
    found: click.Command = OURS[name]
    rest = words[1:]
    while isinstance(found, click.Group) and rest and not rest[0].startswith("-"):
        next_one = found.get_command(click.Context(found), rest[0])  # ours are read only when they are asked for
        if next_one is None:
            return f"{name} has no command {rest[0]}"
        found, rest = next_one, rest[1:]
    return _options(found, rest)


def _options(command: click.Command, words: list[str]) -> str | None:
    """Parse the words as click would, without looking for the files that they name."""
    known = {name: one for one in command.params if isinstance(one, click.Option) for name in one.opts}
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    given, rest = 0, list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-") or word == "-":
            given += 1
            continue
        option, _, value = word.partition("=")
        if option in ("--help", "--version", "-h"):
            continue
        if option not in known:
            return f"no option {option}"
        takes = known[option]
        if takes.is_flag or takes.count:
            continue
        if not value and not rest and takes._flag_needs_value is False:
            return f"{option} has no value"
        value = value or (rest.pop(0) if rest and not rest[0].startswith("-") else "")
        if isinstance(takes.type, click.Choice) and value not in takes.type.choices:
            return f"{option} cannot be {value}"
    wanted = sum(one.required for one in arguments)
    many = any(one.nargs == -1 for one in arguments)
    if given < wanted or (given > len(arguments) and not many):
        return f"{given} arguments where {command.name} takes {len(arguments)}"
    return None
