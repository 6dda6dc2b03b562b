"""A photo in memory becomes a sighting with redacted pictures, or a pin: by the probe's own command, in a process that
can write no file.

Fails closed. Where people cannot be taken out no picture is kept; and what that process says is checked like what comes
from a stranger: a sighting of the contract, and no picture but those that it names.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from hub.log.events import Batch, Erasure, NewPicture, NewSighting, Origin
from hub.store.store import Store
from hub.upload.confined import Confined
from hub.upload.incoming import Brought
from hub.upload.outcome import Outcome, refused
from probe.contract.base import ContractError
from probe.contract.envelope import MAX_CONTENT_BYTES, UnitType, decode_sighting, digest, encode
from probe.contract.sighting import Adapter, Kind, PhotoNotKept, Sighting

MOST_BYTES = 40 << 20  # of one photo: a phone's of 200 megapixels has less
MOST_SAID = 4 << 20
MOST_PICTURE = 512 << 10
WITHIN_S = 600.0  # a desk's core takes a second or two, that of a small board fifty times as long
IMPORT_NAME = "photos"
_USUAL = ("no position in its EXIF", "no EXIF")  # what the page says itself


class _Picture(msgspec.Struct, frozen=True):
    jpeg: bytes


class _Line(msgspec.Struct, frozen=True):
    """What the command prints: see `contrechamp-probe redact --help`."""

    id: str | None = None
    share: float | None = None
    no_place: str | None = None
    refused: str | None = None
    sighting: msgspec.Raw = msgspec.Raw(b"null")  # no union: it cannot be in one
    pictures: tuple[_Picture, ...] = ()
    told: str | None = None
    notes: tuple[str, ...] = ()


_lines = msgspec.json.Decoder(_Line)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoWanted:
    """How a photo is to be taken in: its marker, the walk that the drop is, and whether also what was taken back."""

    walk: str
    marker: tuple[float, float] | None = None
    again: bool = False


@dataclass(slots=True)
class PhotoDrops:
    """The imports that the photos of one drop share, so that one key takes all of them back."""

    store: Store
    _numbers: dict[str, int] = field(default_factory=dict)
    _digests: dict[str, bytes] = field(default_factory=dict)

    def number(self, walk: str) -> int:
        """The import of a drop. Raises StoreError."""
        if walk not in self._numbers:
            while len(self._numbers) >= 64:
                oldest = next(iter(self._numbers))
                del self._numbers[oldest]
                self._digests.pop(oldest, None)
            self._numbers[walk] = self.store.begin_import(IMPORT_NAME)
        return self._numbers[walk]

    def forget(self, name: str) -> None:
        """No photo comes into an import any more, as `hub.ingest.undo` names it."""
        for walk, number in list(self._numbers.items()):
            if name == f"import-{number}":
                del self._numbers[walk]

    def note(self, walk: str, id: str) -> None:
        """Note that a photo of a drop is whole in the log. Raises StoreError."""
        self._digests[walk] = hashlib.sha256(self._digests.get(walk, b"photos") + id.encode()).digest()
        if walk in self._numbers:
            self.store.end_import(self._numbers[walk], self._digests[walk])


def take_photo(
    brought: Brought,
    wanted: PhotoWanted,
    drops: PhotoDrops,
    *,
    started: Callable[[Confined], None],
    share: Callable[[float], None],
) -> Outcome:
    """What came of a photo. `started` gets the process, so that it can be ended; `share` how much is done, 0 to 1.

    Raises HubError where nothing could be done.
    """
    command = ["-m", "probe", "redact", "-", "--walk", wanted.walk]
    if wanted.marker is not None:
        command += ["--at", f"{wanted.marker[0]:.7f},{wanted.marker[1]:.7f}"]
    answers: list[_Line] = []
    before: list[Outcome] = []
    try:
        with Confined(command, stdin=brought.descriptor) as process:

            def hear(text: bytes) -> None:
                line = _lines.decode(text)
                if line.share is not None:
                    share(min(1.0, max(0.0, line.share)))
                elif line.id is None:
                    answers.append(line)
                elif (known := _known(line.id, wanted, drops.store)) is not None:
                    before.append(known)
                    process.end()  # looking for people again would take a second for nothing

            started(process)
            process.lines(most=MOST_SAID, within_s=WITHIN_S, each=hear)
    except msgspec.DecodeError:
        answers.clear()
    if before:
        return before[0]
    if len(answers) != 1:
        return refused("upload_photo_crashed")
    (answer,) = answers
    if answer.no_place is not None:
        outcome = refused("upload_photo_no_place")
        outcome.needs_place = True
        if not answer.no_place.startswith(_USUAL):
            outcome.say("upload_note", note=_short(answer.no_place))
        return outcome
    if answer.refused is not None:
        return refused("upload_photo_refused", why=_short(answer.refused))
    return _keep(answer, wanted, drops)


def _keep(answer: _Line, wanted: PhotoWanted, drops: PhotoDrops) -> Outcome:
    """Write a photo's sighting and pictures down. Raises StoreError."""
    try:
        sighting = _checked(answer.sighting, wanted)
        pictures = _pictures(answer, sighting)
    except (ContractError, ValueError):
        return refused("upload_photo_crashed")
    store, outcome = drops.store, Outcome(taken=True)
    known = _known(sighting.id, wanted, store)
    if known is not None:
        return known
    again = bool(store.known(UnitType.SIGHTING, [sighting.id]))
    body = encode(sighting)
    new = NewSighting(id=sighting.id, hash=digest(body), body=body, origin=Origin.OPERATOR)
    batch = Batch(import_number=drops.number(wanted.walk))
    (batch.again if again else batch.sightings)[new.id] = new
    # By new ids: those of pictures that were taken back before stay with what is left of them.
    there = {picture.sha256 for picture in pictures if store.picture(picture.sha256) is not None}
    batch.pictures = {picture.id: picture for picture in pictures if picture.sha256 not in there}
    store.append(batch)
    drops.note(wanted.walk, sighting.id)
    outcome.stored, outcome.pictures, outcome.sightings = 1, len(pictures), [sighting.id]
    outcome.undo = f"import-{batch.import_number}"
    outcome.say("upload_photo_taken" if pictures else "upload_photo_pin")
    if sighting.pin is not None:
        outcome.say(f"upload_why_{sighting.pin.photo_not_kept or PhotoNotKept.CAMERA}")
        outcome.say("upload_note", note=_short(answer.told or ""))  # which file or package, and what to do about it
    for note in answer.notes[:10]:
        outcome.say("upload_note", note=_short(note))
    return outcome


def _known(id: str, wanted: PhotoWanted, store: Store) -> Outcome | None:
    """What is to be said of a photo that was taken in before; None where it is to be taken in. Raises StoreError."""
    known = store.known(UnitType.SIGHTING, [id]).get(id)
    if known is None or (known.erased is Erasure.UNDONE and wanted.again):
        return None
    outcome = Outcome(taken=True, known=1, taken_back=known.erased is Erasure.UNDONE)
    outcome.say("upload_taken_back" if outcome.taken_back else "upload_photo_known")
    return outcome


def _checked(raw: msgspec.Raw, wanted: PhotoWanted) -> Sighting:
    """The sighting. Raises ContractError, ValueError for one that no photo makes."""
    sighting = decode_sighting(bytes(raw))
    if sighting.kind not in (Kind.PHOTO, Kind.PIN) or sighting.walk != wanted.walk:
        raise ValueError("not of a photo")
    if sighting.made.adapter is not Adapter.REPLAY or len(encode(sighting)) > MAX_CONTENT_BYTES:
        raise ValueError("not made of a file")
    return sighting


def _pictures(answer: _Line, sighting: Sighting) -> list[NewPicture]:
    """The pictures that the sighting names, all of them and no other. Raises ValueError."""
    photo = sighting.photo
    named = [] if photo is None else [photo.content_sha256, *([photo.reticle_sha256] if photo.reticle_sha256 else [])]
    found = [(picture, hashlib.sha256(picture.jpeg).hexdigest()) for picture in answer.pictures]
    if [sha256 for _, sha256 in found] != named:
        raise ValueError("other pictures than those that it names")
    if any(len(picture.jpeg) > MOST_PICTURE or not picture.jpeg.startswith(b"\xff\xd8") for picture, _ in found):
        raise ValueError("no picture")
    return [
        NewPicture(id=secrets.token_hex(16), hash=digest(picture.jpeg), sha256=sha256, jpeg=picture.jpeg, sender=None)
        for picture, sha256 in found
    ]


def _short(sentence: str) -> str:
    return sentence[:300]
