"""How far a hub is that derives its whole log, in one number that only ever grows."""

from collections.abc import Callable

from hub.merge.windows.neighbourhoods import Tell

# The share of the whole that each step is done with at its end. Reading costs next to nothing. Resolving windows and
# describing cameras (above all placing them) cost about as much as each other: which is more depends on how often each
# camera was seen.
READ, RESOLVED, DESCRIBED = 0.02, 0.5, 1.0

Told = Callable[[float], None]  # hears the share that is done, 0 to 1; may raise to break the derivation off


class Progress:
    """Tells `told` the share that is done of a first derivation. Never less than before: while the log grows, more of
    it is to be read than was thought."""

    def __init__(self, told: Told) -> None:
        self._told, self._share = told, 0.0

    def read(self, done: int, of: int) -> None:
        """So many sightings are read."""
        self._tell(0.0, READ, done, of)

    def resolved(self, done: int, of: int) -> None:
        """So many atoms are in windows that are resolved."""
        self._tell(READ, RESOLVED, done, of)

    def described(self, done: int, of: int) -> None:
        """So many cameras are described."""
        self._tell(RESOLVED, DESCRIBED, done, of)

    def _tell(self, start: float, end: float, done: int, of: int) -> None:
        share = start + (end - start) * (min(done, of) / of if of else 1.0)
        self._share = max(self._share, share)
        self._told(self._share)


def steps(progress: Progress | None) -> tuple[Tell | None, Tell | None, Tell | None]:
    """What hears of sightings read, of windows resolved and of cameras described; None where nobody asks."""
    return (None, None, None) if progress is None else (progress.read, progress.resolved, progress.described)
