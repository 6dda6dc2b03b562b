"""Parts of the page, each with its routes: `make_app` is given those that a hub has."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, runtime_checkable

from starlette.requests import Request
from starlette.responses import Response

from hub.publish.view import CameraDetail
from hub.web.gate import Gated
from hub.web.pictures import CameraPictures

Html = Callable[..., Response]  # (request, template, status_code=200, **values): a page in the reader's language
GalleryOf = Callable[[Request, str], Awaitable[CameraPictures]]  # what a reader may see of a camera's pictures


class Pages(Protocol):
    """A part of the page."""

    def routes(self, html: Html) -> Sequence[Gated]:
        """Where it answers; `html` renders a template for a request."""
        ...


@runtime_checkable
class ShowsPictures(Protocol):
    """A part that shows pictures as well."""

    def use_pictures(self, gallery: GalleryOf) -> None:
        """Show those of this gallery."""
        ...


@runtime_checkable
class DecidesBesideCamera(Protocol):
    """A part that adds to the page of a camera what can be decided of it."""

    async def beside(self, request: Request, detail: CameraDetail) -> dict[str, Any] | None:
        """Values for the template `review_bar.html`; None for who may not decide."""
        ...

    async def about(self, request: Request) -> Response:
        """The desk's screen about the camera whose id the path holds, also one that no map shows; 404 where there is
        none."""
        ...
