"""What was recorded goes into an outbox once: a recording that is in there already adds nothing."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from probe.contract.sighting import Sighting
from probe.outbox.outbox import Outbox

OUTBOX_BATCH = 200


class OncePerRecording:
    """An open outbox that takes the sightings of each recording once.

    `recordings` are the digests of what is to be put in, None for what has none (a pipe) and is always taken. `known`
    are those that are in there already, `left_out` counts the sightings of those.
    """

    def __init__(self, box: Outbox, recordings: Iterable[bytes | None], *, again: bool = False) -> None:
        self.box = box
        digests = dict.fromkeys(recordings)
        self.known = {digest for digest in digests if digest is not None and not again and box.has_recording(digest)}
        self.nothing_new = bool(digests) and all(digest in self.known for digest in digests)
        self.left_out = 0
        self._ids: set[str] = set()
        self._new = [digest for digest in digests if digest is not None and digest not in self.known]

    def new(self, sightings: Iterable[Sighting], part_of: Callable[[Sighting], bytes | None]) -> Iterator[Sighting]:
        """The sightings of recordings that are not in there. `part_of` says of which recording a sighting is."""
        for sighting in sightings:
            # A photo may lie there twice under two names: that is one look, with one id.
            if part_of(sighting) in self.known or sighting.id in self._ids:
                self.left_out += 1
            else:
                self._ids.add(sighting.id)
                yield sighting

    def add(self, sightings: Iterable[Sighting]) -> None:
        """Put sightings in, in batches of one commit each; with the last the recordings are remembered."""
        batch: list[Sighting] = []
        for sighting in sightings:
            batch.append(sighting)
            if len(batch) > OUTBOX_BATCH:
                self.box.add(batch[:OUTBOX_BATCH])
                del batch[:OUTBOX_BATCH]
        self.box.add(batch, self._new)


def already_there(paths: Iterable[Path], outbox: Path) -> str:
    """What is said where nothing is new."""
    names = ", ".join(str(path) for path in paths)
    return f"{names}: in {outbox} already; nothing was added (--again adds it all the same)"
