"""The operator's page of probes: who was invited, who has come, how much each has sent; and how one loses its rights.

It shows counts and days and never places: where a probe was is nobody's business here.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from time import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub.broker.reach import is_loopback
from hub.enroll.folder import lay_card
from hub.enroll.leaving import is_to_come, revoke_probe
from hub.enroll.pairing import TOKEN_S, probe_name
from hub.errors import BadInput
from hub.log.people import Role
from hub.web.enroll import invitations
from hub.web.gate import Gated
from hub.web.pages.operator.ground import Fields, Section, day_in, folder_in
from hub.web.work import Outcome, Refused, Task
from probe.contract.address import BrokerAddress
from probe.contract.base import ContractError
from probe.contract.code import hub_letters


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRow:
    """A probe in the list. `last` is None where it has sent nothing for 30 days, or that is forgotten."""

    name: str
    enrolled: date
    revoked: bool
    lost_on: date | None
    words: str | None
    last: date | None
    lately: int
    octets: int


class Probes(Section):
    """`/hub/probes`."""

    path, template = "/hub/probes", "hub_probes.html"

    def routes(self) -> list[Gated]:
        return [
            *super().routes(),
            Gated("/hub/probes/invite", self.invite, Role.OPERATOR, methods=("POST",)),
            Gated("/hub/probes/revoke", self.revoke, Role.OPERATOR, methods=("POST",)),
        ]

    def values(self) -> dict[str, Any]:
        folder = self.ground.folder
        lately = {one.probe: one for one in folder.store.sent_lately()}
        rows = []
        for probe in folder.registry.probes():
            sent = lately.get(probe.id)
            row = ProbeRow(
                name=probe.name,
                enrolled=probe.enrolled,
                revoked=probe.revoked,
                lost_on=probe.lost_on,
                words=folder.registry.words_of(probe.public),
                last=None if sent is None else sent.last,
                lately=0 if sent is None else sent.sightings,
                octets=folder.store.share(probe.id).in_all,
            )
            rows.append(row)
        address = folder.registry.broker_address()
        return {
            "probes": sorted(rows, key=lambda row: row.revoked),
            "invited": invitations(self.ground.pairing),
            "cards": self._cards(),
            "letters": hub_letters(folder.keys.hub_id),
            "address": address,
            "alone": address is None or _is_alone(address),
            "today": folder.keys.day,
        }

    def _cards(self) -> list[tuple[str, date]]:
        """Who was invited by a card on a stick and has not come yet, and until when it is good."""
        now_s = time()
        awaited = [one for one in self.ground.pairing.waiting() if one.ends_s - now_s > TOKEN_S]
        return [(one.name, datetime.fromtimestamp(one.ends_s).astimezone().date()) for one in awaited]

    async def invite(self, request: Request) -> Response:
        """Let a probe come: by a code on the page, or by a card on a stick."""
        return await self.act(request, "invite", self._invite, about="name")

    async def revoke(self, request: Request) -> Response:
        """End a probe's rights."""
        return await self.act(request, "revoke", self._revoke, about="name")

    def _invite(self, fields: Fields) -> Task:
        try:
            name = probe_name(fields.get("name", ""))
        except BadInput:
            raise Refused("hub_name_form") from None
        pairing, registry = self.ground.pairing, self.ground.folder.registry
        if any(one.name == name and not one.revoked for one in registry.probes()):
            raise Refused("hub_name_taken", name=name)
        if not fields.get("stick", "").strip():
            address = registry.broker_address()
            return lambda _: Outcome(key="hub_invited", values={"name": pairing.invite(name, address)[0].name})
        stick = folder_in(fields, "stick")
        if not Path(stick).is_dir():
            raise Refused("hub_no_folder", path=stick)
        return lambda _: Outcome(
            key="hub_card_laid", values={"name": name, "path": lay_card(pairing, name, f"folder:{stick}")}
        )

    def _revoke(self, fields: Fields) -> Task:
        folder, lost_on = self.ground.folder, day_in(fields, "lost_on")
        if is_to_come(lost_on):
            raise Refused("hub_day_to_come", day=lost_on)
        name = fields.get("name", "")
        if not any(one.name == name for one in folder.registry.probes()):
            raise Refused("hub_no_probe")

        def task(_: object) -> Outcome:
            done = revoke_probe(folder.store, folder.keys, folder.registry, name, lost_on)
            return Outcome(key="hub_revoked", values={"name": name, "n": done.held, "day": lost_on})

        return task


def _is_alone(address: str) -> bool:
    """Whether no probe but one on this machine reaches an address."""
    try:
        return is_loopback(BrokerAddress.parse(address).host)
    except ContractError:
        return False
