"""What the phone asks for: one small JSON object for each thing that a walker can do."""

from typing import Annotated, TypeVar

from msgspec import DecodeError, Meta, Struct, json
from starlette.requests import Request

from probe.errors import BadInput

MAX_BODY = 4096

Word = Annotated[str, Meta(min_length=1, max_length=80)]
Words = Annotated[tuple[Word, ...], Meta(max_length=16)]
Number = Annotated[int, Meta(ge=0, le=2**53)]
T = TypeVar("T", bound="Posted")


class Posted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all of it: what is too much is refused."""


class Nothing(Posted, frozen=True, kw_only=True):
    """For what needs no words."""


class Code(Posted, frozen=True, kw_only=True):
    code: Annotated[str, Meta(max_length=200)]


class Worded(Posted, frozen=True, kw_only=True):
    words: Words = ()


class Retag(Posted, frozen=True, kw_only=True):
    number: Number
    words: Words


class Undo(Posted, frozen=True, kw_only=True):
    number: Number | None = None


class Follow(Posted, frozen=True, kw_only=True):
    key: Annotated[str, Meta(max_length=80)] | None = None


class Switch(Posted, frozen=True, kw_only=True):
    on: bool


async def posted(request: Request, kind: type[T]) -> T:
    """The object in a request's body. Raises BadInput for another, and for a body above MAX_BODY."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise BadInput("it has to be JSON")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise BadInput("it is too long")
    try:
        return json.decode(bytes(body), type=kind)
    except (DecodeError, UnicodeDecodeError) as problem:
        raise BadInput(f"it is not what it should be: {problem}") from problem
