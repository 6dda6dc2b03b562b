"""The probe's side of pairing over MQTT: ask who is there, check that it is the code's hub, ask to be taken."""

import secrets
import time
from collections.abc import Callable

from probe.contract import topics
from probe.contract.address import BrokerAddress
from probe.contract.base import CONTRACT_VERSION, ContractError
from probe.contract.code import PairingCode
from probe.contract.envelope import pack
from probe.contract.pairing import Descriptor, PairAnswer, PairHello, fingerprint, words
from probe.errors import BadInput, UplinkError
from probe.seal.identity import Identity, key_for
from probe.seal.request import PairingRequest
from probe.seal.sealer import new_key, public_of
from probe.seal.verify import verified_descriptor
from probe.uplink.choose import broker_of
from probe.uplink.connection import Change, Connection, Message
from probe.uplink.find import brokers, our_brokers

# A hub under a flood does not hear everybody, and a broker may give the place to the next one within a second.
ASK_AGAIN_S = 0.25
LOOK_S = 0.05
PATIENCE_S = 30.0


Answers = Callable[[PairAnswer], None]


def pair_by_code(
    code: PairingCode, *, to: str | None, known: Identity | None, patience_s: float, on_answer: Answers | None = None
) -> Identity:
    """Pair with the hub of a code: where `to` says, else where the code says, else where it is in this network.

    Raises BadInput, UplinkError as `pair_over_mqtt` does, and UplinkError where the hub is nowhere.
    """
    if to is not None:
        return pair_over_mqtt(code, broker_of(to), known=known, patience_s=patience_s, on_answer=on_answer)
    if code.address is not None:
        address = broker_of(code.address, "the code")
        return pair_over_mqtt(code, address, known=known, patience_s=patience_s, on_answer=on_answer)
    for address in our_brokers(code.names, brokers()):
        return pair_over_mqtt(code, address, known=known, patience_s=patience_s, on_answer=on_answer)
    raise UplinkError(
        "the code does not say where the hub is, and no hub near here has it: give --to mqtts://HOST:PORT"
    )


def pair_over_mqtt(
    code: PairingCode,
    address: BrokerAddress,
    *,
    known: Identity | None = None,
    patience_s: float = PATIENCE_S,
    on_answer: Answers | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Identity:
    """Pair with the hub of a code. A probe that was paired with this hub before keeps its key, unless the hub has
    revoked it: then it makes a new one, and comes by the same code.

    `on_answer` hears the hub's answer, which also says what its people call the probe: that is not kept on the device.
    Raises BadInput where the hub says no or is another one, UplinkError where nobody answers.
    """
    rendezvous = secrets.token_hex(16)
    connection = Connection(
        address,
        users=topics.PAIR_USERS,
        password=topics.PAIR_PASSWORD,
        client=secrets.token_hex(11),
        topics=[topics.pair_down(rendezvous)],
        is_ours=code.names,
        queued=4,
    )
    dialogue = _Dialogue(code, address, known, on_answer)
    until_s, again_s, up = clock() + patience_s, 0.0, False
    with connection:
        while clock() < until_s:
            event = connection.next(LOOK_S)
            if isinstance(event, Change):
                up, again_s = event is Change.UP, 0.0
            elif isinstance(event, Message) and (identity := dialogue.take(event.payload)) is not None:
                return identity
            if (up and clock() > again_s) or dialogue.changed:
                connection.publish(topics.pair_up(rendezvous), dialogue.message)
                again_s, dialogue.changed = clock() + ASK_AGAIN_S, False
    raise UplinkError(
        (connection.trouble or dialogue.trouble or f"nobody answers at {address}")
        + ": is the hub running, and is this probe in its network? Let it show a new code and try again"
    )


class _Dialogue:
    """What to send next, and what the hub has answered so far: its descriptor first, then an account."""

    def __init__(
        self, code: PairingCode, address: BrokerAddress, known: Identity | None, on_answer: Answers | None
    ) -> None:
        self._code, self._address, self._known, self._on_answer = code, address, known, on_answer
        self._descriptor: Descriptor | None = None
        self._signed = b""
        self._request: PairingRequest | None = None
        self._key = b""
        self._renewed = False
        self.message = pack(PairHello(v=CONTRACT_VERSION))
        self.changed = False
        self.trouble: str | None = None

    def take(self, payload: bytes) -> Identity | None:
        """The identity, once the hub has given an account."""
        try:
            if self._request is None:
                self._take_descriptor(payload)
                return None
            answer = self._request.answer(payload)
        except ContractError as problem:
            if self._descriptor is not None and _says_who(payload, self._descriptor):
                return None  # to a hello that was repeated
            self.trouble = f"what answers at {self._address} is not understood ({problem})"
            return None
        if answer.new_key and not self._renewed:
            self._renewed = True
            self._ask(new_key())
            return None
        if answer.account is None:
            raise BadInput(answer.refused or "the hub has no account for this probe; ask its operator")
        if self._on_answer is not None:
            self._on_answer(answer)
        assert self._descriptor is not None  # noqa: S101 (the request was made from it)
        return Identity(
            key=self._key,
            descriptor=self._signed,
            words=words(self._descriptor.public, public_of(self._key), self._code.token),
            address=str(self._address),
            account=answer.account,
        )

    def _take_descriptor(self, payload: bytes) -> None:
        descriptor = verified_descriptor(payload)
        hub = fingerprint(descriptor.public)
        if not self._code.names(hub):
            raise BadInput(f"the hub at {self._address} is not the code's, so it was told nothing; check the address")
        self._descriptor, self._signed = descriptor, payload
        self._ask(key_for(self._known, hub) or new_key())

    def _ask(self, key: bytes) -> None:
        assert self._descriptor is not None  # noqa: S101 (whom to ask is known)
        self._key, self._request = key, PairingRequest(key, self._descriptor, self._code.token)
        self.message, self.changed = self._request.message, True


def _says_who(payload: bytes, known: Descriptor) -> bool:
    """Whether a hub that is known says once more who it is."""
    try:
        verified_descriptor(payload, known.public)
    except ContractError:
        return False
    return True
