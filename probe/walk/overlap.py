"""The track of a recorded walk, and whether it gives places to what was heard: a track of another day gives none."""

from dataclasses import dataclass
from pathlib import Path

from probe.position.nmea import read_log, said_of_log
from probe.position.span import Span, apart
from probe.position.track import Track
from probe.walk.outcome import Outcome

# Less than all is usual: a receiver needs a while for its first fix, and has none in a passage.
USUAL_SHARE, LEAST_SHARE = 0.9, 0.5


@dataclass
class TrackOverlap:
    """A track, and how many of a recording's seconds it has a place for."""

    path: Path
    track: Track
    seconds: int = 0
    seconds_placed: int = 0
    heard: Span | None = None

    def step(self, at_s: float) -> None:
        """Count a second in which something was heard."""
        self.seconds += 1
        self.seconds_placed += self.track.at(at_s) is not None
        known = self.heard or Span(at_s, at_s)
        self.heard = Span(min(known.start_s, at_s), max(known.end_s, at_s))

    def tell(self, outcome: Outcome) -> None:
        """Say what the track was good for: trouble where that is little."""
        covered, heard = Span.of(fix.at_s for fix in self.track.fixes), self.heard
        if covered is None:
            outcome.troubles.append(
                f"{self.path}: no fix in it, so nothing has a place; was the receiver under the open sky?"
            )
            return
        if heard is None:
            return
        share = self.seconds_placed / self.seconds
        if not self.seconds_placed:
            outcome.troubles.append(
                f"{self.path}: the track gave no place to anything: it is from {covered}, the frames are from {heard}: "
                f"{apart(heard, covered)} Without places nobody notices what moves; give the track of this walk"
            )
        elif share < USUAL_SHARE:
            sentence = (
                f"{self.path}: the track gave a place to {share:.0%} of the {self.seconds:,} seconds with frames: it "
                f"is from {covered}, the frames are from {heard}"
            )
            (outcome.troubles if share < LEAST_SHARE else outcome.notes).append(sentence)


def read_track(path: Path, outcome: Outcome) -> TrackOverlap:
    """The track in a receiver's log. Raises BadInput where it is none."""
    fixes, counts = read_log(path)
    faults, usual = said_of_log(path, counts)
    outcome.troubles += faults
    outcome.notes += usual
    return TrackOverlap(path, Track(fixes))
