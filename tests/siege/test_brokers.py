"""What floods cost each broker: memory before, at most and after, while an honest probe gets its receipts. Slow."""

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pytest

from hub.data import open_hub
from probe.contract import topics
from probe.seal.identity import Identity
from tests.examples import look
from tests.hub.broker import wire
from tests.hub.broker.garbage import cut, pelt, say
from tests.hub.broker.wire import Wire
from tests.paired import enrolled, made_hub, pairing_of, parcel
from tests.patience import ran
from tests.processes import COMMAND_S, HubProcess, Mosquitto, until

pytestmark = pytest.mark.slow

MIB = 1 << 20
PAIRING = (topics.PAIR_USERS[0], topics.PAIR_PASSWORD)
MOST_MIB = {"embedded": 200, "mosquitto": 100}  # the hub with its broker; mosquitto alone
GIVEN_BACK_MIB = 40  # what may stay: caches, and memory that the allocator keeps


@dataclass(frozen=True)
class Besieged:
    """A broker with a hub behind it, as processes of their own."""

    kind: str
    url: str
    pid: int
    data: Path
    honest: Identity
    thief: tuple[str, str]

    def memory(self, what: str = "VmRSS") -> float:
        """MiB that are resident; `VmHWM` is the most that ever were."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(what):
                return int(line.split()[1]) / 1024
        raise AssertionError(f"process {self.pid} has ended")

    def connections(self) -> int:
        """Open descriptors of the process."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def serves(self) -> None:
        """An honest probe gets its receipts."""
        account = self.honest.account
        assert account is not None
        with Wire(self.url, "127.0.0.9") as one:
            assert one.login(wire.connect(account.mailbox, account.password, account.client))
            assert one.subscribe(topics.down(account.mailbox))
            units = parcel(self.honest, look())

            def receipted() -> bool:  # as a probe does, it sends again: the hub may have been away
                assert one.publish(topics.up(account.mailbox), units)
                return topics.down(account.mailbox) in [topic for topic, _ in one.heard]

            until(receipted, "the receipts")


@pytest.fixture(scope="module", params=["embedded", "mosquitto"])
def besieged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Besieged]:
    data = tmp_path_factory.mktemp("siege") / "hub"
    with open_hub(made_hub(data)) as folder:
        honest, stolen = enrolled(folder), enrolled(folder).account
    assert stolen is not None
    mosquitto = None
    if request.param == "mosquitto":
        mosquitto = Mosquitto(data.parent, hub_data=data)
        mosquitto.start()
    hub = HubProcess(data, broker=mosquitto.url if mosquitto else None)
    hub.start()
    pid = mosquitto.pid if mosquitto else hub.pid
    try:
        yield Besieged(request.param, hub.mqtt_url, pid, data, honest, (stolen.mailbox, stolen.password))
    finally:
        hub.kill()
        if mosquitto:
            mosquitto.kill()


def refused_logins(besieged: Besieged) -> None:
    for _ in range(1000):
        with Wire(besieged.url) as one:
            assert not one.login(wire.connect(besieged.thief[0], "wrong", "x" * 2000))


def retained_messages(besieged: Besieged) -> None:
    for number in range(300):
        with Wire(besieged.url) as one:
            assert one.login(wire.connect(*PAIRING))
            with contextlib.suppress(OSError):
                one.publish(topics.pair_up(f"{number:032x}"), b"x" * (MIB - 100), retain=True)


def one_huge_message(besieged: Besieged) -> None:
    for login in (PAIRING, besieged.thief):
        with Wire(besieged.url) as one, contextlib.suppress(OSError):
            assert one.login(wire.connect(*login))
            one.send(bytes([wire.PUBLISH << 4 | 2]) + wire.length_of(200 * MIB) + wire.text("a") + b"\x00\x01")
            for _ in range(200):
                one.send(b"x" * MIB)


def connections_that_stay(besieged: Besieged) -> None:
    with ExitStack() as stack:
        for number in range(1500):
            with contextlib.suppress(OSError):
                one = stack.enter_context(Wire(besieged.url, f"127.0.0.{2 + number % 4}"))
                if number % 2:
                    one.send(wire.connect(*PAIRING)[:10])
        if besieged.kind == "embedded":  # mosquitto has no bound for those who do not log in, but for all together
            besieged.serves()


def wills(besieged: Besieged) -> None:
    for number in range(1000):
        with Wire(besieged.url) as one:
            one.login(wire.connect(*PAIRING, will=(topics.pair_up(f"{number:032x}"), b"x" * 60_000)))


def sessions_left_behind(besieged: Besieged) -> None:
    for number in range(1000):
        with Wire(besieged.url) as one:
            assert one.login(wire.connect(*PAIRING, f"client {number}", clean=False))
            one.subscribe(topics.pair_down(f"{number:032x}"))


def garbage(besieged: Besieged) -> None:
    for seed in range(10):
        pelt(besieged.url, PAIRING, seed, 200)
        pelt(besieged.url, besieged.thief, 100 + seed, 200)
    for octets in cut(PAIRING):
        say(besieged.url, octets)


@pytest.mark.parametrize(
    "flood",
    [
        refused_logins,
        retained_messages,
        one_huge_message,
        connections_that_stay,
        wills,
        sessions_left_behind,
        garbage,
    ],
    ids=lambda flood: flood.__name__,
)
def test_a_flood_is_bounded_and_given_back(besieged: Besieged, flood: Callable[[Besieged], None]) -> None:
    besieged.serves()
    before, opened = besieged.memory(), besieged.connections()
    flood(besieged)
    most = besieged.memory("VmHWM")
    besieged.serves()
    after, left = besieged.memory(), besieged.connections()
    print(
        f"\n{besieged.kind}, {flood.__name__}: {before:.0f} MiB before, {most:.0f} at most, {after:.0f} after; "
        f"descriptors {opened} before, {left} after"
    )
    assert most < MOST_MIB[besieged.kind]
    assert after - before < GIVEN_BACK_MIB


def test_probes_pair_at_once_and_while_somebody_logs_in_for_them(besieged: Besieged, tmp_path: Path) -> None:
    """An account has one session: whoever is sent away comes again, by another of the accounts for pairing."""
    with open_hub(besieged.data) as folder:
        pairing = pairing_of(folder)
        codes = [pairing.invite(f"probe at once {number}", besieged.url)[1].qr for number in range(5)]
        over = threading.Event()

        def pair(code: str) -> int:
            words = ("pair", code, "--to", besieged.url, "--outbox", tmp_path / f"{codes.index(code)}.db")
            return ran([sys.executable, "-m", "probe", *words], COMMAND_S).returncode

        with ThreadPoolExecutor(4) as threads:
            assert list(threads.map(pair, codes[:4])) == [0, 0, 0, 0]

        def log_in() -> None:
            users = cycle(topics.PAIR_USERS)
            while not over.wait(0.1):
                with Wire(besieged.url) as one:
                    one.login(wire.connect(next(users), topics.PAIR_PASSWORD))

        disturbing = threading.Thread(target=log_in)
        disturbing.start()
        try:
            assert pair(codes[4]) == 0
        finally:
            over.set()
            disturbing.join()
