"""The photos of a recorded walk: read, put in time and place, and told about where they give nothing."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

from probe.camera.claims import claims_of, is_silent
from probe.camera.folder import PhotoCounts, PhotoObservation, read_folder
from probe.camera.placing import ClockOffsets, found_offsets, given_offset, photos_span, placed, timed, to_true_north
from probe.position.span import Span, apart
from probe.position.track import Track
from probe.walk.outcome import Outcome

_A_CAMERA = ("man_made", "surveillance")
_TAGS = (
    "add --of-cameras if each of them was taken of one; or write man_made=surveillance, and what else you see, into "
    "the photo's description"
)


def photo_observations(
    folder: Path, track: Track | None, offset_s: float | None, outcome: Outcome, *, of_cameras: bool = False
) -> list[PhotoObservation]:
    """The looks of a folder that say something of a camera somewhere, the last first: the next one is at the end.

    With `of_cameras`, a photo that says nothing is a look at a camera of which nothing is known but its place. What all
    others lack is told. Raises BadInput where there is no such folder.
    """
    counts = PhotoCounts()
    read = list(read_folder(folder, counts))
    offsets = found_offsets(read, track) if offset_s is None else given_offset(offset_s)
    photos = [timed(photo, offsets) for photo in read]
    if track is not None:
        photos = [placed(photo, track, offsets) for photo in photos]
    photos = [to_true_north(photo) for photo in photos]
    if of_cameras:
        photos = [_spoken_for(photo) for photo in photos]
    speaking = [photo for photo in photos if claims_of(dict(photo.tags))]
    looks = [photo for photo in speaking if photo.observer is not None]
    outcome.photos = counts.photos
    outcome.silent_photos = len(photos) - len(speaking)
    outcome.placed_photos = sum(photo.placed is not None for photo in looks)
    outcome.troubles += _troubles(folder, counts, speaking)
    outcome.notes += _notes(folder, counts, looks)
    outcome.notes += _clock_notes(speaking, track, offsets)
    if not looks:
        outcome.troubles.append(_nothing(folder, counts, len(speaking)))
    return sorted(looks, key=lambda photo: photo.at_s, reverse=True)


def _spoken_for(photo: PhotoObservation) -> PhotoObservation:
    """The photo with what its walker says of all of them, where it says nothing itself."""
    return replace(photo, tags=(*photo.tags, _A_CAMERA)) if is_silent(dict(photo.tags)) else photo


def _troubles(folder: Path, counts: PhotoCounts, speaking: list[PhotoObservation]) -> list[str]:
    """A sentence for each file that was lost, and one for each kind that was passed over."""
    troubles = [f"{photo.name}: {photo.no_place}" for photo in speaking if photo.no_place is not None]
    passed_over = [
        f"{folder}: {_many(count, 'file')} passed over: {why}" for why, count in sorted(counts.passed_over.items())
    ]
    return [*passed_over, *counts.bad, *troubles]


def _nothing(folder: Path, counts: PhotoCounts, speaking: int) -> str:
    """Why a folder gave no sighting at all."""
    if speaking:
        return f"{folder}: none of {_many(speaking, 'photo')} about a camera has a place"
    if counts.photos:
        return f"{folder}: none of {_many(counts.photos, 'photo')} says anything of a camera; {_TAGS}"
    beside = f"{_many(counts.files + counts.others, 'file')} in {_many(counts.folders, 'folder')}"
    beside += f", {counts.hidden:,} hidden ones left out" if counts.hidden else ""
    return f"{folder}: no photo in it that can be used ({beside}); give the folder that the camera's photos are in"


def _notes(folder: Path, counts: PhotoCounts, looks: list[PhotoObservation]) -> list[str]:
    left_out = Counter(reason for photo in looks for reason in photo.left_out)
    notes = [f"{folder}: left out of {_many(count, 'photo')}: {reason}" for reason, count in sorted(left_out.items())]
    if counts.links:
        notes.append(f"{folder}: {_many(counts.links, 'link')} to other folders not followed; give these with --photos")
    return notes


def _clock_notes(speaking: list[PhotoObservation], track: Track | None, offsets: ClockOffsets) -> list[str]:
    """How the clocks were put right, and, where photos found no place on the track, how far apart the two are."""
    used = {offset for photo in speaking if photo.taken_sd_s is not None if (offset := offsets.of(photo)) is not None}
    notes = [f"the photos' clock was put right by {offset}" for offset in sorted(used, key=str)]
    lost = photos_span(photo for photo in speaking if photo.observer is None)
    covered = None if track is None else Span.of(fix.at_s for fix in track.fixes)
    if lost is not None and covered is not None:
        notes.append(
            f"the track is from {covered}, the photos without a place from {lost}: {apart(lost, covered)} "
            "--photo-offset SECONDS moves the photos' clock"
        )
    return notes


def _many(count: int, thing: str) -> str:
    return f"1 {thing}" if count == 1 else f"{count:,} {thing}s"
