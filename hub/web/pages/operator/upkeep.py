"""The operator's page of upkeep: deriving again, forgetting what is due, and the hub's keys and day."""

from datetime import date
from time import time
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from hub.derive.rebuild import rebuild
from hub.errors import HubError
from hub.keys.day import is_possible
from hub.log.people import Role
from hub.web.gate import Gated
from hub.web.pages.operator.ground import Fields, Notice, Section, day_in, read_fields, sentence_of
from hub.web.words import words_for
from hub.web.work import Outcome, Refused, Task, Tick


class Upkeep(Section):
    """`/hub/upkeep`."""

    path, template = "/hub/upkeep", "hub_upkeep.html"

    def routes(self) -> list[Gated]:
        return [
            *super().routes(),
            Gated("/hub/upkeep/rebuild", self.rebuild, Role.OPERATOR, methods=("POST",)),
            Gated("/hub/upkeep/forget", self.forget, Role.OPERATOR, methods=("POST",)),
            Gated("/hub/upkeep/day", self.day, Role.OPERATOR, methods=("POST",)),
            Gated("/hub/upkeep/day/sure", self.day_sure, Role.OPERATOR, methods=("POST",)),
        ]

    def values(self) -> dict[str, Any]:
        keys = self.ground.folder.keys
        return {
            "terms": keys.sealing_terms(),
            "day": keys.day,
            "certain": keys.certain_day,
            "doubt": keys.doubt,
            "asked": None,
        }

    async def rebuild(self, request: Request) -> Response:
        """Derive the cameras from the log again."""
        return await self.act(request, "rebuild", lambda _: self._rebuild)

    async def forget(self, request: Request) -> Response:
        """Forget what is due: who sent what 30 days ago, and invitations that are over."""
        return await self.act(request, "forget", lambda _: self._forget)

    async def day(self, request: Request) -> Response:
        """Take the operator's word for the day; where it would destroy keys, say so first."""
        try:
            day = day_in(await read_fields(request), "day")
            lost = await run_in_threadpool(self._lost_by, day)
        except (Refused, HubError) as problem:
            told = Notice(good=False, sentence=sentence_of(words_for(request), problem))
            return await self.page(request, told, 500 if isinstance(problem, OSError) else 400)
        if lost:
            return await self.page(request, asked=(day, lost))
        return await self.act(request, "day", self._day, about="day")

    async def day_sure(self, request: Request) -> Response:
        """The same, once more: the operator knows what is lost."""
        return await self.act(request, "day", self._day_sure, about="day")

    def _rebuild(self, _: Tick) -> Outcome:
        folder = self.ground.folder
        done = rebuild(folder.store, folder.recogniser)
        counts = {"n": done.cameras, "sightings": done.sightings, "before": done.before}
        if done.identical:
            return Outcome(key="hub_rebuilt_same", values=counts)
        why = "moving" if done.moving else "streets" if done.other_streets else "other"
        return Outcome(key=f"hub_rebuilt_{why}", values=counts)

    def _forget(self, _: Tick) -> Outcome:
        folder = self.ground.folder
        folder.store.forget_senders(folder.keys.day)
        folder.registry.erase_expired(time())
        return Outcome(key="hub_forgotten", values={"day": folder.keys.day})

    def _lost_by(self, day: date) -> int:
        if not is_possible(day):
            raise Refused("hub_day_impossible", day=day)
        return self.ground.folder.keys.lost_by(day)

    def _day(self, fields: Fields) -> Task:
        day, keys = day_in(fields, "day"), self.ground.folder.keys
        if self._lost_by(day):
            raise Refused("form_broken")

        def task(_: Tick) -> Outcome:
            keys.take_word(day)
            return Outcome(key="hub_day_taken", values={"day": day})

        return task

    def _day_sure(self, fields: Fields) -> Task:
        day, keys = day_in(fields, "day"), self.ground.folder.keys
        if fields.get("lost") != str(self._lost_by(day)):
            raise Refused("hub_day_changed")

        def task(_: Tick) -> Outcome:
            keys.take_word(day)
            return Outcome(key="hub_day_taken", values={"day": day})

        return task
