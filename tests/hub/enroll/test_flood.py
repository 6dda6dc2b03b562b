"""Whoever reaches the broker may ask as often as they like: the right token is answered all the same."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.data import HubFolder, make_hub
from hub.enroll.desk import MAX_ASK_BYTES, MOST_WAITING, PairingDesk
from hub.enroll.pairing import (
    ADMITTED_PER_S,
    OPENED_PER_S,
    OPENED_WITHIN_S,
    WRONG_PER_MINUTE,
    Answered,
    Pairing,
)
from hub.errors import StoreError
from probe.contract.base import CONTRACT_VERSION
from probe.contract.code import new_token
from probe.contract.envelope import pack
from probe.contract.pairing import MAX_HELLO_BYTES, PairHello
from probe.seal.request import PairingRequest
from probe.seal.sealer import new_key
from probe.seal.verify import verified_descriptor
from tests.paired import pairing_of
from tests.processes import until

HELLO = pack(PairHello(v=CONTRACT_VERSION))


class Steady:
    """A clock that stands still unless it is set."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s

    def after(self, seconds: float, what: Callable[[bytes], Answered | None], said: bytes) -> Answered | None:
        """What comes of it, so much later."""
        self.now_s += seconds
        return what(said)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[HubFolder]:
    with make_hub(tmp_path / "hub") as folder:
        yield folder


def hello(pairing: Pairing) -> bytes | None:
    """The answer to who asks who is there."""
    answered = pairing.answered(HELLO)
    return None if answered is None else answered.data


def asking(folder: HubFolder, token: str) -> bytes:
    """What a probe sends that holds a token."""
    return PairingRequest(new_key(), verified_descriptor(folder.keys.descriptor()), token).message


def test_hellos_and_wrong_tokens_never_keep_the_right_one_from_its_answer(folder: HubFolder) -> None:
    steady = Steady()
    pairing = Pairing(folder.keys, folder.registry, steady=steady)
    wrong = [asking(folder, new_token()) for _ in range(2 * WRONG_PER_MINUTE)]
    for number in range(3):  # minutes
        enrolment, _ = pairing.invite(f"probe {number}", None)
        assert all(hello(pairing) for _ in range(2000))
        told = [steady.after(0.01, pairing.answered, one) for one in wrong]
        assert sum(one is not None and one.refused is not None for one in told) == WRONG_PER_MINUTE
        right = pairing.answered(asking(folder, enrolment.token or ""))
        assert right is not None
        assert right.refused is None
        assert right.enrolment is not None
        steady.now_s += 60


def test_the_cost_is_bounded_and_whoever_comes_after_a_flood_is_heard_at_once(folder: HubFolder) -> None:
    """Beyond the bound nothing is opened, whatever it holds, for a fifth of a second: a probe asks again sooner than
    somebody else can take its place at the broker."""
    steady = Steady()
    pairing = Pairing(folder.keys, folder.registry, steady=steady)
    enrolment, _ = pairing.invite("one", None)
    junk = asking(folder, new_token())
    for _ in range(round(OPENED_PER_S * OPENED_WITHIN_S)):
        pairing.answered(junk)
    right = asking(folder, enrolment.token or "")
    assert pairing.answered(right) is None
    assert hello(pairing), "who asks who is there is answered all the same"
    steady.now_s += OPENED_WITHIN_S
    assert [pairing.answered(right) is not None for _ in range(ADMITTED_PER_S + 1)] == [True] * ADMITTED_PER_S + [False]


def test_what_is_brought_by_hand_is_not_counted(folder: HubFolder) -> None:
    pairing = Pairing(folder.keys, folder.registry, steady=Steady())
    junk = asking(folder, new_token())
    assert all(pairing.answered(junk, by_hand=True) for _ in range(2 * WRONG_PER_MINUTE))


def test_a_hello_is_answered_from_what_was_made_once_and_with_the_newest_keys(folder: HubFolder) -> None:
    steady = Steady()
    pairing = Pairing(folder.keys, folder.registry, steady=steady)
    first = hello(pairing)
    assert first is not None
    assert hello(pairing) is first
    folder.keys.renew_epoch()
    second = hello(pairing)
    assert second is not None
    assert verified_descriptor(second).epoch == folder.keys.epoch
    steady.now_s += 3600
    assert hello(pairing) is not second, "it bears the day"


class Heard:
    """What a desk sends."""

    def __init__(self) -> None:
        self.at: list[str] = []

    def __call__(self, rendezvous: str, _answered: Answered) -> None:
        self.at.append(rendezvous)


def test_hellos_and_requests_wait_apart_and_not_for_ever(folder: HubFolder) -> None:
    heard = Heard()
    desk = PairingDesk(Pairing(folder.keys, folder.registry), heard)
    enrolment, _ = pairing_of(folder).invite("one", None)
    assert sum(desk.take(f"hello {number}", HELLO) for number in range(10 * MOST_WAITING)) == MOST_WAITING
    assert desk.take("request", asking(folder, enrolment.token or ""))
    assert not desk.take("huge", bytes(1 << 20))
    junk = asking(folder, new_token())
    assert sum(desk.take("junk", junk) for _ in range(10 * MOST_WAITING)) == MOST_WAITING - 1
    desk.start()
    until(lambda: len(heard.at) >= 1 + WRONG_PER_MINUTE + MOST_WAITING, "all answers")
    assert heard.at[:2] == ["request", "hello 0"], "by turns: a flood of requests keeps no hello waiting"
    assert [one for one in heard.at if one.startswith("hello")] == [f"hello {n}" for n in range(MOST_WAITING)]
    desk.stop()
    assert not desk.alive


def test_a_request_tells_itself_from_a_hello_by_its_length(folder: HubFolder) -> None:
    assert len(HELLO) <= MAX_HELLO_BYTES < len(asking(folder, "8LETTERS")) <= MAX_ASK_BYTES


class Failing(Pairing):
    """Pairing on a disk that has just filled up, and then with a fault of its own."""

    def answered(self, payload: bytes, *, by_hand: bool = False) -> Answered | None:  # noqa: ARG002 (as it is called)
        if payload == HELLO:
            raise StoreError("the disk is full")
        raise ZeroDivisionError


def test_whoever_cannot_be_answered_ends_nothing(folder: HubFolder) -> None:
    desk = PairingDesk(Failing(folder.keys, folder.registry), Heard())
    desk.start()
    for payload in (HELLO, bytes(MAX_ASK_BYTES), HELLO):
        assert desk.take("x", payload)
    until(lambda: not desk.busy, "nobody to wait")
    assert desk.alive
    desk.stop()
