"""A counter on stderr that redraws itself, on a terminal only."""

import sys
from typing import Self

import click


class Counter:
    """Shows how far long work has come. Called with a number, it shows that of `what`."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._on = sys.stderr.isatty()
        self._drawn = False

    def __enter__(self) -> Self:
        return self

    def __call__(self, count: int) -> None:
        self._draw(f"{count:,} {self._what}")

    def photos(self, done: int, of: int, share: float) -> None:
        """Show how many photos are done, and how much of the next one."""
        self._draw(f"taking people out of photo {done + 1:,} of {of:,}: {share:.0%}")

    def _draw(self, words: str) -> None:
        if self._on:
            self._drawn = True
            click.echo(f"\r{words}\x1b[K", nl=False, err=True)

    def __exit__(self, *_: object) -> None:
        if self._drawn:
            click.echo("\r\x1b[K", nl=False, err=True)
