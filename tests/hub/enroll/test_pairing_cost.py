"""What the words cost a hub: once for each probe that it admits, and nothing for strangers."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from hub.data import make_hub
from probe.contract.code import new_token
from probe.contract.pairing import words
from probe.seal.sealer import new_key, public_of
from tests.hub.enroll.test_low_order import request
from tests.paired import pairing_of


def scrypts(does: Callable[[], object]) -> int:
    """How often scrypt runs meanwhile in this thread."""
    counted = 0

    def look(_frame: object, event: str, what: Any) -> None:
        nonlocal counted
        counted += event == "c_call" and getattr(what, "__name__", "") == "scrypt"

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        does()
    finally:
        sys.setprofile(before)
    return counted


def test_only_a_probe_with_a_right_code_costs_a_scrypt_and_only_once(tmp_path: Path) -> None:
    reply = X25519PrivateKey.generate().public_key().public_bytes_raw()
    with make_hub(tmp_path) as folder:
        pairing, key = pairing_of(folder), new_key()
        _, code = pairing.invite("one", None)
        strange = [request(folder, new_token(), reply, new_key()) for _ in range(5)]
        honest, late = request(folder, code.token, reply, key), request(folder, code.token, reply, new_key())
        assert scrypts(lambda: [pairing.answered(one) for one in (*strange, b"", b"\xff" * 100)]) == 0
        assert scrypts(lambda: pairing.answered(honest)) == 1
        assert scrypts(lambda: [pairing.answered(one) for one in (honest, honest, late, *strange)]) == 0
        assert folder.registry.words_of(public_of(key)) == words(folder.keys.public, public_of(key), code.token)


def test_the_control_counts() -> None:
    assert scrypts(lambda: words(bytes(32), bytes(32), "T")) == 1
