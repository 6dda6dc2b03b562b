"""What the probe itself knows that would make the next walk better."""

from probe.run.health import RECEIVER
from probe.run.running import RunningWalk
from probe.session.view import Note

LOST_SHARE = 0.02  # of all frames; less is usual on a busy street
LEAST_FRAMES = 1000


def advice_of(running: RunningWalk) -> tuple[Note, ...]:
    """Sentences about sources that were lost on the way or that this machine could not follow."""
    notes = []
    for source in running.walk.sources:
        counts = source.counts
        if source.losses:
            notes.append(Note(code="improve-source", values={"source": source.name, "times": source.losses}))
        heard = counts.frames + counts.dropped
        if source.kind != RECEIVER and heard >= LEAST_FRAMES and counts.dropped > LOST_SHARE * heard:
            share = round(100 * counts.dropped / heard)
            notes.append(Note(code="improve-frames", values={"source": source.name, "percent": share}))
    return tuple(notes)
