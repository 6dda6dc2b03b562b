"""What strangers and thieves can cost the embedded broker: connections, octets, subscriptions and time are bounded."""

import asyncio
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from hub.broker import guard, outlet
from hub.broker.embedded import EmbeddedBroker
from hub.broker.guard import Guard, Standing
from hub.broker.plugin import Exchange
from hub.broker.rights import Login, Rights
from hub.data import HubFolder, make_hub
from probe.contract import topics
from probe.contract.pairing import Account
from tests.hub.broker import wire
from tests.hub.broker.wire import Wire
from tests.paired import enrolled
from tests.processes import until

MIB = 1 << 20
PAIRING = wire.connect(topics.PAIR_USERS[0], topics.PAIR_PASSWORD, "somebody")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubFolder]:
    with make_hub(tmp_path_factory.mktemp("guard") / "hub") as opened:
        yield opened


@pytest.fixture(scope="module")
def accounts(folder: HubFolder) -> list[Account]:
    made = [enrolled(folder).account for _ in range(24)]
    return [account for account in made if account is not None]


@pytest.fixture
def broker(folder: HubFolder) -> Iterator[EmbeddedBroker]:
    running = EmbeddedBroker("127.0.0.1", 0, folder.registry)
    running.start()
    yield running
    running.stop()


def hello(account: Account) -> bytes:
    return wire.connect(account.mailbox, account.password, account.client)


@contextmanager
def inside(broker: EmbeddedBroker, octets: bytes) -> Iterator[Wire]:
    with Wire(str(broker.own_address)) as one:
        assert one.login(octets)
        yield one


@contextmanager
def hub_of(broker: EmbeddedBroker) -> Iterator[Wire]:
    with inside(broker, wire.connect(broker.login.user, broker.login.password)) as hub:
        assert hub.subscribe(topics.EVERYTHING)
        yield hub


def standing(broker: EmbeddedBroker) -> Standing:
    now = broker.standing
    assert now is not None
    return now


def serves(broker: EmbeddedBroker, account: Account) -> None:
    """An honest probe comes in, is heard and hears."""
    with hub_of(broker) as hub, inside(broker, hello(account)) as one:
        assert one.subscribe(topics.down(account.mailbox))
        assert one.publish(topics.up(account.mailbox), b"parcel")
        assert hub.hears(topics.up(account.mailbox), b"parcel")
        assert hub.publish(topics.down(account.mailbox), b"receipts")
        assert one.hears(topics.down(account.mailbox), b"receipts")


def test_refused_logins_leave_nothing(broker: EmbeddedBroker, accounts: list[Account]) -> None:
    for number in range(200):
        with Wire(str(broker.own_address)) as one:
            assert not one.login(wire.connect(accounts[number % 2].mailbox, "wrong", "x" * 1000))
    until(lambda: standing(broker) == Standing(newcomers=0, sessions=0, octets=0), "nothing left")
    serves(broker, accounts[0])


def test_logins_that_come_and_go_leave_nothing(broker: EmbeddedBroker, accounts: list[Account]) -> None:
    for account in accounts * 4:
        with inside(broker, hello(account)) as one:
            assert one.subscribe(topics.down(account.mailbox))
    until(lambda: standing(broker) == Standing(newcomers=0, sessions=0, octets=0), "nothing left")
    serves(broker, accounts[0])


def test_who_goes_as_soon_as_it_comes_leaves_nothing(broker: EmbeddedBroker, accounts: list[Account]) -> None:
    for account in accounts * 4:
        with Wire(str(broker.own_address)) as one:
            one.send(hello(account) + wire.subscribe(topics.down(account.mailbox)))
    until(lambda: standing(broker) == Standing(newcomers=0, sessions=0, octets=0), "nothing left")
    serves(broker, accounts[0])


def test_who_has_not_logged_in_gives_way(broker: EmbeddedBroker, accounts: list[Account]) -> None:
    """The oldest from the address with the most: who is alone at an address stays, and who comes next gets in."""
    with ExitStack() as stack:
        alone = stack.enter_context(Wire(str(broker.own_address), "127.0.0.9"))
        for number in range(400):
            try:
                stack.enter_context(Wire(str(broker.own_address), f"127.0.0.{2 + number % 3}"))
            except OSError:  # it gave way before it was there
                continue
        until(lambda: 0 < standing(broker).newcomers <= guard.NEWCOMERS, "those that are let stay")
        assert alone.login(hello(accounts[1]))
        serves(broker, accounts[0])
    until(lambda: standing(broker).newcomers == 0, "all to be gone")


def test_one_address_alone_may_not_take_all_the_room(broker: EmbeddedBroker, accounts: list[Account]) -> None:
    with ExitStack() as stack:
        for _ in range(guard.NEWCOMERS_PER_ADDRESS + 30):
            stack.enter_context(Wire(str(broker.own_address), "127.0.0.2"))
        until(lambda: standing(broker).newcomers == guard.NEWCOMERS_PER_ADDRESS, "the first to give way")
        serves(broker, accounts[0])


@pytest.mark.parametrize(
    "octets",
    [
        bytes([wire.CONNECT << 4]) + wire.length_of(guard.CONNECT_BYTES + 1),
        bytes([wire.CONNECT << 4]) + b"\xff\xff\xff\xff\x01",
        bytes([wire.PUBLISH << 4]) + wire.length_of(10),
        wire.packet(wire.PINGREQ),
        wire.packet(wire.SUBSCRIBE, b"\x00\x01" + wire.text("#") + b"\x00", 2),
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_before_its_login_nobody_says_anything_but_a_connect(broker: EmbeddedBroker, octets: bytes) -> None:
    """Told by the first octets: no body is waited for, or read."""
    with Wire(str(broker.own_address)) as one:
        one.send(octets)
        assert one.next() is None


@pytest.mark.parametrize(
    "octets",
    [
        bytes([wire.PUBLISH << 4 | 2]) + wire.length_of(200 * MIB),
        bytes([wire.PUBLISH << 4 | 2]) + wire.length_of(MIB + 2000),
        bytes([wire.SUBSCRIBE << 4 | 2]) + wire.length_of(MIB),
        bytes([wire.PUBACK << 4]) + wire.length_of(MIB),
        wire.publish("a", qos=2),
        wire.packet(10, b"\x00\x01" + wire.text("a"), 2),  # UNSUBSCRIBE
        wire.packet(15),
        wire.packet(0),
        wire.packet(wire.CONNACK, b"\x00\x00"),
        PAIRING,
    ],
)
def test_what_the_contract_does_not_need_ends_a_connection(
    broker: EmbeddedBroker, accounts: list[Account], octets: bytes
) -> None:
    with inside(broker, hello(accounts[1])) as one, inside(broker, hello(accounts[2])) as other:
        one.send(octets)
        assert one.next() is None
        assert other.ping()


def test_whoever_pairs_says_little_at_a_time(broker: EmbeddedBroker) -> None:
    with inside(broker, PAIRING) as one:
        assert one.publish(topics.pair_up("0" * 32), b"x" * guard.PAIRING_BYTES)
        one.send(bytes([wire.PUBLISH << 4 | 2]) + wire.length_of(MIB))
        assert one.next() is None


def test_an_account_has_one_session_and_the_newest_is_it(broker: EmbeddedBroker, accounts: list[Account]) -> None:
    with inside(broker, hello(accounts[0])) as first, inside(broker, hello(accounts[0])) as second:
        assert first.next() is None
        assert second.ping()
        until(lambda: standing(broker).sessions == 1, "the first to be forgotten")


def test_so_many_may_pair_at_once_and_the_newest_may(broker: EmbeddedBroker) -> None:
    users = (*topics.PAIR_USERS, *topics.PAIR_USERS[:3])
    with ExitStack() as stack:
        hellos = [wire.connect(user, topics.PAIR_PASSWORD) for user in users]
        pairing = [stack.enter_context(inside(broker, one)) for one in hellos]
        assert [one.ping() for one in pairing] == [False] * 3 + [True] * len(topics.PAIR_USERS)
        until(lambda: standing(broker).sessions == len(topics.PAIR_USERS), "the first to be forgotten")


def test_a_session_has_so_many_subscriptions(broker: EmbeddedBroker) -> None:
    with inside(broker, PAIRING) as one:
        for number in range(guard.FILTERS):
            assert one.subscribe(topics.pair_down(f"{number:032x}"))
        assert not one.subscribe(topics.pair_down("f" * 32))
        assert not one.ping()


def test_who_does_not_take_what_it_asked_for_is_cut_off(broker: EmbeddedBroker, accounts: list[Account]) -> None:
    slow, other = accounts[:2]
    with hub_of(broker) as hub, Wire(str(broker.own_address)) as one, inside(broker, hello(other)) as two:
        assert one.login(hello(slow))
        assert one.subscribe(topics.down(slow.mailbox))
        assert two.subscribe(topics.down(other.mailbox))
        most = 2 * outlet.SLOW_BYTES // 65_536
        for _ in range(most):  # never acknowledged by `one`
            assert hub.publish(topics.down(slow.mailbox), b"x" * 65_536)
        until(lambda: standing(broker).sessions == 2, "the slow one to be cut off")
        assert hub.publish(topics.down(other.mailbox), b"receipts")
        assert two.hears(topics.down(other.mailbox), b"receipts")


def test_what_the_hub_has_no_room_for_stays_with_its_senders(broker: EmbeddedBroker, accounts: list[Account]) -> None:
    """24 MiB for a hub that reads nothing; once it does, all of it comes."""
    with ExitStack() as stack:
        hub = stack.enter_context(hub_of(broker))
        senders = [stack.enter_context(inside(broker, hello(account))) for account in accounts]
        parcels = [wire.publish(topics.up(account.mailbox), b"x" * MIB) for account in accounts]
        with ThreadPoolExecutor(len(senders)) as threads:
            sent = [threads.submit(one.send, parcel) for one, parcel in zip(senders, parcels, strict=True)]
            until(lambda: standing(broker).octets > guard.ROOM_BYTES - 2 * MIB, "the room to be full")
            assert standing(broker).octets <= guard.ROOM_BYTES + MIB
            for account in accounts:
                assert hub.hears(topics.up(account.mailbox), b"x" * MIB)
            for each in sent:
                each.result()
        assert [one.next() for one in senders] == [(wire.PUBACK, 0, b"\x00\x01")] * len(senders)
        until(lambda: standing(broker).octets == 0, "all to be acknowledged")


def test_a_hub_that_goes_away_leaves_the_room_to_others(broker: EmbeddedBroker, accounts: list[Account]) -> None:
    with hub_of(broker) as hub, ExitStack() as stack:
        senders = [stack.enter_context(inside(broker, hello(account))) for account in accounts]
        for one, account in zip(senders, accounts, strict=True):
            one.send(wire.publish(topics.up(account.mailbox), b"x" * MIB, qos=1)[: MIB // 2])
        until(lambda: standing(broker).octets >= guard.ROOM_BYTES - MIB, "the room to be full")
        hub.cut()
    until(lambda: standing(broker) == Standing(newcomers=0, sessions=0, octets=0), "nothing left")
    serves(broker, accounts[0])


def test_who_says_nothing_is_hung_up_on(folder: HubFolder) -> None:
    """Before its login soon; afterwards when it is silent for longer than it said it would be."""

    async def silent(port: int, octets: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(octets)
        heard = await reader.read()  # to the end, which the broker makes
        writer.close()
        return heard

    async def run() -> list[bytes]:
        rights = Rights(folder.registry, Login())
        exchange = Exchange(rights)
        await exchange.start()
        guarding = Guard(rights, exchange, connect_s=0.05)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        await guarding.listen("127.0.0.1", port)
        short = wire.connect(topics.PAIR_USERS[0], topics.PAIR_PASSWORD, keep_alive_s=1)
        heard = [await silent(port, octets) for octets in (b"", short[:1], short[:-1], short)]
        await guarding.close()
        await exchange.shutdown()
        return heard

    assert asyncio.run(run()) == [b"", b"", b"", wire.packet(wire.CONNACK, b"\x00\x00")]


def test_it_ends_while_everybody_is_there(folder: HubFolder, accounts: list[Account], tmp_path: Path) -> None:
    running = EmbeddedBroker("127.0.0.1", 0, folder.registry)
    running.start()
    with ExitStack() as stack:
        for account in accounts[:5]:
            stack.enter_context(inside(running, hello(account)))
        for _ in range(5):
            stack.enter_context(Wire(str(running.own_address)))
        running.stop()
        assert not running.alive
