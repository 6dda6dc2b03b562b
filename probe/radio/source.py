"""The narrow door behind which every source of frames stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from probe.radio.frame import Event


@dataclass(slots=True)
class CaptureCounts:
    """What became of what was heard.

    `frames` were read; of these `skipped` carry no identity (data, control, other management), `malformed` break their
    own rules, `bad_fcs` were damaged on the air, `passed_on` went to the sweep; the rest were recent unknowns,
    or of no interest to any rule (the prefilter). `dropped` were lost before they were read, as far as the kernel or
    the board counts them. `others` are packets of another kind, such as Ethernet, by its name: they are not among the
    frames. `truncated_at` is the byte at which a file was cut short.
    """

    frames: int = 0
    skipped: int = 0
    malformed: int = 0
    bad_fcs: int = 0
    passed_on: int = 0
    dropped: int = 0
    others: dict[str, int] = field(default_factory=dict)
    truncated_at: int | None = None


class FrameSource(Protocol):
    """Where frames come from: a radio, a board, a capture file."""

    @property
    def name(self) -> str:
        """What a person calls it: an interface, a port, a file."""
        ...

    @property
    def kind(self) -> str:
        """`monitor`, `board`, `bluetooth`, `gnss` or `capture`."""
        ...

    @property
    def counts(self) -> CaptureCounts: ...

    def events(self) -> Iterator[Event]:
        """Frames of everyone but recent unknowns, and what was listened to, in the order of time.

        A live source blocks for a second at most before it says how long it listened, and ends when it is closed or
        its radio is gone.
        """
        ...


class LiveSource(FrameSource, Protocol):
    """A source that goes on until it is closed. `hold` keeps it on one channel (MHz); None lets it hop."""

    hold: int | None

    def close(self) -> None:
        """End `events` within a second or so; safe from another thread."""
        ...
