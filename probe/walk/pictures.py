"""The sightings of a recording's photos, one at a time: with the redacted picture where one can be made, else a pin."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from probe.camera.aiming import framing_of
from probe.camera.folder import PhotoObservation
from probe.camera.keeping import LEAST_SHOWN, Kept, NotKept, PhotoKeeper
from probe.camera.pins import photo_sighting_of, pin_of
from probe.contract.envelope import Picture
from probe.contract.sighting import Making, PhotoNotKept, Sighting
from probe.walk.making import combined, id_of, new_id
from probe.walk.outcome import Outcome

_NAMED = 5  # photos, in a sentence about many
PhotoProgress = Callable[[int, int, float], None]  # photos done, of how many, and the share of the next that is done


def pictured(digest: bytes) -> bytes:
    """What an outbox remembers a photo by that was put in with its picture; one that was a pin, by its digest alone."""
    return combined(b"pictured", digest)


def pin_id(digest: bytes | None) -> str:
    """A pin's id comes from the photo alone: in two recordings it is one look all the same."""
    return new_id() if digest is None else id_of(b"pin", digest)


@dataclass
class LookSightings:
    """Makes the sightings of photos, and tells why pictures are missing: once for all, or of each that is damaged."""

    made: Making
    outcome: Outcome
    keeper: PhotoKeeper | None
    progress: PhotoProgress
    photos: int
    _done: int = 0
    _reasons: Counter[str] = field(default_factory=Counter)
    _covered: list[str] = field(default_factory=list)

    def sighting(
        self, photo: PhotoObservation, digest: bytes | None, walk: str
    ) -> tuple[Sighting, tuple[Picture, ...]]:
        """A photo's sighting and its redacted pictures.

        Ids come from the photo, those of pictures from their own octets as well: whoever makes the same again adds
        nothing. A photo with a picture has another id than the pin that an earlier version made of it, as it says
        something else.
        """
        self._done += 1
        self.progress(self._done - 1, self.photos, 0.0)
        why = PhotoNotKept.NO_REDACTOR
        if self.keeper is not None:
            try:
                kept = self.keeper.keep(photo, lambda jpeg: id_of(b"picture", digest or b"", jpeg), self._share)
            except NotKept as problem:
                why = problem.why
                self._note(problem)
            else:
                self.outcome.pictures += len(kept.pictures)
                self.outcome.picture_bytes += sum(len(picture.jpeg) for picture in kept.pictures)
                self._look_at_middle(photo.name, kept)
                id = new_id() if digest is None else id_of(b"photo", digest)
                framing = framing_of(photo, kept.size)
                return photo_sighting_of(photo, kept.photo, framing, walk=walk, made=self.made, id=id), kept.pictures
        return pin_of(photo, walk=walk, made=self.made, id=pin_id(digest), why=why), ()

    def tell(self) -> None:
        """Say why pictures are missing, each reason once; and where what looks like a face may have been the camera."""
        self.outcome.notes += [
            f"no picture is kept of {count:,} photo{'' if count == 1 else 's'}, only what is said of a camera: {reason}"
            for reason, count in sorted(self._reasons.items())
        ]
        if self._covered:
            count = len(self._covered)
            named = ", ".join(sorted(self._covered)[:_NAMED]) + (", ..." if count > _NAMED else "")
            self.outcome.notes.append(
                f"in the middle of {count:,} picture{'' if count == 1 else 's'} something like a face was covered "
                f"({named}): if that was the camera, step aside and take another"
            )

    def _look_at_middle(self, name: str, kept: Kept) -> None:
        """Note where what was taken out may have been the camera."""
        self.outcome.covered_middles += bool(kept.faces_in_reticle)
        if kept.shown < LEAST_SHOWN:
            self.outcome.notes.append(
                f"{name}: hardly anything is left of its middle without the people; take it again, with the camera "
                "there and nobody in front of it"
            )
        elif kept.faces_in_reticle:
            self._covered.append(name)

    def _share(self, done: int, of: int) -> None:
        self.progress(self._done - 1, self.photos, done / of)

    def _note(self, problem: NotKept) -> None:
        if problem.each and problem.damaged:
            self.outcome.troubles.append(str(problem))
        elif problem.each:
            self.outcome.notes.append(str(problem))
        else:
            self._reasons[str(problem)] += 1
