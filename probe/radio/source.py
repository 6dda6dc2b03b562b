"""The narrow door behind which every source of frames stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from probe.radio.frame import Frame


@dataclass(slots=True)
class CaptureCounts:
    """What became of what was heard.

    `frames` were read; of these `skipped` carry no identity (data, control, other management), `malformed` break their
    own rules, `bad_fcs` were damaged on the air. `truncated_at` is the byte at which a file was cut short.
    """

    frames: int = 0
    skipped: int = 0
    malformed: int = 0
    bad_fcs: int = 0
    truncated_at: int | None = None


class FrameSource(Protocol):
    """Where frames come from: a radio, a board, a capture file."""

    @property
    def counts(self) -> CaptureCounts: ...

    def frames(self) -> Iterator[Frame]:
        """The frames in the order in which they were heard."""
        ...
