"""What a walker can do, whatever they do it with: the page, the button, a test. The service does it."""

from typing import Protocol

from probe.session.view import WalkView


class Walker(Protocol):
    """A walk as its walker has it in hand. All of it is safe from any thread and returns at once, unless it says so.

    Raises BadInput, with a sentence for the walker, where something cannot be done now.
    """

    def view(self) -> WalkView:
        """What there is to see now."""
        ...

    def wait(self, serial: int, seconds: float) -> bool:
        """Wait until the view is another than the one with that serial, for so long at most; whether it is."""
        ...

    def track(self, after: int = 0) -> tuple[int, list[tuple[float, float]]]:
        """The way walked from its point `after` on, as (lat, lon), and the number to ask for next. About 5 m apart,
        bounded; nothing of hidden cells."""
        ...

    def streets(self, west: float, south: float, east: float, north: float) -> bytes:
        """The streets of a box of degrees as JSON, `{"ways": [[class, name or null, [lat, lon, ...]], ...]}`, as the
        hub gave them along; no ways where it gave none. May take some milliseconds."""
        ...

    def photo(self, words: tuple[str, ...] = ()) -> int:
        """Press the shutter; the number of what will be in `lately`. The words join those that are chosen."""
        ...

    def pin(self, words: tuple[str, ...]) -> int:
        """Mark this place without a picture."""
        ...

    def choose(self, words: tuple[str, ...]) -> None:
        """What the next photo will say of its camera."""
        ...

    def retag(self, number: int, words: tuple[str, ...]) -> None:
        """Say something else of a photo or pin of this walk."""
        ...

    def undo(self, number: int | None = None) -> None:
        """Take something back, the last thing where none is named."""
        ...

    def picture(self, number: int) -> bytes:
        """The small redacted picture of a photo of this walk, as JPEG. Raises BadInput where there is none by now."""
        ...

    def preview(self) -> bytes:
        """What the camera sees now, as JPEG: the reticle alone, redacted. May take a second."""
        ...

    def follow(self, key: str | None) -> None:
        """Stay with one transmitter, whose meter is shown; None lets it go."""
        ...

    def pause(self, paused: bool) -> None:
        """Record nothing until it is lifted: no hearing, no place, no photo."""
        ...

    def end(self) -> None:
        """End the walk: what was never released is deleted, the rest is handed over."""
        ...

    def forget(self) -> None:
        """Forget this walk: nothing of it is kept, as long as nothing of it was handed over. Raises BadInput else."""
        ...

    def selftest(self) -> None:
        """Begin the self-test; its lines come in the view."""
        ...

    def calibrate(self, on: bool) -> None:
        """Begin to gather readings of the compass; end, and keep what came of it."""
        ...

    def wipe(self) -> None:
        """Forget the view: ways, pictures, what was heard. What waits for the hub stays."""
        ...
