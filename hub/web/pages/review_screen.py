"""What is on a screen of the desk: a question, its pictures, its sketch, its buttons, its history."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from msgspec import Struct
from starlette.requests import Request

from hub.publish.view import CameraDetail
from hub.review.candidates import around
from hub.review.doubts import without
from hub.review.known import by_radio_alone
from hub.review.question import Asked, Question
from hub.review.queue import question_about
from hub.web.desk import DeskSource
from hub.web.doubt import odds
from hub.web.pages import GalleryOf
from hub.web.pictures import CameraPictures
from hub.web.sentence import brief, sentence
from hub.web.sketch import Ground, draw
from hub.web.source import MapSource
from hub.web.stands import StandsOf, shown
from probe.contract.sighting import CameraKind, Mount

AROUND_M = 60.0
_MOST_AHEAD = 4
Ask = Callable[[Callable[[], Any]], Awaitable[Any]]


class Button(Struct, frozen=True, kw_only=True):
    """An answer that is offered: what it sends, the key's name, and whether Enter presses it."""

    answer: str
    action: str
    word: str
    primary: bool = False


def buttons(question: Question) -> tuple[Button, ...]:
    """What can be answered, the likeliest first. Enter presses nothing where a choice is to be made, nor where people
    have decided already."""
    asked, detail = question.asked, question.camera
    if asked is Asked.ALL_SAME:
        return (Button(answer="as-is", action="confirm", word="review_as_is_all", primary=True),)
    if question.unsure:
        return _of_unsure(question)
    primary = asked in _LOOKS and not _is_decided(detail)
    follow_up = Button(answer="follow-up", action="follow_up", word="review_follow_up", primary=primary)
    if asked is Asked.ALL_LOOK:
        return (follow_up,)
    if asked is Asked.ALL:
        return (Button(answer="confirm", action="confirm", word="review_confirm_all", primary=True),)
    found = []
    if not by_radio_alone(detail):
        if question.candidates and asked is Asked.SAME:
            found.append(Button(answer="new", action="new", word="review_new"))
        word = _word_of_yes(question)
        if word is not None:
            primary = asked is Asked.CAMERA and not _is_decided(detail)
            found.append(Button(answer="confirm", action="confirm", word=word, primary=primary))
        if question.candidates and asked is not Asked.SAME:
            found.append(Button(answer="new", action="new", word="review_new"))
    else:
        found.append(follow_up)
    found.append(Button(answer="reject", action="reject", word="review_reject"))
    found.append(Button(answer="private", action="private", word="review_private"))
    found.append(Button(answer="gone", action="gone", word="review_gone"))
    return tuple(found if by_radio_alone(detail) else [*found, follow_up])


def _of_unsure(question: Question) -> tuple[Button, ...]:
    """What can be answered about sightings that may be of one of several cameras; which of them, the cards offer."""
    found = [Button(answer="new", action="new", word="review_new_own")]
    if len(question.unsure) > 1:
        found.insert(0, Button(answer="as-is", action="confirm", word="review_as_is"))
    found.append(Button(answer="reject", action="reject", word="review_reject"))
    found.append(Button(answer="private", action="private", word="review_private"))
    return (*found, Button(answer="follow-up", action="follow_up", word="review_follow_up"))


def _word_of_yes(question: Question) -> str | None:
    """What the answer "yes" says; None where it would say nothing new: the camera is confirmed."""
    camera = question.camera.camera
    if question.asked is Asked.PRIVATE or camera.private:
        return "review_public"
    if question.asked is Asked.GONE or camera.gone is not None:
        return "review_there"
    return None if camera.review == "confirmed" else "review_confirm"


def _is_decided(detail: CameraDetail) -> bool:
    camera = detail.camera
    return camera.review != "waiting" or camera.private or camera.gone is not None or camera.follow_up


_LOOKS = (Asked.LOOK, Asked.ALL_LOOK)


class Screens:
    """Makes the values of the desk's templates."""

    def __init__(self, desk: DeskSource, source: MapSource, add_path: str | None) -> None:
        self._desk, self._source, self._add_path = desk, source, add_path
        self._ground: tuple[object, Ground] = (None, Ground())
        self.gallery: GalleryOf | None = None
        self.stands: StandsOf | None = None

    async def values(
        self, request: Request, detail: CameraDetail | None, queue: Sequence[Question], ask: Ask
    ) -> dict[str, Any]:
        """The values of a screen: about a camera, else of the first question of a queue. Raises HubError."""
        if detail is None and not queue:
            return {"question": None}
        values: dict[str, Any] = await ask(lambda: self._of_question(detail, queue))
        question: Question = values["question"]
        galleries: dict[str, CameraPictures] = {}
        ahead: list[str] = []
        if self.gallery is not None:
            shown = {one.camera.camera.id for one in question.unsure}
            for one in (*question.cameras, *(candidate.camera for candidate in question.candidates)):
                shown.add(one.camera.id)
            for camera_id in sorted(shown):
                galleries[camera_id] = await self.gallery(request, camera_id)
            for one in queue[1].cameras[:_MOST_AHEAD] if len(queue) > 1 else ():
                coming = await self.gallery(request, one.camera.id)
                ahead += [_address(photo.first.id, photo.first.version, coming.camera) for photo in coming.photos[:1]]
        return {**values, "galleries": galleries, "ahead": ahead, "of": _of}

    def bar(self, detail: CameraDetail) -> dict[str, Any]:
        """What the page of a camera shows: buttons, tags and history. Raises HubError."""
        now = self._desk.camera(detail.camera.id) or detail
        question = question_about(now, self._desk.cameras())
        return {**_of_tags(), **self._told(question), "question": question, "buttons": buttons(question)}

    def _of_question(self, detail: CameraDetail | None, queue: Sequence[Question]) -> dict[str, Any]:
        cameras = self._desk.cameras()
        question = queue[0] if detail is None else question_about(detail, cameras, doubts=True)
        mark = "?" if question.unsure else ""
        unsure = question.unsure if question.asked is Asked.ALL_SAME else question.unsure[:1]
        asked = [one.seen for one in unsure] or question.cameras
        lettered = [(one.letter, one.camera) for one in question.candidates]
        near: list[tuple[float, CameraDetail]] = []
        if len(question.cameras) == 1:
            near = around(question.camera, cameras).near(question.camera, AROUND_M)
        sketch = draw(asked, lettered, (other for _, other in near), self._streets(), text=mark)
        stands_of = self.stands if len(question.cameras) == 1 and not question.unsure else None
        return {
            **_of_tags(),
            **self._told(question),
            "question": question,
            "buttons": buttons(question),
            "sketch": sketch,
            "stands": () if stands_of is None else shown(stands_of(question.camera), question.camera.camera, sketch),
            "sentence": sentence,
            "brief": brief,
            "without": without,
            "odds": partial(odds, letters={one.camera.camera.id: one.letter for one in question.candidates}),
            "add_path": self._add_path,
        }

    def _told(self, question: Question) -> dict[str, Any]:
        """The history of the camera that is asked about, and the last decision's number about all that are."""
        histories = [self._desk.history(one.camera.id) for one in question.cameras]
        seen = max((told.number for history in histories for told in history), default=0)
        return {"history": histories[0] if len(histories) == 1 else (), "seen": seen}

    def _streets(self) -> Ground:
        version = self._source.base_version()
        if self._ground[0] != version or version is None:
            self._ground = version, Ground(b"" if version is None else self._source.base_layer())
        return self._ground[1]


def _of(gallery: CameraPictures | None, sightings: Collection[str]) -> CameraPictures | None:
    """Of a camera's pictures, those of some sightings."""
    if gallery is None:
        return None
    return replace(gallery, photos=tuple(one for one in gallery.photos if one.sighting in sightings))


def _of_tags() -> dict[str, Any]:
    return {"kinds": list(map(str, CameraKind)), "mounts": list(map(str, Mount))}


def _address(picture_id: str, version: str, camera_id: str) -> str:
    return f"/pictures/{picture_id}.jpg?v={version}&camera={camera_id}"
