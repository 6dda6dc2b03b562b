"""The kit's compass, as the walk uses it: where the lens points, and its calibration in the walker's hands."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from math import hypot
from pathlib import Path
from typing import TYPE_CHECKING

from probe.aim.calibration import Calibration, known_or_told, path_beside, save
from probe.aim.guided import GuidedCalibration, quality_of
from probe.aim.live import LiveHeading
from probe.aim.sensor import HeadingSensor
from probe.errors import BadInput, ProbeError
from probe.position.declination import declination
from probe.run.settings import ServiceSettings
from probe.session.refused import Refused
from probe.session.view import Calibrating, Note
from probe.walk.live import LiveWalk
from probe.walk.played import PlayedWalk

if TYPE_CHECKING:
    from probe.camera.pose import Pose
    from probe.camera.shutter import Shot
    from probe.position.fix import Fix

NO_COMPASS = "this kit has no compass that can be read"


class KitCompass:
    """A compass that is read while the shutter is pressed, and while it is calibrated. Safe from any thread."""

    def __init__(
        self,
        sensor: HeadingSensor,
        known: Calibration,
        *,
        clock: Callable[[], float],
        fix: Callable[[], "Fix | None"],
        outbox: Path,
        day: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self._sensor, self._known, self._fix, self._outbox, self._day = sensor, known, fix, outbox, day
        self.live = LiveHeading(sensor, known, clock)
        self._guided: GuidedCalibration | None = None
        self._done: Calibrating | None = None
        self._lock = threading.Lock()

    @property
    def trouble(self) -> str | None:
        """The code of what makes headings doubtful or none; None where nothing does."""
        trouble = self.live.trouble
        return None if trouble is None else trouble.value

    def heading_deg(self) -> float | None:
        """Where the lens points now, in degrees from true north; None where nobody knows, or it is not being read."""
        magnetic = self.live.heading_deg()
        fix = None if magnetic is None else self._fix()
        if magnetic is None or fix is None:
            return None
        found = declination(fix.lat, fix.lon, datetime.fromtimestamp(fix.at_s, UTC))
        return magnetic if found is None else (magnetic + found.deg) % 360.0

    @contextmanager
    def pressed(self) -> Iterator[None]:
        """The compass is read as long as anybody is within this."""
        with self.live.pressed():
            yield

    def holding(self, shot: "Shot") -> "Pose":
        """How the lens was held when a shot was taken."""
        from probe.camera.pose import Pose  # it comes with the camera

        attitude = self.live.held(shot.at_s).attitude
        if attitude is None:
            return Pose()
        sd_deg = attitude.heading_sd_deg
        return Pose(
            pitch_deg=attitude.pitch_deg,
            roll_deg=attitude.roll_deg,
            attitude_sd_deg=round(hypot(attitude.pitch_sd_deg, attitude.roll_sd_deg), 2),
            magnetic_deg=None if attitude.heading_deg is None else round(attitude.heading_deg, 1) % 360.0,
            bearing_sd_deg=None if sd_deg is None else round(sd_deg, 2),
        )

    def calibrating(self) -> Calibrating | None:
        """The compass as it is being calibrated, or what came of it last; None where nobody asked."""
        guided = self._guided
        if guided is None:
            return self._done
        trouble = guided.trouble
        note = None if trouble is None else Note(code="heading-no-sensor", detail=trouble)
        return Calibrating(share=round(guided.share, 2), seen=guided.seen, note=note)

    def calibrate(self, on: bool) -> None:
        """Begin to gather readings; end, and keep what came of it. Raises BadInput, with what was missing."""
        with self._lock:
            if on:
                if self._guided is not None:
                    raise Refused(
                        "the compass is being calibrated already: turn the kit every way", "refused-calibrating"
                    )
                self._guided, self._done = GuidedCalibration(self._sensor), None
                self._guided.start()
                return
            guided, self._guided = self._guided, None
            if guided is None:
                raise Refused("nothing is being calibrated", "refused-not-calibrating")
            self._keep(guided)

    def _keep(self, guided: GuidedCalibration) -> None:
        try:
            part = guided.finish(self._day(), beside=self._known.compass)
            save(path_beside(self._outbox), compass=part)
        except OSError as problem:
            raise ProbeError(f"the calibration cannot be written ({problem.strerror})") from problem
        except BadInput as problem:
            self._done = Calibrating(
                share=0.0, seen=guided.seen, note=Note(code="calibration-failed", detail=str(problem))
            )
            raise Refused(str(problem), "calibration-failed") from problem
        self._known = Calibration(lens=self._known.lens, compass=part)
        self.live.compass = part.compass
        self._done = Calibrating(
            share=1.0,
            seen=guided.seen,
            quality=quality_of(part.compass).value,
            heading_sd_deg=part.compass.heading_sd_deg,
        )


def kit_compass(
    settings: ServiceSettings, walk: LiveWalk | PlayedWalk, tell: Callable[[str], None]
) -> KitCompass | None:
    """The compass of the radio board, where there may be one."""
    if not settings.kit.boards:
        return None
    known = known_or_told(settings.outbox, tell)
    return KitCompass(
        walk.board_parts,
        known,
        clock=walk.clock,
        fix=lambda: walk.fix_at(walk.clock()),
        outbox=settings.outbox,
    )
