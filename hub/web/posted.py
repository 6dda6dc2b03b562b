"""An answer of the desk as it is posted: a form of the page, or JSON of its script."""

from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct
from starlette.requests import Request

from hub.review.answers import Answer
from hub.web.forms import FORM_TYPE, Refused

MAX_BYTES = 128 << 10
MAX_FIELDS = 2_000
_BESIDE = ("same", "apart", "site")  # these name the other camera themselves: same:c-0123


class Posted(Struct, frozen=True, kw_only=True):
    """What a page sends: the answer, the cameras, and what it was an answer to.

    `listed` are all cameras that were shown of which some may be chosen, `seen` the number of the last decision about
    them that was shown, `back` where to go on, a camera's id, where that is not the queue; `number` a decision.
    """

    answer: str = ""
    question: str = ""
    camera: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    sighting: tuple[str, ...] = ()
    about: str | None = None
    value: str | None = None
    text: str | None = None
    seen: int = 0
    back: str | None = None
    number: int | None = None

    def to_answer(self) -> Answer:
        """The answer in it."""
        name, _, beside = self.answer.partition(":")
        named = name in _BESIDE and bool(beside)
        return Answer(
            answer=name if named else self.answer,
            cameras=self.camera,
            others=(beside,) if named else self.other,
            sightings=self.sighting,
            about=self.about,
            value=self.value,
            text=self.text,
        )


async def read_posted(request: Request) -> Posted:
    """What was posted. Raises Refused."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BYTES:
            raise Refused("form_large", 413)
    if not body:
        return Posted()
    try:
        if kind == "application/json":
            return msgspec.json.decode(bytes(body), type=Posted)
        if kind == FORM_TYPE:
            return _of_form(bytes(body))
    except (ValueError, msgspec.MsgspecError, RecursionError):
        raise Refused("form_broken", 400) from None
    raise Refused("form_broken", 415)


def _of_form(body: bytes) -> Posted:
    pairs = parse_qsl(
        body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=MAX_FIELDS,
        errors="strict",
    )  # fmt: skip
    many: dict[str, list[str]] = {}
    for name, value in pairs:
        many.setdefault(name, []).append(value)
    fields: dict[str, object] = {}
    for field in msgspec.structs.fields(Posted):
        values = many.get(field.name)
        if values is not None:
            fields[field.name] = values if field.name in ("camera", "listed", "other", "sighting") else values[-1]
    return msgspec.convert(fields, Posted, strict=False)
