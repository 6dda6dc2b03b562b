"""Opens a unit and checks who made it: seal, frame, envelope, signature. Anything else is refused with a reason."""

from msgspec import Struct
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey  # libsodium checks Ed25519 in half the time of OpenSSL

from hub.keys import HubKeys, KeyNotHere, SealedElsewhere
from hub.log.events import RefusalKind
from hub.log.probes import Probe
from hub.store.registry import Registry
from probe.contract.base import ContractError
from probe.contract.envelope import Envelope, decode_envelope, envelope_signing_input, seal_info, unframe
from probe.contract.parcel import Unit, check_size


class Refused(Exception):
    """A unit that is not taken in."""

    def __init__(self, kind: RefusalKind, reason: str) -> None:
        super().__init__(reason)
        self.kind, self.reason = kind, reason


class Sender(Struct, frozen=True):
    """A probe and the key that its signatures are checked by."""

    probe: Probe
    key: VerifyKey


class Unsealer:
    """Opens what was sealed for this hub."""

    def __init__(self, keys: HubKeys, registry: Registry) -> None:
        self._keys = keys
        self._registry = registry
        self._info = seal_info(keys.hub_id)
        self._senders: dict[str, Sender] = {}
        self._mailboxes: dict[str, str] = {}
        self._version = -1

    def reload_probes(self) -> bool:
        """Read the probes again where the operator has enrolled or revoked one since; whether that was so."""
        version = self._registry.version
        if version == self._version:
            return False
        probes = self._registry.probes()
        self._senders = {p.id: Sender(p, VerifyKey(p.public)) for p in probes}
        self._mailboxes = {probe.mailbox: probe.id for probe in probes}
        self._version = version
        return True

    @property
    def revoked(self) -> dict[str, Probe]:
        """The revoked probes, by id, as they were read last."""
        return {name: sender.probe for name, sender in self._senders.items() if sender.probe.revoked}

    def probe_at(self, mailbox: str | None) -> str | None:
        """The id of the probe with a mailbox."""
        return None if mailbox is None else self._mailboxes.get(mailbox)

    def open(self, unit: Unit) -> tuple[Envelope, Probe]:
        """The envelope in a unit, and the enrolled probe that signed it. Raises Refused."""
        try:
            check_size(unit)
        except ContractError as problem:
            raise Refused(RefusalKind.OVERSIZED, str(problem)) from problem
        try:
            content = unframe(self._keys.open(unit.key, unit.data, self._info))
            envelope = decode_envelope(content)
        except KeyNotHere as problem:
            raise Refused(RefusalKind.STALE, str(problem)) from problem
        except SealedElsewhere as problem:
            raise Refused(RefusalKind.FORGED, str(problem)) from problem
        except ContractError as problem:
            raise Refused(RefusalKind.NOT_CONTRACT, str(problem)) from problem
        return envelope, self._sender(envelope)

    def _sender(self, envelope: Envelope) -> Probe:
        if envelope.hub != self._keys.hub_id:
            raise Refused(RefusalKind.FORGED, "signed for another hub")
        sender = self._senders.get(envelope.probe)
        if sender is None:
            raise Refused(RefusalKind.UNKNOWN, "from a probe that is not enrolled here")
        signed = envelope_signing_input(
            hub=envelope.hub, probe=envelope.probe, type=envelope.type, id=envelope.id, body=envelope.body
        )
        try:
            sender.key.verify(signed, envelope.signature)
        except BadSignatureError as problem:
            raise Refused(RefusalKind.FORGED, "the signature is not the probe's") from problem
        return sender.probe
