"""Recorded input through the very sweep that a walk uses: captures, tracks, photos."""

import heapq
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from probe.contract.envelope import Picture
from probe.contract.sighting import Adapter, Kind, Sighting
from probe.errors import BadInput
from probe.radio.board import BoardRecording
from probe.radio.capture import is_capture, open_capture
from probe.radio.frame import Event
from probe.radio.source import FrameSource
from probe.radio.unknowns import RecentUnknowns
from probe.sweep.sweep import Sweep
from probe.walk.making import RecordedIds, combined, digest_of, id_of, making, one_digest
from probe.walk.outcome import Outcome
from probe.walk.overlap import TrackOverlap, read_track

if TYPE_CHECKING:
    # Reading photos takes a third of the start: only where there are any.
    from probe.camera.folder import PhotoObservation
    from probe.camera.keeping import PhotoKeeper
    from probe.walk.pictures import LookSightings, PhotoProgress

# Somewhere at the start of a line: a recording may begin with a mark, an empty line, noise or half a line.
_BOARD_LINE = re.compile(rb"^(\xef\xbb\xbf)?\d{1,11}(\.\d+)? [^\n]{0,200}?[!#]", re.MULTILINE)
_LOOK = 4096


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What to replay. `composed` says that the frames were written, not received.

    `of_cameras` says that the photos are of cameras, also those that say nothing of one. `photo_offset_s` is what to
    add to their clocks; None: whatever the photos and the track tell of it.
    """

    frames: tuple[Path, ...] = ()
    track: Path | None = None
    photos: Path | None = None
    of_cameras: bool = False
    photo_offset_s: float | None = None
    composed: bool = False


@dataclass
class RecordedWalk:
    """A recorded walk being replayed. `sources` and `sweep` may be looked at while it goes on.

    `keeper` makes the pictures of photos; without one, photos leave pins. `is_there` says of one of `parts` that it is
    where the sightings go: then a photo's is not made again.
    """

    recording: Recording
    outcome: Outcome
    keeper: "PhotoKeeper | None" = None
    photo_progress: "PhotoProgress" = lambda _done, _of, _share: None
    is_there: Callable[[bytes], bool] = lambda _part: False
    left_out: int = 0  # photos that were there
    sources: list[FrameSource] = field(default_factory=list)
    sweep: Sweep = field(init=False)
    overlap: TrackOverlap | None = None
    now_s: float = 0.0
    _paths: list[Path] = field(default_factory=list)  # of the sources
    _refused: list[BadInput] = field(default_factory=list)
    _silent: list[FrameSource] = field(default_factory=list)  # that told nothing at all
    _looks: "list[PhotoObservation] | None" = None
    _digests: dict[str, bytes | None] = field(default_factory=dict)  # of the photos, by their names
    _of_looks: dict[str, bytes | None] = field(default_factory=dict)  # the same, by the ids of their sightings
    _pictures: tuple[str, tuple[Picture, ...]] = ("", ())  # of the last look, by its sighting's id
    _looked: dict[bytes, Sighting] = field(default_factory=dict)  # by the digests of photos
    _name: str = ""  # of the last look
    _maker: "LookSightings | None" = None

    def __post_init__(self) -> None:
        captures = {path: digest_of(path) for path in self.recording.frames}
        self.content = _content(self.recording, list(dict.fromkeys(captures.values())))
        self._ids = RecordedIds(self.content)
        self.walk = self._ids.walk
        self.made = making(Adapter.REPLAY, composed=self.recording.composed)
        if (track := self.recording.track) is not None:
            self.overlap = self._try(partial(read_track, track, self.outcome))
        position = None if self.overlap is None else self.overlap.track
        self.sweep = Sweep(walk=self.walk, made=self.made, new_id=self._ids.new, position=position)
        self.outcome.sweep = self.sweep.counts
        self._open(captures)
        if self._refused and not self.sources and self.recording.photos is None:
            raise self._refusal()

    def _open(self, captures: dict[Path, bytes | None]) -> None:
        """Open the captures; of those with the same content the first."""
        known: set[bytes] = set()
        for path, digest in captures.items():
            source = self._try(partial(open_recording, path, self.sweep.unknowns))
            if source is not None and digest not in known:
                self.sources.append(source)
                self._paths.append(path)
                known |= set() if digest is None else {digest}
            elif source is not None:
                self.outcome.notes.append(f"{path}: the same as a capture that was named before; it counts once")

    def _try(self, read: Callable[[], _T]) -> _T | None:
        """What is read of one input; None where it is refused, which takes nothing from the others."""
        try:
            return read()
        except BadInput as problem:
            self._refused.append(problem)
            return None

    def _events(self, source: FrameSource) -> Iterator[Event]:
        try:
            events = source.events()
            first = next(events, None)
            if first is None:
                self._silent.append(source)
                return
            yield first
            yield from events
        except BadInput as problem:
            self._refused.append(problem)

    def _refusal(self) -> BadInput:
        return self._refused[0] if len(self._refused) == 1 else BadInput("; ".join(map(str, self._refused)))

    def sightings(
        self,
        *,
        progress: Callable[[int], None] = lambda _frames: None,
        wait_until: Callable[[float], None] = lambda _at_s: None,
    ) -> Iterator[Sighting]:
        """The sightings, each when its pass is over. Raises BadInput where none of the named files could be used.

        `wait_until` is called with the recording's Unix time before each step of a second, so that a caller may pace
        it.
        """
        sweep, outcome = self.sweep, self.outcome
        photos = list(self._photos())
        step_s = float("-inf")
        for event in heapq.merge(*map(self._events, self.sources), key=itemgetter(0)):
            sweep.take(event)
            at_s = event[0]  # each kind of event begins with its time
            if at_s - step_s >= 1.0 or at_s < step_s:
                step_s = self.now_s = at_s
                if self.overlap is not None:
                    self.overlap.step(at_s)
                wait_until(step_s)
                progress(sum(source.counts.frames for source in self.sources))
                yield from map(outcome.count, sweep.passed(step_s))
                yield from map(outcome.count, self._pins(photos, step_s))
        yield from map(outcome.count, sweep.sightings())
        yield from map(outcome.count, self._pins(photos, float("inf")))
        self._conclude()

    def parts(self) -> list[bytes | None]:
        """The digests of what the sightings will be made of: frames and track as one, and each photo."""
        frames = [self.content] if self.recording.frames else []
        return [*frames, *map(self._part, self._photos())]

    def part_of(self, sighting: Sighting) -> bytes | None:
        """The digest of what a sighting was made of: its photo, or frames and track; None where that has none."""
        return next(iter(self.parts_of(sighting)), None)

    def parts_of(self, sighting: Sighting) -> tuple[bytes, ...]:
        """Likewise, all that it is to be remembered by: a photo with its picture has been put in as a pin, too."""
        if sighting.kind not in (Kind.PIN, Kind.PHOTO):
            return () if self.content is None else (self.content,)
        digest = self._of_looks.get(sighting.id)
        if digest is None:
            return ()
        return (digest,) if sighting.kind is Kind.PIN else (_pictured(digest), digest)

    def pictures_of(self, sighting: Sighting) -> tuple[Picture, ...]:
        """The pictures that the last sighting names; those of earlier ones are gone, as there may be thousands."""
        return self._pictures[1] if self._pictures[0] == sighting.id else ()

    def name_of(self, sighting: Sighting) -> str:
        """The file of the photo that the last sighting is of."""
        return self._name if self._pictures[0] == sighting.id else ""

    def pin_before(self, sighting: Sighting) -> str | None:
        """The id of the pin that a photo with a picture was, where its picture could not be made."""
        from probe.walk.pictures import pin_id

        digest = self._of_looks.get(sighting.id)
        return None if digest is None or sighting.kind is not Kind.PHOTO else pin_id(digest)

    def _photos(self) -> "list[PhotoObservation]":
        """The photo observations, read once. A recording of photos alone has its walk's id from them."""
        if self._looks is None:
            self._looks = self._try(self._look) or []
            if not self.recording.frames and self._looks:
                digests = [digest for digest in map(self._digest, self._looks) if digest is not None]
                self.walk = id_of(b"walk of photos", *sorted(digests))
        return self._looks

    def _look(self) -> "list[PhotoObservation]":
        recording = self.recording
        if recording.photos is None:
            return []
        from probe.walk.photos import photo_observations

        track = None if self.overlap is None else self.overlap.track
        return photo_observations(
            recording.photos, track, recording.photo_offset_s, self.outcome, of_cameras=recording.of_cameras
        )

    def _digest(self, photo: "PhotoObservation") -> bytes | None:
        if photo.name not in self._digests:
            self._digests[photo.name] = digest_of(Path(photo.name))
        return self._digests[photo.name]

    def _part(self, photo: "PhotoObservation") -> bytes | None:
        """What a photo is remembered by: another where its picture is kept."""
        digest = self._digest(photo)
        if digest is None or self.keeper is None:
            return digest
        part = _pictured(digest)
        return part if self.is_there(part) or self.keeper.usable() else digest

    def _pins(self, photos: "list[PhotoObservation]", until_s: float) -> Iterator[Sighting]:
        """The sightings of the photos that were taken by now; the last of the list is the first that was taken."""
        while photos and photos[-1].at_s <= until_s:
            photo = photos.pop()
            digest, part = self._digest(photo), self._part(photo)
            made = None if digest is None else self._looked.get(digest)
            if made is not None:  # the same photo under another name
                yield made
            elif part is not None and self.is_there(part):
                self.left_out += 1
            else:
                made = self._look_sighting(photo, digest, len(photos))
                self._looked |= {} if digest is None else {digest: made}
                yield made

    def _look_sighting(self, photo: "PhotoObservation", digest: bytes | None, more: int) -> Sighting:
        if self._maker is None:
            from probe.walk.pictures import LookSightings

            self._maker = LookSightings(
                made=self.made(None),
                outcome=self.outcome,
                keeper=self.keeper,
                progress=self.photo_progress,
                photos=more + 1,
            )
        sighting, pictures = self._maker.sighting(photo, digest, self.walk)
        self._of_looks[sighting.id] = digest
        self._pictures, self._name = (sighting.id, pictures), photo.name
        return sighting

    def _conclude(self) -> None:
        used = self.outcome.photos or any(source.counts.frames for source in self.sources)
        if self._refused and not used:
            raise self._refusal()
        self.outcome.troubles += map(str, self._refused)
        if self._maker is not None:
            self._maker.tell()
        if self.overlap is not None:
            self.overlap.tell(self.outcome)
        for source, path in zip(self.sources, self._paths, strict=True):
            counts = source.counts
            self.outcome.frames += counts.frames
            self.outcome.malformed_frames += counts.malformed
            if counts.truncated_at is not None:
                self.outcome.troubles.append(
                    f"{path}: cut short at byte {counts.truncated_at}; the frames before it were read"
                )
            elif source in self._silent and not counts.frames and not counts.others:
                self.outcome.troubles.append(f"{path}: holds nothing that was heard; is it the capture of this walk?")
            if counts.others and counts.frames:
                others = sum(counts.others.values())
                self.outcome.other_packets += others
                kinds = ", ".join(sorted(counts.others))
                self.outcome.troubles.append(f"{path}: packets of another kind were passed over: {others} ({kinds})")


def replay(
    recording: Recording,
    outcome: Outcome,
    *,
    progress: Callable[[int], None] = lambda _frames: None,
    wait_until: Callable[[float], None] = lambda _at_s: None,
) -> Iterator[Sighting]:
    """The sightings of a recorded walk: see `lasting`."""
    yield from lasting(RecordedWalk(recording, outcome), progress=progress, wait_until=wait_until)


def lasting(
    walk: RecordedWalk,
    *,
    progress: Callable[[int], None] = lambda _frames: None,
    wait_until: Callable[[float], None] = lambda _at_s: None,
) -> Iterator[Sighting]:
    """The sightings of a recorded walk that is not hurried by anyone waiting for them: none that is withdrawn later.

    Those of photos come as they are made, each with its pictures: they are never withdrawn.
    """
    heard = []
    for sighting in walk.sightings(progress=progress, wait_until=wait_until):
        if sighting.kind in (Kind.PIN, Kind.PHOTO):
            yield sighting
        else:
            heard.append(sighting)
    withdrawn = set(walk.sweep.withdrawn())
    yield from (sighting for sighting in heard if sighting.id not in withdrawn)


def _pictured(digest: bytes) -> bytes:
    from probe.walk.pictures import pictured

    return pictured(digest)


def named(recording: Recording) -> list[Path]:
    """The files and folders that a recording was named by."""
    return [path for path in (*recording.frames, recording.track, recording.photos) if path is not None]


def _content(recording: Recording, digests: list[bytes | None]) -> bytes | None:
    """The digest of the frames and the track of a recording; None where there are none, or one is a pipe."""
    frames = one_digest(digests) if digests else None
    track = digest_of(recording.track) if recording.track is not None else b""
    if frames is None or track is None:
        return None
    return combined(b"composed" if recording.composed else b"received", frames, track)


def open_recording(path: Path, unknowns: RecentUnknowns | None = None) -> FrameSource:
    """What reads a recording of frames: a capture, or the lines of a radio board, each behind its Unix time."""
    return BoardRecording(path, unknowns) if holds_lines(path) else open_capture(path, unknowns)


def holds_lines(path: Path) -> bool:
    """Whether a recording is a radio board's lines and no capture. Raises BadInput where it cannot be read."""
    try:
        start = b""
        if not path.is_fifo():  # what is read of a pipe is gone
            with path.open("rb") as file:
                start = file.read(_LOOK)
    except OSError as problem:
        raise BadInput(f"{path}: cannot be read ({problem.strerror}); give a capture") from problem
    return not is_capture(start) and _BOARD_LINE.search(start) is not None
