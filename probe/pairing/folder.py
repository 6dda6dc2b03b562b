"""Pairing by hand: the hub's card lies on a stick, and the probe lays its request beside it.

The hub's answer comes the same way, and is taken in with the receipts when the probe sends to that folder.
"""

from contextlib import suppress
from pathlib import Path

from probe.contract.base import ContractError
from probe.contract.folder import CARD, MAX_PAIRING_FILE_BYTES, answer_name, request_name
from probe.contract.pairing import decode_card, fingerprint, words
from probe.errors import BadInput, UplinkError
from probe.files.durable import write_durably
from probe.seal.identity import Identity, key_for
from probe.seal.request import PairingRequest
from probe.seal.sealer import new_key, public_of
from probe.seal.verify import verified_descriptor


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
    key = key_for(known, fingerprint(descriptor.public)) or new_key()
    request = PairingRequest(key, descriptor, card.token)
    target = folder / request_name(request.probe)
    try:
        write_durably(target, request.message)
    except OSError as problem:
        raise UplinkError(f"{target}: cannot be written ({problem.strerror}); is the card locked or full?") from problem
    if known is not None and same_hub and known.key != key:
        for name in (request_name(known.probe), answer_name(known.probe)):
            with suppress(OSError):  # of a key that is gone: the hub would only refuse it again
                (folder / name).unlink(missing_ok=True)
    return Identity(
        key=key,
        descriptor=card.descriptor,
        words=words(descriptor.public, public_of(key), card.token),
        address=known.address if known is not None and same_hub else None,
        reply_key=request.reply_key,
    )


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_PAIRING_FILE_BYTES)
