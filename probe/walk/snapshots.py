"""A photo from the shutter to its sighting: taken, people taken out in memory, placed; a pin where that fails."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from probe.camera.adapter import NoCamera
from probe.camera.claims import tags_of_words
from probe.camera.folder import PhotoObservation
from probe.camera.geotag import BEARING_SD_DEG
from probe.camera.keeping import NotKept, PhotoKeeper
from probe.camera.pins import photo_sighting_of, pin_of
from probe.camera.pose import Pose
from probe.camera.shutter import BURST, Shot, Shutter
from probe.camera.tags import Tags
from probe.contract.envelope import Picture
from probe.contract.sighting import Adapter, ClockSource, Making, Moment, PhotoNotKept, Place, Sighting
from probe.walk.making import making, new_id

if TYPE_CHECKING:
    from probe.redact.redactor import Progress

Aim = Callable[[Shot], Pose]  # what the device itself knows of how it is held when a shot was taken


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotFacts:
    """What is known of a shot when its picture is gone: by which camera, how large, and the sharpest of how many."""

    camera: str
    width: int
    height: int
    frames: int
    sharpness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What came of pressing the shutter: a sighting and its pictures. Where there are none, the sighting is a pin, and
    `told` says why in a sentence. `shot` is None where no picture was taken at all."""

    sighting: Sighting
    pictures: tuple[Picture, ...] = ()
    told: str | None = None
    shot: ShotFacts | None = None


class Photographer:
    """Takes photos and makes sightings of them. Whatever fails, what the walker saw there is kept, as a pin.

    `place` and `when` say where the probe is and what true time it is, by the clock that the shutter goes by. The
    redactor is started before the camera: where it cannot be trusted, no picture is taken.
    """

    def __init__(
        self,
        shutter: Shutter,
        keeper: PhotoKeeper,
        *,
        walk: str,
        clock: Callable[[], float],
        place: Callable[[float], Place | None],
        when: Callable[[float], Moment | None],
        aim: Aim | None = None,
    ) -> None:
        self.shutter, self.keeper = shutter, keeper
        self._walk, self._clock, self._place, self._when, self._aim = walk, clock, place, when, aim

    def take(
        self,
        words: tuple[str, ...] = (),
        pose: Pose | None = None,
        *,
        burst: int = BURST,
        progress: "Progress | None" = None,
    ) -> Snapshot:
        """Take a photo of what the walker says it is (`tags_of_words`), held as `pose` says as far as that is known.

        Raises BadInput for a word that says nothing.
        """
        tags, held = tags_of_words(words), pose or Pose()
        refusal = self.keeper.refusal()
        if refusal is not None:
            return self._without_picture(tags, held, refusal.why, str(refusal))
        try:
            shot = self.shutter.take(burst)
        except NoCamera as problem:
            return self._without_picture(tags, held, PhotoNotKept.CAMERA, str(problem))
        except MemoryError:
            sentence = "there is not enough memory here for a picture"
            return self._without_picture(tags, held, PhotoNotKept.MEMORY, sentence)
        try:
            return self._of(shot, words, held, progress)
        finally:
            shot.wipe()

    def pin(self, words: tuple[str, ...], pose: Pose | None, why: PhotoNotKept, sentence: str) -> Snapshot:
        """What the walker saw, without any picture."""
        return self._without_picture(tags_of_words(words), pose or Pose(), why, sentence)

    def _of(self, shot: Shot, words: tuple[str, ...], pose: Pose, progress: "Progress | None") -> Snapshot:
        height, width = shot.pixels.shape[:2]
        facts = ShotFacts(
            camera=shot.camera, width=width, height=height, frames=shot.frames, sharpness=round(shot.sharpness, 1)
        )
        place = None
        if shot.said is not None:
            pose, place, words = pose.over(shot.said.pose), shot.said.place, (*words, *shot.said.words)
        if self._aim is not None:
            pose = pose.over(self._aim(shot))
        look = self._look(shot.at_s, tags_of_words(words), pose, place)
        held = _turned(pose, look)
        try:
            kept = self.keeper.keep_pixels(
                shot.pixels, name=shot.camera, reticle=shot.reticle, pose=held, new_id=new_id, progress=progress
            )
        except NotKept as problem:
            return self._pin(look, problem.why, str(problem), fake=shot.fake, shot=facts)
        made = _made(fake=shot.fake)
        sighting = photo_sighting_of(look, kept.photo, walk=self._walk, made=made, id=new_id())
        return Snapshot(sighting=sighting, pictures=kept.pictures, shot=facts)

    def _without_picture(self, tags: Tags, pose: Pose, why: PhotoNotKept, sentence: str) -> Snapshot:
        return self._pin(self._look(self._clock(), tags, pose), why, sentence, fake=self.shutter.choice.fake)

    def _pin(
        self, look: PhotoObservation, why: PhotoNotKept, sentence: str, *, fake: bool, shot: ShotFacts | None = None
    ) -> Snapshot:
        sighting = pin_of(look, walk=self._walk, made=_made(fake=fake), id=new_id(), why=why)
        return Snapshot(sighting=sighting, told=f"no picture is kept, only a pin: {sentence}", shot=shot)

    def _look(self, at_s: float, tags: Tags, pose: Pose, place: Place | None = None) -> PhotoObservation:
        """What the walker saw at a time of the clock, and where they stood."""
        place, moment = place or self._place(at_s), self._when(at_s)
        pose = pose.to_true_north(place, None if moment is None else moment.utc)
        return PhotoObservation(
            observer=place,
            taken_at=None if moment is None else moment.utc,
            taken_sd_s=None if moment is None else moment.sd_s,
            clock=ClockSource.CAPTURE if moment is None else moment.source,
            bearing_deg=pose.bearing_deg,
            bearing_sd_deg=BEARING_SD_DEG if pose.bearing_sd_deg is None else pose.bearing_sd_deg,
            magnetic_deg=pose.magnetic_deg,
            distance_m=None,
            tags=tags,
        )


def _turned(pose: Pose, look: PhotoObservation) -> Pose:
    """The pose with the bearing that the look has by now."""
    if look.bearing_deg is None and look.magnetic_deg is None:
        return pose
    return replace(
        pose, bearing_deg=look.bearing_deg, magnetic_deg=look.magnetic_deg, bearing_sd_deg=look.bearing_sd_deg
    )


def _made(*, fake: bool) -> Making:
    """A fake says so: no lens of this probe saw it there and then."""
    return making(Adapter.SCRIPTED if fake else Adapter.REAL, composed=fake)(None)
