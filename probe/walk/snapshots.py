"""A photo from the shutter to its sighting: taken, people taken out in memory, placed; a pin where that fails."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from probe.aim.calibration import Calibration
from probe.aim.height import Height
from probe.camera.adapter import NoCamera
from probe.camera.aiming import Foot, Framing, framing_of, height_above, lensed
from probe.camera.claims import tags_of_words
from probe.camera.folder import PhotoObservation
from probe.camera.geotag import BEARING_SD_DEG
from probe.camera.keeping import LEAST_SHOWN, Kept, NotKept, PhotoKeeper
from probe.camera.pins import photo_sighting_of, pin_of
from probe.camera.pose import Pose
from probe.camera.shutter import BURST, RETICLE, Shot, Shutter
from probe.camera.tags import Tags
from probe.contract.envelope import Picture
from probe.contract.sighting import Adapter, ClockSource, Making, Moment, PhotoNotKept, Place, Sighting
from probe.errors import BadInput
from probe.walk.making import making, new_id

if TYPE_CHECKING:
    from probe.redact.redactor import Progress

# What a walker is told of a picture that is kept.
LITTLE_LEFT = "hardly anything is left of the reticle without the people; take it again with nobody in front"
FACE_COVERED = "something like a face was covered in the reticle; if it was the camera, step aside and take another"

Holding = Callable[[Shot], Pose]  # what the device itself knows of how it is held when a shot was taken


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
    `told` says why in a sentence. `notes` are for the walker: what had better be done otherwise next time. `shot` is
    None where no picture was taken at all. A `hidden` one is of a place of which nothing is kept: it went nowhere."""

    sighting: Sighting
    pictures: tuple[Picture, ...] = ()
    told: str | None = None
    notes: tuple[str, ...] = ()
    shot: ShotFacts | None = None
    hidden: bool = False


class Photographer:
    """Takes photos and makes sightings of them. Whatever fails, what the walker saw there is kept, as a pin.

    `place` and `when` say where the probe is and what true time it is, by the clock that the shutter goes by. The
    redactor is started before the camera: where it cannot be trusted, no picture is taken.
    Whoever knows how the device is held knows it while it is within `pressed`, and is asked by `holding` afterwards.
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
        holding: Holding | None = None,
        pressed: Callable[[], AbstractContextManager[None]] = nullcontext,
        known: Calibration | None = None,
    ) -> None:
        self._pressed = pressed
        self.shutter, self.keeper = shutter, keeper
        self._walk, self._clock, self._place, self._when = walk, clock, place, when
        self._holding, self._known = holding, known or Calibration()

    def take(
        self,
        words: tuple[str, ...] = (),
        pose: Pose | None = None,
        *,
        foot: Foot | None = None,
        burst: int = BURST,
        progress: "Progress | None" = None,
    ) -> Snapshot:
        """Take a photo of what the walker says it is (`tags_of_words`), held as `pose` says as far as that is known.

        `foot` is the first of two shots, and makes a height of this one. Raises BadInput for a word that says nothing.
        """
        tags, held = tags_of_words(words), pose or Pose()
        refusal = self.keeper.refusal()
        if refusal is not None:
            return self._without_picture(tags, held, refusal.why, str(refusal))
        try:
            with self._pressed():
                shot = self.shutter.take(burst)
        except NoCamera as problem:
            return self._without_picture(tags, held, PhotoNotKept.CAMERA, str(problem))
        except MemoryError:
            sentence = "there is not enough memory here for a picture"
            return self._without_picture(tags, held, PhotoNotKept.MEMORY, sentence)
        try:
            return self._of(shot, words, held, foot, progress)
        finally:
            shot.wipe()

    def pin(self, words: tuple[str, ...], pose: Pose | None, why: PhotoNotKept, sentence: str) -> Snapshot:
        """What the walker saw, without any picture."""
        return self._without_picture(tags_of_words(words), pose or Pose(), why, sentence)

    def _of(
        self, shot: Shot, words: tuple[str, ...], pose: Pose, foot: Foot | None, progress: "Progress | None"
    ) -> Snapshot:
        height, width = shot.pixels.shape[:2]
        facts = ShotFacts(
            camera=shot.camera, width=width, height=height, frames=shot.frames, sharpness=round(shot.sharpness, 1)
        )
        place = None
        if shot.said is not None:
            pose, place, words = pose.over(shot.said.pose), shot.said.place, (*words, *shot.said.words)
        if self._holding is not None:
            pose = pose.over(self._holding(shot))
        pose, lens = lensed(pose, self._known, (width, height))
        look = self._look(shot.at_s, tags_of_words(words), pose, place)
        held = _turned(pose, look)
        framing = Framing(size=(width, height), pose=held, reticle=shot.reticle, crossed=foot is not None, lens=lens)
        high, notes = _height(framing, foot)
        try:
            kept = self.keeper.keep_pixels(
                shot.pixels, name=shot.camera, reticle=shot.reticle, pose=held, new_id=new_id, progress=progress
            )
        except NotKept as problem:
            return replace(
                self._pin(look, problem.why, str(problem), framing, fake=shot.fake, height=high),
                shot=facts,
                notes=notes,
            )
        made = _made(fake=shot.fake)
        sighting = photo_sighting_of(look, kept.photo, framing, walk=self._walk, made=made, id=new_id(), height=high)
        notes = (*notes, *_seen_in_middle(kept))
        return Snapshot(sighting=sighting, pictures=kept.pictures, shot=facts, notes=notes)

    def _without_picture(self, tags: Tags, pose: Pose, why: PhotoNotKept, sentence: str) -> Snapshot:
        look = self._look(self._clock(), tags, pose)
        framing = replace(framing_of(look), pose=_turned(pose, look), reticle=RETICLE)
        return self._pin(look, why, sentence, framing, fake=self.shutter.choice.fake)

    def _pin(
        self,
        look: PhotoObservation,
        why: PhotoNotKept,
        sentence: str,
        framing: Framing,
        *,
        fake: bool,
        height: Height | None = None,
    ) -> Snapshot:
        made = _made(fake=fake)
        sighting = pin_of(look, framing, walk=self._walk, made=made, id=new_id(), why=why, height=height)
        return Snapshot(sighting=sighting, told=f"no picture is kept, only a pin: {sentence}")

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


def _height(framing: Framing, foot: Foot | None) -> tuple[Height | None, tuple[str, ...]]:
    """What two shots show, or why they show nothing."""
    if foot is None:
        return None, ()
    if not framing.elevation_is_known:
        return None, ("no height: nobody said how the lens was held at the camera; give --pitch and --roll",)
    try:
        return height_above(framing, foot), ()
    except BadInput as problem:
        return None, (f"no height: {problem}",)


def _seen_in_middle(kept: Kept) -> tuple[str, ...]:
    if kept.shown < LEAST_SHOWN:
        return (LITTLE_LEFT,)
    if kept.faces_in_reticle:
        return (FACE_COVERED,)
    return ()


def _made(*, fake: bool) -> Making:
    """A fake says so: no lens of this probe saw it there and then."""
    return making(Adapter.SCRIPTED if fake else Adapter.REAL, composed=fake)(None)
