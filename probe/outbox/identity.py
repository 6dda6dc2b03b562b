"""Who the probe is and what its hub has said last, as an outbox keeps it: twice, with sums, so that a card that changes
a bit of it is noticed and loses nothing.

A hub lives in *epochs*: one ends when it is lost and comes back from a backup, which lacks what it has receipted since.
The serials of each epoch lie beyond all those before, so a probe that knows one of each can tell which is the newer. It
keeps the signed words themselves, never a number of its own that a card could change: its hub's descriptor, and the
receipts by which it entered an epoch before the descriptor of that epoch had come.
"""

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from probe.contract.base import ContractError
from probe.contract.parcel import SignedKind, decode_receipts
from probe.errors import NotPaired, OutboxError
from probe.outbox.file import OutboxFile
from probe.outbox.recordings import forget_all
from probe.seal.identity import Identity, from_text, has_sum, to_text
from probe.seal.verify import verified_body, verified_descriptor

_KEPT = ("identity", "identity again")
_ENTERED = "entered by"
ANEW = (
    "what waits in it stays: let its hub show a code by `contrechamp-hub enroll NAME`, and give that to "
    "`contrechamp-probe pair` with this outbox"
)


class Outdated(ContractError):
    """What a hub said before it came back from a backup, or before an even older time: it counts no more."""


class Newest(NamedTuple):
    """The newest that the hub has said to this probe: its epoch, its serial, and the signed word itself."""

    epoch: str
    serial: int
    word: bytes


class IdentityFile(OutboxFile):
    """The part of an outbox that knows probe and hub. `identity` is None where it is not paired.

    `in_doubt` is set while the hub's answers are older than what it has said before: either it came back from a backup
    and does not know how far it had got, or somebody repeats what it said. `repaired` is the sentence about a damage
    that has cost nothing; `offers` counts how often all was offered again. Raises OutboxError where both copies are
    damaged, but `to_pair` anew.
    """

    def __init__(self, path: Path, *, to_pair: bool = False) -> None:
        super().__init__(path)
        self.identity: Identity | None = None
        self.in_doubt = False
        self.offers = 0
        self.repaired: str | None = None
        self._is_damaged = False
        self._texts: tuple[str | None, ...] = ()
        self._newest_known: tuple[Identity, str | None, Newest] | None = None
        try:
            self._reread()
        except OutboxError:
            if not to_pair or not self._is_damaged:
                self.close()
                raise

    def paired(self) -> Identity:
        """This probe and its hub. Raises NotPaired."""
        self._reread()  # another process may have paired this probe anew, or brought newer keys home
        if self.identity is None:
            raise NotPaired(
                f"{self.path}: paired with no hub yet, so there is none to seal for; let `contrechamp-hub enroll NAME` "
                f"show a code and give it to `contrechamp-probe pair CODE --outbox {self.path}`"
            )
        return self.identity

    def take_descriptor(self, descriptor: bytes) -> None:
        """Take over a newer descriptor of the same hub. Raises ContractError where it is another's, Outdated where it
        is of an older epoch."""
        self._reread()
        identity = self.paired()
        newer = verified_descriptor(descriptor, identity.hub.public)
        newest = self._newest(identity)
        if newer.epoch != newest.epoch and newer.serial <= newest.serial:
            self._doubt()
        if newer.epoch == identity.hub.epoch and newer.serial <= identity.hub.serial:
            return
        changed = msgspec.structs.replace(identity, descriptor=descriptor)
        with self._transaction():
            if newer.epoch != newest.epoch:
                self._offer_again()
            self._write_identity(changed)
        self.in_doubt = False

    def newest_in_doubt(self) -> bytes | None:
        """What to remind the hub of: the newest that it has signed, where its answers are older than that."""
        return self._newest(self.paired()).word if self.in_doubt else None

    def _write_identity(self, identity: Identity) -> None:
        """Keep an identity, within a transaction of the caller's."""
        text = to_text(identity)
        for name in _KEPT:
            self._set_meta(name, text)
        self.identity, self._texts = identity, (text,) * len(_KEPT)
        self._is_damaged = False

    def _reread(self) -> None:
        """Read the identity again where another process may have changed it. Raises OutboxError where no copy of it is
        whole; one that is mends the other."""
        texts = self._copies()
        if texts == self._texts:
            return
        there = [text for text in texts if text is not None]
        trouble = ContractError("the probe's identity is not there any more")
        for text in there:
            try:
                self.identity = from_text(text)
            except ContractError as problem:
                trouble = problem
                continue
            self._texts = texts
            if any(other != text for other in texts):
                self._mend(self.identity, damaged=has_sum(text) or len(there) == len(texts))
            return
        if not there and self.identity is None and not self._rows("SELECT 1 FROM unit LIMIT 1"):
            return  # never paired yet
        self._is_damaged = True
        raise self._refused("used as an outbox", trouble, ANEW)

    def _mend(self, identity: Identity, *, damaged: bool) -> None:
        """Write both copies anew; where there was but one, without a sum, an earlier version had kept it."""
        if damaged:
            self.repaired = (
                f"{self.path}: one of two copies of who this probe is was damaged, and was made anew from the other; "
                "its card may be failing"
            )
        if self._db.in_transaction:
            self._write_identity(identity)
        elif not self.read_only:
            with suppress(OutboxError), self._transaction():
                if self._copies() == self._texts:  # else another process has paired this probe anew meanwhile
                    self._write_identity(identity)

    def _copies(self) -> tuple[str | None, ...]:
        """Both copies as they are at one moment: of two moments they differ where another process pairs in between."""
        there = dict(self._rows("SELECT name, value FROM meta WHERE name IN (?, ?)", _KEPT))
        return tuple(there.get(name) for name in _KEPT)

    def _newest(self, identity: Identity) -> Newest:
        """The newest that the hub has said: its descriptor, or the receipts by which its epoch was entered."""
        kept = self._meta(_ENTERED)
        if self._newest_known is None or self._newest_known[:2] != (identity, kept):
            hub = identity.hub
            newest = Newest(hub.epoch, hub.serial, identity.descriptor)
            with suppress(ContractError, ValueError):  # a damaged one: its epoch is entered once more
                word = bytes.fromhex(kept or "")
                receipts = decode_receipts(verified_body(hub.public, SignedKind.RECEIPTS, word))
                if receipts.serial is not None and receipts.serial > newest.serial:
                    newest = Newest(receipts.epoch, receipts.serial, word)
            self._newest_known = identity, kept, newest
        return self._newest_known[2]

    def _enter(self, epoch: str, serial: int | None, word: bytes) -> None:
        """See to the epoch of receipts, within a transaction of the caller's: a newer one is entered, and all is
        offered again to a hub that may lack what it has receipted. Raises Outdated."""
        self._reread()
        newest = self._newest(self.paired())
        if epoch != newest.epoch:
            if serial is None or serial <= newest.serial:
                self._doubt()
            self._set_meta(_ENTERED, word.hex())
            self._offer_again()
        self.in_doubt = False

    def _doubt(self) -> None:
        self.in_doubt = True
        raise Outdated("older than what the hub has said before")

    def _offer_again(self) -> None:
        self.offers += 1
        self._db.execute("UPDATE unit SET verdict = NULL WHERE data IS NOT NULL AND verdict IN ('stored', 'held')")

    def _is_our_hub(self, identity: Identity) -> bool:
        """Whether what waits here can be opened by the hub of an identity."""
        if self.identity is not None:
            return self.identity.hub_id == identity.hub_id
        keys = {row[0] for row in self._rows("SELECT DISTINCT key FROM unit WHERE verdict IS NULL")}
        return keys <= {key.id for key in identity.hub.keys}

    def _take_over(self, identity: Identity) -> None:
        """Be this probe from now on, within a transaction of the caller's."""
        known = self.identity
        if known is not None and known.hub_id == identity.hub_id:
            if self._rows("SELECT 1 FROM unit WHERE data IS NOT NULL LIMIT 1"):
                identity = identity.after(known)
            if known.descriptor != identity.descriptor and self._newest(known).epoch != identity.hub.epoch:
                self._offer_again()
        if known is None or known.key != identity.key:
            forget_all(self._db)  # marks that nobody can make any more
        if known is None or known.descriptor != identity.descriptor:
            # A person has just met this hub: what it says now is the newest, whatever came before.
            self._db.execute("DELETE FROM meta WHERE name = ?", (_ENTERED,))
            self.in_doubt = False
        self._write_identity(identity)
