"""What travels: frames, envelopes, parcels, receipts, pairing. Whole it comes through; damaged it is refused."""

import gc
import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.contract.base import ContractError
from probe.contract.code import MAX_CODE_BYTES, PairingCode, make_code, new_token, read_text
from probe.contract.envelope import (
    PHOTO_BYTES,
    SEAL_OVERHEAD,
    SIGHTING_BYTES,
    Envelope,
    Picture,
    UnitType,
    Withdrawal,
    decode_envelope,
    encode,
    envelope_signing_input,
    frame,
    pack,
    read_picture,
    read_sighting,
    read_withdrawal,
    signed_bytes,
    unframe,
)
from probe.contract.home import HomePacket, decode_home
from probe.contract.pairing import (
    Account,
    Descriptor,
    PairAnswer,
    PairCard,
    PairHello,
    PairRequest,
    PairSealed,
    SealingKey,
    decode_answer,
    decode_card,
    decode_descriptor,
    decode_pairing,
    decode_request,
    words,
)
from probe.contract.parcel import (
    MAX_PARCEL_BYTES,
    Parcel,
    Receipt,
    Receipts,
    Signed,
    Unit,
    Verdict,
    check_size,
    decode_parcel,
    decode_receipts,
    decode_signed,
)
from probe.contract.words import WORDS
from tests.examples import look, new_id

TOKEN = new_token()
HUB, PROBE, DAY = "a" * 64, "b" * 64, date(2026, 5, 9)
KEY = SealingKey(id="c" * 16, public=b"k" * 32, since=DAY, destroyed=DAY)


def envelope(kind: UnitType = UnitType.SIGHTING, body: bytes = b"", unit_id: str = "d" * 32) -> Envelope:
    return Envelope(v=1, hub=HUB, probe=PROBE, type=kind, id=unit_id, body=body, signature=bytes(64))


EXAMPLES: list[tuple[Any, Callable[[bytes], Any]]] = [
    (envelope(), decode_envelope),
    (Parcel(v=1, units=(Unit(key="c" * 16, data=b"12"),)), decode_parcel),
    (Parcel(v=1, units=(Unit(key="c" * 16, data=b"12"),), newest=b"signed"), decode_parcel),
    (Signed(v=1, hub=HUB, body=b"body", signature=bytes(64)), decode_signed),
    (
        Receipts(
            v=1, hub=HUB, probe=PROBE, day=DAY, epoch="e" * 32, serial=1_780_000_000_000,
            receipts=(Receipt(hash=bytes(32), verdict=Verdict.HELD, reason="why"),),
        ),
        decode_receipts,
    ),
    (Descriptor(v=1, public=bytes(32), serial=1, day=DAY, epoch="e" * 32, keys=(KEY,)), decode_descriptor),
    (PairHello(v=1), decode_pairing),
    (PairSealed(v=1, key="c" * 16, data=b"sealed"), decode_pairing),
    (PairRequest(v=1, token=TOKEN, public=bytes(32), reply=b"r" * 32, signature=bytes(64)), decode_request),
    (
        PairAnswer(v=1, probe=PROBE, account=Account(mailbox="f" * 32, client="f" * 22, password="g" * 32)),
        decode_answer,
    ),
    (PairCard(v=1, descriptor=b"signed", token=TOKEN), decode_card),
    (HomePacket(v=1, hub=HUB, day=DAY, descriptor=b"signed"), decode_home),
]  # fmt: skip


@pytest.mark.parametrize(("part", "decode"), EXAMPLES, ids=lambda value: type(value).__name__)
def test_whole_it_comes_through_and_cut_anywhere_it_is_refused(part: Any, decode: Callable[[bytes], Any]) -> None:
    whole = pack(part)
    assert decode(whole) == part
    for end in range(len(whole)):
        with pytest.raises(ContractError):
            decode(whole[:end])


GOLDEN = Path(__file__).parents[3] / "probe" / "contract" / "golden"


@pytest.mark.parametrize(
    ("name", "decode"),
    [("parcel", decode_parcel), ("receipts", decode_receipts), ("receipts-without-serial", decode_receipts)],
)
def test_a_golden_example_decodes_and_encodes_to_the_same(name: str, decode: Callable[[bytes], Any]) -> None:
    whole = (GOLDEN / f"{name}.msgpack").read_bytes()
    part = decode(whole)
    assert pack(part) == whole
    if isinstance(part, Receipts):
        assert (part.serial is None) == (name == "receipts-without-serial")


@given(data=st.binary(max_size=300))
def test_any_bytes_are_refused_in_a_sentence(data: bytes) -> None:
    for _, decode in EXAMPLES:
        with pytest.raises(ContractError, match="of the contract"):
            decode(data)


@given(at=st.integers(0, 10_000), octet=st.integers(0, 255))
def test_a_flipped_octet_is_refused_or_read_as_something_of_the_contract(at: int, octet: int) -> None:
    for part, decode in EXAMPLES:
        damaged = bytearray(pack(part))
        damaged[at % len(damaged)] = octet
        with suppress(ContractError):
            assert isinstance(decode(bytes(damaged)), type(part) | PairHello | PairSealed)


def test_too_large_a_parcel_is_refused_before_it_is_read() -> None:
    with pytest.raises(ContractError, match="more than"):
        decode_parcel(b" " * (MAX_PARCEL_BYTES + 1))


@pytest.mark.parametrize("size", [0, 1, 8191, 8193, 131_071, 524_289])
def test_a_unit_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(ContractError, match="octets"):
        check_size(Unit(key="c" * 16, data=bytes(size)))


@given(content=st.binary(max_size=9000))
def test_a_frame_holds_any_content_and_tells_nothing_by_its_length(content: bytes) -> None:
    try:
        framed = frame(content, (SIGHTING_BYTES,))
    except ContractError:
        assert len(content) > 8000
        return
    assert len(framed) == SIGHTING_BYTES - SEAL_OVERHEAD
    assert unframe(framed) == content


@given(data=st.binary(max_size=100))
def test_any_frame_is_refused_or_unpacks_to_no_more_than_was_put_in(data: bytes) -> None:
    with suppress(ContractError):
        assert len(unframe(data)) <= len(data) * 1100


def test_a_frame_that_would_blow_up_is_refused() -> None:
    import zlib

    bomb = zlib.compress(bytes(50_000_000), 9)
    with pytest.raises(ContractError, match="more than"):
        unframe(b"\1" + len(bomb).to_bytes(4, "big") + bomb)


def test_pictures_take_the_smallest_of_three_lengths() -> None:
    assert [len(frame(bytes(size), PHOTO_BYTES)) + SEAL_OVERHEAD for size in (1, 131_019, 131_020, 524_235)] == [
        131_072, 131_072, 262_144, 524_288,
    ]  # fmt: skip
    with pytest.raises(ContractError, match="do not fit"):
        frame(bytes(524_236), PHOTO_BYTES)


def test_no_field_can_lend_octets_to_the_next() -> None:
    assert signed_bytes("c", b"ab", b"c") != signed_bytes("c", b"a", b"bc")


@given(st.tuples(*[st.text(st.sampled_from("0123456789abcdef"), max_size=64)] * 3), st.binary(max_size=99))
def test_a_signature_covers_each_field_behind_its_length(names: tuple[str, str, str], body: bytes) -> None:
    hub, probe, unit_id = names
    for kind in UnitType:
        fields = (hub.encode(), probe.encode(), kind.value.encode(), unit_id.encode(), hashlib.sha256(body).digest())
        said = envelope_signing_input(hub=hub, probe=probe, type=kind, id=unit_id, body=body)
        assert said == signed_bytes("contrechamp unit 1", *fields)


def test_the_garbage_collector_has_nothing_to_do_with_what_came() -> None:
    for part in (look(), look().observer, envelope()):
        assert not gc.is_tracked(part), f"{type(part).__name__}: each of a hub's collections goes through all of them"


def test_the_body_must_bear_the_envelopes_id() -> None:
    sighting = look()
    with pytest.raises(ContractError, match="id"):
        read_sighting(envelope(body=encode(sighting), unit_id=new_id()))
    for picture in (Picture(v=1, id=new_id(), jpeg=b"\xff\xd8"), Picture(v=1, id="d" * 32, jpeg=b"GIF")):
        with pytest.raises(ContractError, match="JPEG"):
            read_picture(envelope(UnitType.PHOTO, pack(picture)))
    with pytest.raises(ContractError, match="id"):
        read_withdrawal(envelope(UnitType.WITHDRAWAL, encode(Withdrawal(v=1, id=new_id(), sightings=(new_id(),)))))


def test_a_code_comes_through_scanned_and_typed() -> None:
    code = make_code(HUB, new_token(), "mqtts://hub.example:8883")
    assert read_text(code.qr) == code
    assert len(code.qr.encode()) <= MAX_CODE_BYTES
    typed = read_text(code.typed.lower().replace("-", " "))
    assert (typed.hub, typed.token, typed.address) == (code.hub[:20], code.token, None)
    assert typed.names(HUB)
    assert not typed.names("9" + HUB[1:])
    assert len(typed.hub) * 5 == 100, "bits of the fingerprint"


def test_one_wrong_letter_in_a_typed_code_is_noticed() -> None:
    typed = make_code(HUB, new_token(), None).typed
    missed = 0
    for at, letter in enumerate(typed):
        if letter == "-":
            continue
        for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZ":
            if other == letter:
                continue
            try:
                read_text(typed[:at] + other + typed[at + 1 :])
                missed += 1
            except ContractError as problem:
                assert "letter" in str(problem)
    assert missed <= 8, "one in 1024 of a thousand"


@given(text=st.text(max_size=220))
def test_any_text_is_no_code(text: str) -> None:
    for said in (text, "CONTRECHAMP:1:" + text):
        with pytest.raises(ContractError):
            read_text(said)


def test_letters_that_look_alike_are_taken_for_each_other() -> None:
    code = PairingCode(hub="01" * 10, token="01" * 5)
    assert read_text(code.typed.replace("0", "O").replace("1", "l")).hub == code.hub


def test_too_long_an_address_is_refused() -> None:
    with pytest.raises(ContractError, match="too long"):
        make_code(HUB, new_token(), "mqtts://" + "x" * 150)


def test_the_words_are_256_and_differ_by_more_than_a_letter() -> None:
    assert len(set(WORDS)) == 256
    assert all(word.isascii() and word.islower() and 4 <= len(word) <= 9 for word in WORDS)
    for one in WORDS:
        for other in WORDS:
            if one < other and len(one) == len(other):
                assert sum(a != b for a, b in zip(one, other, strict=True)) > 1, (one, other)


def test_both_sides_show_the_same_words_only_for_the_same_keys() -> None:
    told = words(bytes(32), bytes(32), "T")
    assert told == words(bytes(32), bytes(32), "T")
    assert len(told.split()) == 6
    assert (
        len(
            {told, words(b"1" * 32, bytes(32), "T"), words(bytes(32), b"1" * 32, "T"), words(bytes(32), bytes(32), "U")}
        )
        == 4
    )


def test_the_words_cover_48_bits_and_each_guess_costs() -> None:
    assert len({words(bytes(32), bytes(32), token) for token in "ABCDEFGH"}) == 8
    told = words(bytes(32), bytes(32), "T")
    covered = signed_bytes("contrechamp words 2", bytes(32), bytes(32))
    octets = hashlib.scrypt(covered, salt=b"T", n=1 << 15, r=8, p=1, maxmem=1 << 26, dklen=6)
    assert told == " ".join(WORDS[octet] for octet in octets), "as docs/contract.md says, for other makers' probes"
