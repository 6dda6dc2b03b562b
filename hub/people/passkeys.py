"""Passkeys: signing in by a key that a device keeps (WebAuthn), by the package `webauthn`.

A passkey belongs to a host name: browsers make none for an address, nor under `.local`. Challenges are not kept: each
bears our mark and its time; those that were used are remembered until they are over.
"""

import hashlib
import hmac
import ipaddress
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

import webauthn
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from hub.log.people import Passkey, Person
from hub.people.accounts import Accounts, Refusal
from probe.contract.readable import readable

LASTS_S = 300.0
MAX_LABEL = 40
_MAX_USED = 10_000
_WRONG = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys are for: the host's name, and the origin as browsers write it."""

    name: str
    origin: str


def why_none(host: str, *, secure: bool) -> str | None:
    """The name of the sentence that says why no passkeys are offered under a host name; None where they are."""
    try:
        ipaddress.ip_address(host.strip("[]"))
        return "passkey_address"
    except ValueError:
        pass
    if host.rpartition(".")[2].lower() == "local":
        return "passkey_local"
    if "." not in host and host.lower() != "localhost":
        return "passkey_bare"
    return None if secure or host.lower() == "localhost" else "passkey_plain"


class Passkeys:
    """Making passkeys and signing in by them. `now` gives Unix time."""

    def __init__(self, accounts: Accounts, *, now: Callable[[], float] = time.time) -> None:
        self._accounts, self._now = accounts, now
        self._key = secrets.token_bytes(32)
        self._used: dict[bytes, float] = {}

    def offer(self, person: Person, site: Site) -> str:
        """What a browser needs to make a passkey, as JSON."""
        known = [PublicKeyCredentialDescriptor(id=one.id) for one in self._accounts.store.passkeys(person.number)]
        options = webauthn.generate_registration_options(
            rp_id=site.name,
            rp_name="Contrechamp",
            user_name=person.name,
            user_id=hashlib.sha256(f"contrechamp {person.number} {person.made}".encode()).digest(),
            challenge=self._challenge(person.number),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=known,
        )
        return webauthn.options_to_json(options)

    def keep(self, person: Person, site: Site, answer: str, label: str) -> Passkey:
        """Keep the passkey that a browser has made. Raises Refusal, BadInput."""
        challenge = self._said(answer, person.number)
        try:
            made = webauthn.verify_registration_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=site.name,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        except _WRONG:
            raise Refusal("passkey_wrong") from None
        passkey = Passkey(
            id=made.credential_id,
            person=person.number,
            public=made.credential_public_key,
            counter=made.sign_count,
            label=readable(label.strip())[:MAX_LABEL] or "passkey",
            made=self._accounts.today().date(),
        )
        self._accounts.store.add_passkey(passkey)
        self._accounts.store.note(person.name, "passkey_added", passkey.label)
        return passkey

    def ask(self, site: Site) -> str:
        """What a browser needs to sign somebody in, as JSON."""
        options = webauthn.generate_authentication_options(
            rp_id=site.name, challenge=self._challenge(0), user_verification=UserVerificationRequirement.REQUIRED
        )
        return webauthn.options_to_json(options)

    def sign_in(self, site: Site, answer: str) -> Person:
        """The person whose passkey has answered. Raises Refusal."""
        challenge = self._said(answer, 0)
        known, person = self._known(answer)
        if known is None or person is None or person.closed is not None:
            self._accounts.store.note("", "refused_passkey")
            raise Refusal("passkey_unknown")
        try:
            proved = webauthn.verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=site.name,
                expected_origin=site.origin,
                credential_public_key=known.public,
                credential_current_sign_count=known.counter,
                require_user_verification=True,
            )
        except _WRONG:
            self._accounts.store.note(person.name, "refused_passkey")
            raise Refusal("passkey_wrong") from None
        self._accounts.store.used_passkey(known.id, proved.new_sign_count)
        return person

    def _known(self, answer: str) -> tuple[Passkey | None, Person | None]:
        try:
            credential = webauthn.helpers.parse_authentication_credential_json(answer)
        except _WRONG:
            raise Refusal("passkey_wrong") from None
        known = self._accounts.store.passkey(credential.raw_id)
        return known, None if known is None else self._accounts.store.person(known.person)

    def _challenge(self, person: int) -> bytes:
        """A challenge for a person, 0 for whoever signs in: a nonce, until when it holds, and our mark."""
        start = secrets.token_bytes(16) + int(self._now() + LASTS_S).to_bytes(8, "big")
        return start + self._mark(start, person)

    def _said(self, answer: str, person: int) -> bytes:
        """The challenge that an answer is to, if it is ours, holds, and comes the first time. Raises Refusal."""
        try:
            client = json.loads(webauthn.base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"]))
            said = webauthn.base64url_to_bytes(client["challenge"])
        except _WRONG:
            raise Refusal("passkey_wrong") from None
        start, mark = said[:24], said[24:]
        ends_s = int.from_bytes(start[16:], "big")
        if not hmac.compare_digest(mark, self._mark(start, person)) or not self._now() < ends_s:
            raise Refusal("passkey_late")
        self._used = {one: until_s for one, until_s in self._used.items() if until_s > self._now()}
        if start in self._used or len(self._used) >= _MAX_USED:
            raise Refusal("passkey_late")
        self._used[start] = ends_s
        return said

    def _mark(self, start: bytes, person: int) -> bytes:
        return hmac.new(self._key, start + person.to_bytes(8, "big"), hashlib.sha256).digest()
