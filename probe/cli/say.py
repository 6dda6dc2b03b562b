"""How the commands say a sentence: on one line, with nothing in it that a terminal obeys. Names of files hold anything:
ends of lines, marks that turn the direction of writing, octets that are no text."""

from collections.abc import Iterable

import click

from probe.contract.readable import for_terminal


def say(sentence: str, *, err: bool = True) -> None:
    """Print a sentence, on stderr unless told otherwise."""
    click.echo(plain(sentence), err=err)


def plain(sentence: str) -> str:
    """A sentence that can be printed, and written as JSON."""
    return for_terminal(sentence)


def all_plain(sentences: Iterable[str]) -> list[str]:
    """As `plain`, for several."""
    return [plain(sentence) for sentence in sentences]
