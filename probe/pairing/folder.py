"""Pairing by hand: the hub's card lies on a stick, the probe lays its request there, the answer comes the same way."""

from pathlib import Path

import msgspec

from probe.contract.base import ContractError
from probe.contract.pairing import decode_card, words
from probe.errors import BadInput, UplinkError
from probe.seal.identity import Identity
from probe.seal.request import PairingAsk, open_answer
from probe.seal.sealer import new_key, public_of
from probe.seal.verify import verified_descriptor

CARD = "hub.card"
REQUEST_SUFFIX = ".request"
ANSWER_SUFFIX = ".answer"
MAX_BYTES = 64 * 1024


def pair_by_folder(folder: Path, *, known: Identity | None = None) -> Identity:
    """An identity from the card in a folder; the request is laid beside it. Raises BadInput, UplinkError."""
    path = folder / CARD
    try:
        card = decode_card(_read(path))
        descriptor = verified_descriptor(card.descriptor)
    except OSError as problem:
        raise BadInput(
            f"{path}: cannot be read ({problem.strerror}); let `contrechamp-hub enroll NAME --to folder:DIR` write it"
        ) from problem
    except ContractError as problem:
        raise BadInput(f"{path}: damaged ({problem}); let the hub write it again") from problem
    same_hub = known is not None and known.hub.public == descriptor.public
    key = known.key if known is not None and same_hub else new_key()
    ask = PairingAsk(key, descriptor, card.token)
    request = folder / f"{ask.probe[:16]}{REQUEST_SUFFIX}"
    try:
        request.write_bytes(ask.message)
    except OSError as problem:
        raise UplinkError(
            f"{request}: cannot be written ({problem.strerror}); is the card locked or full?"
        ) from problem
    return Identity(
        key=key,
        descriptor=card.descriptor,
        words=words(descriptor.public, public_of(key), card.token),
        address=known.address if known is not None and same_hub else None,
        reply_key=ask.reply_key,
    )


def take_answer(folder: Path, identity: Identity) -> Identity | None:
    """The identity with the account that the hub gave, where its answer lies in the folder. Raises BadInput."""
    if identity.account is not None or identity.reply_key is None:
        return None
    path = folder / f"{identity.probe[:16]}{ANSWER_SUFFIX}"
    if not path.is_file():
        return None
    try:
        answer = open_answer(identity.hub.public, identity.reply_key, identity.probe, _read(path))
    except (OSError, ContractError):
        return None  # damaged, or to an earlier request: there will be another
    if answer.account is None:
        raise BadInput(f"{path}: {answer.refused or 'the hub has no account for this probe'}")
    return msgspec.structs.replace(identity, account=answer.account, reply_key=None)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES)
