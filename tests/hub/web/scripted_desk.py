"""A desk that a test gives its cameras: decisions are kept in a list, and the cameras are what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request

from hub.log.decisions import Decided, DecisionKind, NewDecision
from hub.log.people import Role
from hub.publish.view import CameraDetail, Reason, Status
from hub.web.app import make_app
from hub.web.desk import DeskSource
from hub.web.gate import OpenGate, Visitor
from hub.web.pages.review import ReviewPages
from hub.web.source import MapSource
from hub.web.stands import StandsOf
from tests.hub.web.scripted import ScriptedMap

TODAY = date(2026, 11, 29)
AT = datetime(2026, 11, 29, 20, 15, tzinfo=UTC)
_K = DecisionKind


@dataclass(frozen=True, kw_only=True)
class Told:
    number: int
    at: datetime
    by: str
    reason: Reason
    holds: bool


class ScriptedDesk(ScriptedMap):
    """A `DeskSource` and the map's source at once; much simpler than the hub's own, which is tested where it is."""

    def __init__(self, *details: CameraDetail) -> None:
        self.base_details = list(details)
        self.log: list[Decided] = []
        self.turns = 0
        super().__init__()
        self.fails: Exception | None = None
        self._undone: set[int] = set()
        self._taken_back: list[list[int]] = []

    def cameras(self) -> Sequence[CameraDetail]:
        shown = {detail.camera.id: detail for detail in self.base_details}
        for one in self.log:
            if one.number not in self._undone:
                _apply(shown, one.what)
        return list(shown.values())

    def camera(self, camera_id: str) -> CameraDetail | None:
        names = next((d.sighting_ids for d in self.base_details if d.camera.id == camera_id), ())
        return next((d for d in self.cameras() if names and names[0] in d.sighting_ids), None)

    def sightings(self, camera_id: str) -> tuple[str, ...]:
        detail = self.camera(camera_id)
        return () if detail is None else detail.sighting_ids

    def status(self) -> Status:
        return Status(
            cameras=len(self.base_details),
            sightings=1,
            unplaced=0,
            quarantined=0,
            revision=self.turns,
            composed=True,
        )

    def decide(self, by: str, decisions: Sequence[NewDecision]) -> list[Decided]:
        if self.fails is not None:
            raise self.fails
        made = [Decided(number=len(self.log) + 1 + n, at=AT, by=by, what=what) for n, what in enumerate(decisions)]
        self.log += made
        self.turns += 1
        return made

    def undo(self, by: str) -> list[Decided]:
        self.turns += 1
        last = next((one for one in reversed(self.log) if one.by == by and one.number not in self._undone), None)
        batch = [] if last is None else [one for one in self.log if one.by == by and one.what.batch == last.what.batch]
        self._undone |= {one.number for one in batch}
        if batch:
            self._taken_back.append([one.number for one in batch])
        return batch

    def redo(self, by: str) -> list[Decided]:  # noqa: ARG002 - the test's is everybody's
        self.turns += 1
        numbers = self._taken_back.pop() if self._taken_back else []
        self._undone -= set(numbers)
        return [one for one in self.log if one.number in numbers]

    def undo_one(self, by: str, number: int) -> list[Decided]:  # noqa: ARG002 - the same
        self.turns += 1
        self._undone.add(number)
        return [one for one in self.log if one.number == number]

    def history(self, camera_id: str) -> Sequence[Told]:
        detail = self.camera(camera_id)
        names = set() if detail is None else set(detail.sighting_ids)
        return [
            Told(
                number=one.number, at=one.at, by=one.by, holds=one.number not in self._undone,
                reason=Reason(code=f"review_does_{one.what.kind.replace('-', '_')}"),
            )
            for one in self.log
            if names & set(one.what.sightings)
        ]  # fmt: skip


def _apply(shown: dict[str, CameraDetail], what: NewDecision) -> None:
    found = next((d for d in shown.values() if set(d.sighting_ids) & set(what.sightings)), None)
    if found is None:
        return
    off = what.value == "no"
    field = {"kind": "title_kind", "height": "height_m"}.get(what.about or "", what.about or "mount")
    changes: dict[str, object] = {
        _K.CONFIRM: {"review": "confirmed"},
        _K.NEW: {"review": "confirmed"},
        _K.REJECT: {"review": "rejected"},
        _K.PRIVATE: {"private": not off},
        _K.GONE: {"gone": None if off else what.value},
        _K.FOLLOW_UP: {"follow_up": not off},
        _K.RETAG: {field: _tag(what)},
    }.get(what.kind, {})  # type: ignore[assignment]
    if what.kind is _K.SAME:
        others = [d for d in shown.values() if any(set(d.sighting_ids) & set(group) for group in what.others)]
        for other in (one for one in others if one is not found):
            del shown[found.camera.id]
            found = _joined(other, found)
            shown[found.camera.id] = found
    view = msgspec.structs.replace(found.camera, **changes)
    decided = (*found.decided, str(what.kind))
    shown[view.id] = msgspec.structs.replace(found, camera=view, decided=decided)


def _tag(what: NewDecision) -> object:
    if what.about == "kind":
        return what.value or "camera"
    return float(what.value) if what.about in ("direction", "height") and what.value else what.value


def _joined(one: CameraDetail, other: CameraDetail) -> CameraDetail:
    return msgspec.structs.replace(
        one, sighting_ids=(*one.sighting_ids, *other.sighting_ids), evidence=(*one.evidence, *other.evidence)
    )


def signed_in_app(
    source: MapSource,
    desk: DeskSource,
    *,
    name: str = "ada",
    role: Role = Role.OPERATOR,
    stands: StandsOf | None = None,
    **values: Any,
) -> Starlette:
    """The page with a desk, for whoever the test says has signed in."""
    pages = ReviewPages(desk, source, today=lambda: TODAY, add_path="/add")
    if stands is not None:
        pages.use_stands(stands)
    return make_app(source, gate=_ByCookie(role, name), parts=[pages], **values)


class _ByCookie(OpenGate):
    """Says who asks: by the cookie `who`, else by name."""

    async def visitor(self, request: Request) -> Visitor:
        request.state.signed_in = None
        request.state.visitor = Visitor(name=request.cookies.get("who", self.name), role=self.role)
        found: Visitor = request.state.visitor
        return found
