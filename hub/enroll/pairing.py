"""The hub's side of pairing: invitations, and answers to probes that come with one's token.

Whoever reaches the broker may ask, and as often as they like: so the right token is always looked for, whatever came
before it. Who asks who is there gets an answer that was made once; wrong tokens are told so up to a limit, and then not
answered at all; and what has to be opened is bounded in all, so that the cost cannot keep sightings waiting.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.errors import BadInput
from hub.keys import HubKeys, SealedElsewhere
from hub.log.probes import Enrolment
from hub.store.registry import KeyRevoked, Registry, TokenSpent
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
from probe.contract.readable import is_readable

_log = logging.getLogger(__name__)

TOKEN_S = 15 * 60.0
CARD_S = 30 * 86_400.0  # a card is carried by hand
WRONG_PER_MINUTE = 60  # are told that their token is wrong; more get no answer
OPENED_PER_S = 500  # at a twentieth of a millisecond each on a PC, ten times that on a small machine
OPENED_WITHIN_S = 0.2  # a fifth of them in each, as many as may wait: so nobody waits a second after a flood
ADMITTED_PER_S = 5  # for each enrolment: the probe that has come may ask again
MAX_NAME = 60
HELLO_S = 10.0  # so old an answer to a hello may be: it bears the hub's day

_NEW_CODE = "let the hub show a new one"
_REVOKED = (
    "this probe's key was revoked, and no hub takes it again: update contrechamp-probe, which then makes a new key by "
    "itself, or pair with --outbox and a new file"
)
_REVOKED_SPENT = f"this probe's key was revoked since it used this code; {_NEW_CODE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What to say to a probe that asked, and what became of it: the enrolment that it came by, or why it was refused.

    Both are absent where it asked who is there. `known` is set where the probe is one of ours already, `revoked` where
    it came with a revoked key: then it is asked for a new one, unless it had used the token already.
    """

    data: bytes
    enrolment: Enrolment | None = None
    refused: str | None = None
    known: bool = False
    revoked: bool = False


class _Allowance:
    """So many in each stretch of time, by a clock that only goes forward."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float]) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._stretch, self._taken = -1, Counter[int]()

    def take(self, of: int = 0) -> bool:
        """Whether one more may be, of those that count together."""
        stretch = int(self._clock() // self._seconds)
        if stretch != self._stretch:
            self._stretch = stretch
            self._taken.clear()
        self._taken[of] += 1
        return self._taken[of] <= self._most


def probe_name(typed: str) -> str:
    """The name that somebody typed for a probe. Raises BadInput where it is none.

    Two names that look the same could not be told apart.
    """
    name = typed.strip()
    if not name or len(name) > MAX_NAME or not is_readable(name):
        raise BadInput(f"a probe's name has 1 to {MAX_NAME} letters")
    return name


class Pairing:
    """Invites and answers. `clock` is Unix time: tokens end by the hub's clock alone; `steady` only goes forward."""

    def __init__(
        self,
        keys: HubKeys,
        registry: Registry,
        *,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self._registry = registry
        self._clock, self._steady = clock, steady
        self._wrong = _Allowance(WRONG_PER_MINUTE, 60.0, steady)
        self._opened = _Allowance(round(OPENED_PER_S * OPENED_WITHIN_S), OPENED_WITHIN_S, steady)
        self._admitted = _Allowance(ADMITTED_PER_S, 1.0, steady)
        self._hello: tuple[tuple[str, int], float, bytes] | None = None

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

    def answered(self, payload: bytes, *, by_hand: bool = False) -> Answered | None:
        """What to say to somebody who asks to be paired, and what became of it; None where there is nothing to say.

        What somebody brings by hand is not counted.
        """
        try:
            asked = decode_pairing(payload)
            if isinstance(asked, PairHello):
                return Answered(data=self._descriptor())
            if not (by_hand or self._opened.take()):
                return None
            plain = self._keys.open(asked.key, asked.data, pairing_info(self._keys.hub_id))
            request = decode_request(plain)
            enrolment, refused = self._looked_up(request)
            # Before a signature is checked or made: a flood of guesses costs no more than to open them.
            if not (by_hand or (self._wrong.take() if enrolment is None else self._admitted.take(enrolment.number))):
                return None
            signed = request_signing_input(self._keys.hub_id, request.token, request.public, request.reply)
            Ed25519PublicKey.from_public_bytes(request.public).verify(request.signature, signed)
            return self._answer(request, enrolment, refused)
        except (ContractError, SealedElsewhere, InvalidSignature, ValueError) as problem:
            _log.info("somebody asked to be paired in a way that is not understood: %s", problem)
            return None

    def _answer(self, request: PairRequest, enrolment: Enrolment | None, refused: str) -> Answered:
        answer = PairAnswer(v=CONTRACT_VERSION, probe=fingerprint(request.public), refused=refused)
        revoked = False
        if enrolment is not None:
            try:
                answer, enrolment = self._admit(request, enrolment)
            except KeyRevoked as problem:
                enrolment, revoked = None, True
                refused = _REVOKED_SPENT if problem.spent else _REVOKED
                answer = msgspec.structs.replace(answer, refused=refused, new_key=not problem.spent)
            except TokenSpent:
                enrolment = None
        sealed = self._keys.seal_answer(request.reply, pack(answer), pairing_info(self._keys.hub_id))
        probe = self._registry.probe(answer.probe)
        return Answered(
            data=self._keys.sign(SignedKind.ANSWER, sealed),
            enrolment=enrolment,
            refused=answer.refused,
            known=probe is not None and not probe.revoked,
            revoked=revoked,
        )

    def _admit(self, request: PairRequest, enrolment: Enrolment) -> tuple[PairAnswer, Enrolment]:
        if self._registry.is_revoked(request.public):
            raise KeyRevoked(spent=enrolment.used_by is not None)
        # Costly, so never for strangers, and once for each probe: one that asks again came with the same key.
        compared = enrolment.words or words(self._keys.public, request.public, request.token)
        admitted = self._registry.admit(enrolment, request.public, compared)
        account = None
        if admitted.password is not None:
            account = Account(mailbox=admitted.mailbox, client=admitted.client, password=admitted.password, asks=True)
        done = self._registry.enrolment(enrolment.number) or enrolment
        probe = fingerprint(request.public)
        return PairAnswer(v=CONTRACT_VERSION, probe=probe, account=account, name=done.name, was=done.was), done

    def _looked_up(self, request: PairRequest) -> tuple[Enrolment | None, str]:
        """The enrolment that a request may come by, and what to say where it may not."""
        used = f"this code was used already, by another probe; {_NEW_CODE}"
        enrolment = self._registry.invited(request.token)
        if enrolment is None:
            return None, "the hub does not know this code, or has forgotten it; let it show a new one"
        if enrolment.used_by not in (None, request.public):
            return None, used
        if self.ended(enrolment):
            return None, f"this code has expired; {_NEW_CODE}"
        return enrolment, used

    def _descriptor(self) -> bytes:
        """Who this hub is, signed; made anew when the keys change, and every few seconds."""
        state, now_s = (self._keys.epoch, self._keys.serial), self._steady()
        if self._hello is None or self._hello[0] != state or now_s - self._hello[1] > HELLO_S:
            self._hello = (state, now_s, self._keys.descriptor())
        return self._hello[2]
