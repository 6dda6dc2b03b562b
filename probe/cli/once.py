"""What was recorded goes into an outbox once: a recording that is in there already adds nothing."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from probe.contract.envelope import Picture
from probe.contract.parcel import Unit
from probe.contract.sighting import Sighting
from probe.outbox.outbox import Outbox
from probe.seal.sealer import Sealer
from probe.walk.making import new_id
from probe.walk.recorded import RecordedWalk

OUTBOX_BATCH = 200


class OncePerRecording:
    """An open outbox that takes the sightings of each recording once.

    `recordings` are the digests of what is to be put in, None for what has none (a pipe) and is always taken. `known`
    are those that are in there already, `left_out` counts the sightings of those. With the last sightings, `whole` are
    remembered, all of them if not said otherwise, and what `new` gave sightings of.
    """

    def __init__(
        self,
        box: Outbox,
        recordings: Iterable[bytes | None],
        *,
        again: bool = False,
        whole: Iterable[bytes | None] | None = None,
    ) -> None:
        self.box, self._again = box, again
        digests = dict.fromkeys(recordings)
        self.known = {digest for digest in digests if digest is not None and self.has(digest)}
        self.nothing_new = bool(digests) and all(digest in self.known for digest in digests)
        self.left_out = 0
        self._ids: set[str] = set()
        wanted = digests if whole is None else whole
        self._new = dict.fromkeys(digest for digest in wanted if digest is not None and digest not in self.known)
        self._asked: dict[bytes, bool] = {}

    def has(self, digest: bytes) -> bool:
        """Whether a recording is in there already, unless it is wanted again all the same."""
        return not self._again and self.box.has_recording(digest)

    def new(self, sightings: Iterable[Sighting], part_of: Callable[[Sighting], bytes | None]) -> Iterator[Sighting]:
        """The sightings of recordings that are not in there. `part_of` says of which recording a sighting is."""
        for sighting in sightings:
            part = part_of(sighting)
            # A photo may lie there twice under two names: that is one look, with one id.
            if (part is not None and self._was_there(part)) or sighting.id in self._ids:
                self.left_out += 1
            else:
                self._ids.add(sighting.id)
                if part is not None:
                    self._new[part] = None
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

    def _was_there(self, part: bytes) -> bool:
        """As before this run: what it has put in itself since does not count."""
        if part not in self._asked:
            self._asked[part] = part in self.known or (part not in self._new and self.has(part))
        return self._asked[part]


class PicturesOnce:
    """Puts the photos of a recorded walk into an outbox, each in a commit of its own with its pictures.

    So what is done stays done when the rest is cut short, and no picture is there without the sighting that names it.
    """

    def __init__(self, once: OncePerRecording, walk: RecordedWalk) -> None:
        self._once, self._walk = once, walk

    def others(self, sightings: Iterable[Sighting]) -> Iterator[Sighting]:
        """Put in those with pictures; the sightings that have none are given on."""
        for sighting in sightings:
            pictures = self._walk.pictures_of(sighting)
            if pictures:
                self._add(sighting, pictures)
            else:
                yield sighting

    def _add(self, sighting: Sighting, pictures: tuple[Picture, ...]) -> None:
        """Where it was put in as a pin before, that pin is taken back: it is one look."""
        box, parts = self._once.box, self._walk.parts_of(sighting)
        pin = self._walk.pin_before(sighting)
        was_pin = pin is not None and not box.has_recording(parts[0]) and box.has_recording(parts[-1])

        def beside(sealer: Sealer) -> list[Unit]:
            taken_back = [sealer.withdrawal(new_id(), [pin])] if pin is not None and was_pin else []
            return [*map(sealer.picture, pictures), *taken_back]

        box.add([sighting], parts, beside)


def already_there(paths: Iterable[Path], outbox: Path) -> str:
    """What is said where nothing is new."""
    names = ", ".join(str(path) for path in paths)
    return f"{names}: in {outbox} already; nothing was added (--again adds it all the same)"
