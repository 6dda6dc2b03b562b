"""A recorded walk, played as if it were being walked now: at its own pace or faster, in a probe with no hardware.

It is a folder as the demo has them: `frames.pcap`, `track.nmea`, `photos/`, and `walk.json`, which says whether it was
written, not walked. Its clock is the recording's. What comes of it says that it was replayed.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from probe.contract.sighting import Adapter, ClockSource, Moment
from probe.detect.registry import Recogniser
from probe.errors import BadInput
from probe.position.nmea import read_log
from probe.position.track import Track
from probe.radio.frame import Event
from probe.radio.source import CaptureCounts, FrameSource, LiveSource
from probe.radio.unknowns import RecentUnknowns
from probe.sweep.sweep import moment
from probe.walk.board_parts import BoardParts
from probe.walk.making import making
from probe.walk.recorded import open_recording
from probe.walk.sources import Health, SourceSupervisor
from probe.walk.swept import SweptWalk

FRAMES, TRACK, PHOTOS, LABEL = "frames.pcap", "track.nmea", "photos", "walk.json"
MOST_LABEL_BYTES = 64 << 10
_LOOK_S = 0.5  # of this machine's time; how soon a source notices that it is closed
_AHEAD_S = 0.05  # frames that are due within this come together
_LATE_S = 2.0  # of the recording: what a source that is opened again leaves out


class _Label(msgspec.Struct, frozen=True):
    """What a recorded walk says of itself."""

    composed: bool = False


class PlayedClock:
    """The recording's own time, from when it is started; it stands still before, and waits for a machine that cannot
    follow: nothing of `waits_for` is said later than it."""

    def __init__(self, begin_s: float, speed: float = 1.0, steady: Callable[[], float] = time.monotonic) -> None:
        self.begin_s, self.speed = begin_s, speed
        self._steady = steady
        self._started_s: float | None = None
        self.waits_for: dict[str, float] = {}  # by a source's name, when its next word is due

    def start(self) -> None:
        """Let it run; once."""
        if self._started_s is None:
            self._started_s = self._steady()

    def __call__(self) -> float:
        return min([self._running_s(), *self.waits_for.copy().values()])

    def left_s(self, at_s: float) -> float:
        """How long it is until a time of the recording, in seconds of this machine."""
        return (at_s - self._running_s()) / self.speed

    def _running_s(self) -> float:
        gone_s = 0.0 if self._started_s is None else self._steady() - self._started_s
        return self.begin_s + gone_s * self.speed


@dataclass
class _Played:
    """One file of the recording as a live source: it waits until what it says is due. After its end it is silent."""

    name: str
    kind: str
    clock: PlayedClock
    closed: threading.Event = field(default_factory=threading.Event)
    hold: int | None = None
    over: bool = False

    def close(self) -> None:
        self.closed.set()

    def _let_go(self) -> None:
        self.clock.waits_for.pop(self.name, None)

    def _due(self, at_s: float) -> bool:
        """Wait until a time of the recording; False where it was closed before."""
        self.clock.waits_for[self.name] = at_s
        while (left_s := self.clock.left_s(at_s)) > _AHEAD_S:
            if self.closed.wait(min(left_s, _LOOK_S)):
                return False
        return not self.closed.is_set()

    def _stand(self) -> None:
        self.over = True
        self._let_go()
        self.closed.wait()


@dataclass
class _PlayedFrames(_Played):
    """What was heard."""

    file: FrameSource | None = None

    @property
    def counts(self) -> CaptureCounts:
        return CaptureCounts() if self.file is None else self.file.counts

    def events(self) -> Iterator[Event]:
        """The recording's, each when it is due. Raises BadInput where the file cannot be read."""
        began_s = self.clock() - _LATE_S
        try:
            for event in self.file.events() if self.file is not None else ():
                if event[0] < began_s:
                    continue
                if not self._due(event[0]):
                    return
                yield event
            self._stand()
        finally:
            self._let_go()


@dataclass
class _PlayedTrack(_Played):
    """What a receiver said; the walk's position has it from the track."""

    track: Track = field(default_factory=lambda: Track(()))
    counts: CaptureCounts = field(default_factory=CaptureCounts)

    def events(self) -> Iterator[Event]:
        """Nothing: it counts the fixes that were due."""
        try:
            for fix in self.track.fixes:
                if not self._due(fix.at_s):
                    return
                self.counts.frames += 1
            self._stand()
        finally:
            self._let_go()
        yield from ()


class PlayedWalk(SweptWalk):
    """A recorded walk as `Walking`. It ends by itself when the recording does.

    `speed` is how much faster than it was walked. Raises BadInput where the folder holds no walk.
    """

    def __init__(
        self,
        folder: Path,
        speed: float = 1.0,
        steady: Callable[[], float] = time.monotonic,
        *,
        recogniser: Recogniser | None = None,
    ) -> None:
        self.board_parts = BoardParts()
        frames, log = folder / FRAMES, folder / TRACK
        if not frames.exists() and not log.exists():
            raise BadInput(
                f"{folder}: no recorded walk ({FRAMES} or {TRACK}); give a folder such as hub/demo/data/walk-1"
            )
        self.folder, self._composed = folder, _label(folder / LABEL).composed
        self.track = Track(read_log(log)[0]) if log.exists() else None
        self.clock = PlayedClock(_begin_s(frames, self.track), speed, steady)
        super().__init__(self.clock, self.track, making(Adapter.REPLAY, composed=self._composed), recogniser)
        found = [self._frames(frames)] if frames.exists() else []
        if self.track is not None:
            found.append(self._receiver(self.track))
        self.clock.waits_for |= {supervisor.name: self.clock.begin_s for supervisor in found}
        self._listen_with(found)

    @property
    def composed(self) -> bool:
        """Whether it was written, not walked."""
        return self._composed

    @property
    def has_receiver(self) -> bool:
        """Whether the recording has a track."""
        return self.track is not None

    @property
    def camera(self) -> str | None:
        """The word for a camera that shows the recording's photos; None where it has none."""
        photos = self.folder / PHOTOS
        return f"folder:{photos}" if photos.is_dir() and any(photos.iterdir()) else None

    @property
    def over(self) -> bool:
        """Whether all of it was played."""
        return all(_is_over(supervisor) for supervisor in self.sources)

    def _now_s(self, event: Event | None) -> float:
        """What was heard says it best, also where the machine comes to it late."""
        return self.clock() if event is None else event[0]

    def when(self, at_s: float) -> Moment | None:
        """As the recording tells the time."""
        return moment(at_s, ClockSource.CAPTURE)

    def _frames(self, path: Path) -> SourceSupervisor:
        def opened() -> LiveSource:
            self.clock.start()
            try:
                file = open_recording(path, self.sweep.unknowns)
            except BadInput:
                self.clock.waits_for.pop(path.name, None)
                raise
            return _PlayedFrames(path.name, "capture", self.clock, file=file)

        return SourceSupervisor(path.name, "capture", opened)

    def _receiver(self, track: Track) -> SourceSupervisor:
        def opened() -> LiveSource:
            self.clock.start()
            return _PlayedTrack(TRACK, "gnss", self.clock, track=track)

        return SourceSupervisor(TRACK, "gnss", opened)


def _is_over(supervisor: SourceSupervisor) -> bool:
    """Whether a file was played to its end, or never will be."""
    source = supervisor.source
    return supervisor.health is Health.REFUSED or (isinstance(source, _PlayedFrames | _PlayedTrack) and source.over)


def _begin_s(frames: Path, track: Track | None) -> float:
    """The Unix time at which a recording begins. Raises BadInput where nothing in it says."""
    first = next(open_recording(frames, RecentUnknowns()).events(), None) if frames.exists() else None
    times = [] if first is None else [first[0]]
    times += [track.fixes[0].at_s] if track is not None and track.fixes else []
    if not times:
        raise BadInput(f"{frames.parent}: nothing was recorded in it; give a folder such as walk-1 of the demo")
    return min(times)


def _label(path: Path) -> _Label:
    """What the recording says of itself. Raises BadInput where that cannot be read."""
    if not path.exists():
        return _Label()
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(MOST_LABEL_BYTES), type=_Label)
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError) as problem:
        raise BadInput(f"{path}: cannot be read ({problem}); it says whether the walk was composed") from problem
