"""The hub's side of pairing: invitations, and answers to probes that come with one's token."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.keys import HubKeys, SealedElsewhere
from hub.log.probes import Enrolment
from hub.store.registry import Registry
from probe.contract.base import CONTRACT_VERSION, ContractError
from probe.contract.code import PairingCode, make_code, new_token
from probe.contract.envelope import pack
from probe.contract.pairing import (
    Account,
    PairAnswer,
    PairCard,
    PairHello,
    PairRequest,
    decode_pairing,
    decode_request,
    fingerprint,
    pairing_info,
    request_signing_input,
    words,
)
from probe.contract.parcel import SignedKind

_log = logging.getLogger(__name__)

TOKEN_S = 15 * 60.0
CARD_S = 30 * 86_400.0  # a card is carried by hand
ASKS_PER_MINUTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What to say to a probe that asked, and what became of it: the enrolment that it came by, or why it was refused.

    Both are absent where it asked who is there. `known` is set where the probe is one of ours already.
    """

    data: bytes
    enrolment: Enrolment | None = None
    refused: str | None = None
    known: bool = False


class Pairing:
    """Invites and answers. `clock` is Unix time: tokens end by the hub's clock alone."""

    def __init__(self, keys: HubKeys, registry: Registry, *, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._registry = registry
        self._clock = clock
        self._minute, self._asked = 0, 0

    def invite(self, name: str, address: str | None) -> tuple[Enrolment, PairingCode]:
        """Let a probe come under a name within minutes. Raises BadInput, ContractError."""
        token = new_token()
        code = make_code(self._keys.hub_id, token, address)
        return self._registry.invite(name, token, address, self._clock() + TOKEN_S), code

    def card(self, name: str) -> tuple[Enrolment, bytes]:
        """Let a probe come by hand: what to lay on its stick. Raises BadInput."""
        enrolment = self._registry.invite(name, new_token(), None, self._clock() + CARD_S)
        card = PairCard(v=CONTRACT_VERSION, descriptor=self._keys.descriptor(), token=enrolment.token or "")
        return enrolment, pack(card)

    @property
    def hub_id(self) -> str:
        """This hub's id, which a card names."""
        return self._keys.hub_id

    def invited_by(self, card: PairCard) -> Enrolment | None:
        """The enrolment to which a card of this hub invites; None where it was taken back, or is long over."""
        return self._registry.invited(card.token)

    def ended(self, enrolment: Enrolment) -> bool:
        """Whether it is too late to come by an enrolment."""
        return self._clock() > enrolment.ends_s

    def waiting(self) -> list[Enrolment]:
        """The enrolments that no probe has used yet, and may."""
        return [one for one in self._registry.enrolments(self._clock()) if one.token is not None and not one.used_by]

    def open_now(self, now_s: float) -> list[Enrolment]:
        """The enrolments that wait for a probe, or that one has just used."""
        return [one for one in self._registry.enrolments(now_s) if one.ends_s - now_s <= TOKEN_S]

    def code_of(self, enrolment: Enrolment) -> PairingCode | None:
        """The code of an enrolment that is still open; where the hub had not run yet, with its address of today."""
        if enrolment.token is None or enrolment.used_by is not None or self._clock() > enrolment.ends_s:
            return None
        return make_code(self._keys.hub_id, enrolment.token, enrolment.address or self._registry.broker_address())

    def answer(self, payload: bytes) -> bytes | None:
        """What to say to somebody who asks to be paired; None where there is nothing to say."""
        answered = self.answered(payload)
        return None if answered is None else answered.data

    def answered(self, payload: bytes) -> Answered | None:
        """The same, with what became of it."""
        if not self._within_rate():
            return None
        try:
            asked = decode_pairing(payload)
            if isinstance(asked, PairHello):
                return Answered(data=self._keys.descriptor())
            plain = self._keys.open(asked.key, asked.data, pairing_info(self._keys.hub_id))
            request = decode_request(plain)
            signed = request_signing_input(self._keys.hub_id, request.token, request.public, request.reply)
            Ed25519PublicKey.from_public_bytes(request.public).verify(request.signature, signed)
            answer, enrolment = self._admit(request)
            sealed = self._keys.seal_answer(request.reply, pack(answer), pairing_info(self._keys.hub_id))
        except (ContractError, SealedElsewhere, InvalidSignature, ValueError) as problem:
            _log.info("somebody asked to be paired in a way that is not understood: %s", problem)
            return None
        signed_answer = self._keys.sign(SignedKind.ANSWER, sealed)
        probe = self._registry.probe(answer.probe)
        known = probe is not None and not probe.revoked
        return Answered(data=signed_answer, enrolment=enrolment, refused=answer.refused, known=known)

    def _admit(self, request: PairRequest) -> tuple[PairAnswer, Enrolment | None]:
        probe = fingerprint(request.public)
        enrolment = self._registry.invited(request.token)
        refused = None
        if enrolment is None:
            refused = "the hub does not know this code, or has forgotten it; let it show a new one"
        elif enrolment.used_by not in (None, request.public):
            refused = "this code was used already, by another probe; let the hub show a new one"
        elif self.ended(enrolment):
            refused = "this code has expired; let the hub show a new one"
        if refused is not None or enrolment is None:
            return PairAnswer(v=CONTRACT_VERSION, probe=probe, refused=refused), None
        # Costly, so never for strangers, and once for each probe: one that asks again came with the same key.
        compared = enrolment.words or words(self._keys.public, request.public, request.token)
        admitted = self._registry.admit(enrolment, request.public, compared)
        account = None
        if admitted.password is not None:
            account = Account(mailbox=admitted.mailbox, client=admitted.client, password=admitted.password)
        done = self._registry.enrolment(enrolment.number) or enrolment
        answer = PairAnswer(v=CONTRACT_VERSION, probe=probe, account=account, name=done.name, was=done.was)
        return answer, done

    def _within_rate(self) -> bool:
        """Whether this request is one of so many a minute; a limit, so that tokens cannot be tried out."""
        minute = int(time.monotonic() // 60)
        if minute != self._minute:
            self._minute, self._asked = minute, 0
        self._asked += 1
        return self._asked <= ASKS_PER_MINUTE
