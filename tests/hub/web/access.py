"""The access matrix: every route of a hub's page and for whom it is, read from the routes of a hub that runs."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.log.people import Role
from hub.service import RunningHub, Settings
from hub.web.gate import Gated

_START = """\
# Who may ask for what

Every route of the hub's page, and the roles that it is for. `/static/` is for everybody: it holds the page's own files.
What changes something (POST) is taken from the page's own forms alone. Pictures that nobody has looked at are for
reviewers, whoever may ask for `/pictures/`. This page is made from the routes: `make picture` writes it again, and
`tests/hub/web/test_access.py` asks for each as each.

| route | way | stranger | reader | reviewer | operator | admin |
|---|---|---|---|---|---|---|
"""


@contextmanager
def running_hub() -> Iterator[RunningHub]:
    """A hub that runs, with all parts of the page."""
    with (
        tempfile.TemporaryDirectory(prefix="contrechamp-access-") as scratch,
        RunningHub(Settings(data=Path(scratch) / "hub")) as running,
    ):
        yield running


def gated(running: RunningHub) -> list[Gated]:
    """Its routes, by path."""
    routes = [route for route in running.app.routes if isinstance(route, Gated)]
    return sorted(routes, key=lambda route: (route.path, sorted(route.methods or ())))


def page() -> str:
    """docs/access.md as it should be."""
    with running_hub() as running:
        routes = gated(running)
    return _START + "".join(_row(route) for route in routes)


def _row(route: Gated) -> str:
    ways = ", ".join(sorted((route.methods or set()) - {"HEAD"}))
    marks = " | ".join("yes" if role >= route.role else "" for role in Role)
    return f"| `{route.path}` | {ways} | {marks} |\n"
