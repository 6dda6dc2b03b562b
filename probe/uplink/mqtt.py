"""Over MQTT, by paho-mqtt. A broker's PUBACK is not a receipt: only the hub's own receipt settles a unit.

The delivery survives a broker or a hub that dies and comes back: it reconnects by itself, and what has no receipt a
while after the broker took it is sent again, later each time. The hub tells doubles by their hash. Sightings go first,
in parcels that grow while the link bears it; pictures after them, one at a time.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from probe.contract import topics
from probe.contract.address import BrokerAddress
from probe.contract.base import CONTRACT_VERSION, ContractError
from probe.contract.envelope import SIGHTING_BYTES, pack
from probe.contract.pairing import Account
from probe.contract.parcel import Parcel, Unit
from probe.errors import UplinkError
from probe.home.store import HomeStore
from probe.outbox.identity import Outdated
from probe.outbox.outbox import Outbox, Standing
from probe.seal.identity import Identity
from probe.uplink.connection import Change, Connection, Event, Message, Sent
from probe.uplink.fetch import Fetching
from probe.uplink.uplink import OLDER, Delivery, checked_receipts, home_of, take_home_packet

PARCELS_IN_FLIGHT = 4
SMALLEST_PARCEL, LARGEST_PARCEL = 4, 32
QUICK_S, SLOW_S = 2.0, 8.0  # a parcel that the broker has by then: the next is larger; later than that: smaller
REPORT_S = 0.2
RESEND_S, LONGEST_RESEND_S = 15.0, 120.0
DEFAULT_PATIENCE_S = 60.0


@dataclass(slots=True)
class _Flight:
    """A parcel under way: its units' numbers by hash, when it was given to the link, and how long it is waited for."""

    numbers: dict[bytes, int]
    picture: bool
    given_s: float
    until_s: float = float("inf")


@dataclass(slots=True)
class _DeliveryState:
    """A delivery under way."""

    outbox: Outbox
    identity: Identity
    account: Account
    home: HomeStore
    flights: dict[int, _Flight] = field(default_factory=dict)  # by the message's number
    after: int = 0
    size: int = SMALLEST_PARCEL
    tries: int = 0
    next_s: float = 0.0
    answered_s: float = 0.0
    reported_s: float = 0.0
    window: int = 1  # parcels that may be under way
    answer_s: float = 0.0  # how long a receipt takes, smoothed
    reminded: bool = False
    offers: int = 0

    def receipts_came(self, took_s: float) -> None:
        """A parcel has its receipts. Where many come home at once, the hub is slow to answer: then less is under way,
        and more time goes by before anything is sent twice."""
        self.answer_s += (took_s - self.answer_s) / 4
        self.window = min(PARCELS_IN_FLIGHT, self.window + 1) if took_s < QUICK_S else max(1, self.window - 1)

    def broker_took(self, took_s: float) -> None:
        """The broker has a parcel."""
        if took_s < QUICK_S:
            self.size = min(LARGEST_PARCEL, self.size * 2)
        elif took_s > SLOW_S:
            self.size = max(SMALLEST_PARCEL, self.size // 2)

    def remind_hub(self) -> None:
        """Its answers are older than what it has said before: all is sent again, once, with the newest of that."""
        if not self.reminded:
            self.reminded = True
            self.start_again()

    def start_again(self) -> None:
        self.flights.clear()
        self.after = 0

    def look_for_offers(self) -> None:
        """Where the hub came back from a backup, what had its receipt waits again, before what was sent last."""
        if self.outbox.offers != self.offers:
            self.offers = self.outbox.offers
            self.start_again()

    @property
    def under_way(self) -> set[int]:
        return {number for flight in self.flights.values() for number in flight.numbers.values()}


class MqttUplink:
    """An `Uplink` to a hub behind any MQTT 3.1.1 broker. `bytes_per_s` caps what is sent."""

    def __init__(
        self,
        address: BrokerAddress,
        *,
        patience_s: float = DEFAULT_PATIENCE_S,
        bytes_per_s: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.address = address
        self.patience_s = patience_s
        self._bytes_per_s = bytes_per_s
        self._clock = clock

    def deliver(self, outbox: Outbox, progress: Callable[[Standing], None]) -> Delivery:
        """Send all that waits and come back when every unit has its receipt, and what the hub gives along is here.

        That is waited for only as long as it comes: what is left of it comes the next time.

        Raises UplinkError after `patience_s` seconds in which nothing was heard from the hub's side; NotPaired.
        """
        identity = outbox.paired()
        if identity.account is None:
            raise UplinkError(
                "the hub has not answered this probe's pairing yet: carry the stick to the hub, then `send` to it again"
            )
        before, home = outbox.standing(), home_of(outbox)
        sending = _DeliveryState(
            outbox, identity, identity.account, home, answered_s=self._clock(), offers=outbox.offers
        )
        with self._connection(sending.account, identity.hub_id) as connection:
            self._run(connection, sending, progress)
            fetched = Fetching(connection, sending.account.mailbox, outbox, home, clock=self._clock).run()
            if fetched.waits:
                self._run(connection, sending, progress, connected=fetched.connected)
        after = outbox.standing()
        progress(after)
        return Delivery(handed_over=after.receipted - before.receipted, standing=after)

    def visit(self, outbox: Outbox) -> bool:
        """Fetch what the hub gives along where nothing is to be sent, as after pairing; whether all of it is here.

        A hub that would not understand is not asked.
        """
        identity, home = outbox.paired(), home_of(outbox)
        account = identity.account
        if account is None or not (account.asks or home.offered):
            return False
        with self._connection(account, identity.hub_id) as connection:
            Fetching(connection, account.mailbox, outbox, home, anew=True, connected=False, clock=self._clock).run()
        return home.offered and not home.missing(1)

    def _connection(self, account: Account, hub: str) -> Connection:
        return Connection(
            self.address,
            users=[account.mailbox],
            password=account.password,
            client=account.client,
            topics=[topics.down(account.mailbox), topics.home(account.mailbox)],
            is_ours=lambda other: other == hub,
            # What has no receipt is sent again from the outbox: paho's own queue would only send it twice.
            queued=PARCELS_IN_FLIGHT * 2,
        )

    def _run(
        self,
        connection: Connection,
        sending: _DeliveryState,
        progress: Callable[[Standing], None],
        *,
        connected: bool = False,
    ) -> None:
        while sending.outbox.any_waiting():
            if connected:
                self._send_parcels(connection, sending)
            event = connection.next(0.5)
            if isinstance(event, Change):
                connected = event is Change.UP
                sending.start_again()
            elif event is not None:
                self._handle(event, sending, progress)
            now_s = self._clock()
            if any(now_s > flight.until_s for flight in sending.flights.values()):
                sending.start_again()
                sending.tries += 1
                sending.size, sending.window = SMALLEST_PARCEL, 1
            if now_s - sending.answered_s > self.patience_s:
                raise UplinkError(self._what_is_wrong(connection, connected, sending.outbox))

    def _handle(self, event: Event, sending: _DeliveryState, progress: Callable[[Standing], None]) -> None:
        now_s = self._clock()
        if isinstance(event, Sent):
            flight = sending.flights.get(event.number)
            if flight is not None:
                if not sending.tries:
                    sending.answered_s = now_s  # a slow link is no silence, as long as nothing had to be sent twice
                patience_s = max(RESEND_S, 4 * sending.answer_s) * 2**sending.tries * random.uniform(0.8, 1.2)
                flight.until_s = now_s + min(LONGEST_RESEND_S, patience_s)
                sending.broker_took(now_s - flight.given_s)
        elif isinstance(event, Message):
            try:
                if event.topic == topics.home(sending.account.mailbox):
                    take_home_packet(sending.outbox, event.payload, sending.home)
                    sending.look_for_offers()
                    return
                receipts = checked_receipts(sending.identity, sending.outbox, event.payload)
                settled = sending.outbox.settle(receipts, event.payload)
            except Outdated:
                sending.remind_hub()
                return
            except ContractError:
                return  # not from our hub; the units stay and are sent again
            self._close_flights(sending, {receipt.hash for receipt in receipts.receipts})
            sending.look_for_offers()
            if settled:
                sending.answered_s, sending.tries = now_s, 0
            if settled and now_s - sending.reported_s > REPORT_S:
                sending.reported_s = now_s
                progress(sending.outbox.standing())

    def _close_flights(self, sending: _DeliveryState, hashes: set[bytes]) -> None:
        for number, flight in list(sending.flights.items()):
            for digest in hashes & flight.numbers.keys():
                del flight.numbers[digest]
            if not flight.numbers:
                sending.receipts_came(self._clock() - flight.given_s)
                del sending.flights[number]

    def _send_parcels(self, connection: Connection, sending: _DeliveryState) -> None:
        while len(sending.flights) < sending.window and self._clock() >= sending.next_s:
            parcel = self._next_parcel(sending)
            if parcel is None:
                return
            now_s = self._clock()
            units = tuple(unit for _, unit in parcel)
            payload = pack(Parcel(v=CONTRACT_VERSION, units=units, newest=sending.outbox.newest_in_doubt()))
            numbers = {unit.hash: number for number, unit in parcel}
            message = connection.publish(topics.up(sending.account.mailbox), payload)
            picture = len(parcel[0][1].data) > SIGHTING_BYTES
            sending.flights[message] = _Flight(numbers=numbers, picture=picture, given_s=now_s)
            if self._bytes_per_s is not None:
                sending.next_s = max(sending.next_s, now_s) + len(payload) / self._bytes_per_s

    def _next_parcel(self, sending: _DeliveryState) -> list[tuple[int, Unit]] | None:
        """The next units to send, with their numbers: sightings, or one picture when no sighting is left to send."""
        under_way = sending.under_way
        while units := sending.outbox.waiting(after=sending.after, limit=sending.size):
            sending.after = units[-1][0]
            fresh = [(number, unit) for number, unit in units if number not in under_way]
            if fresh:
                return fresh
        if any(flight.picture for flight in sending.flights.values()):
            return None
        pictures = sending.outbox.waiting(limit=1, pictures=True)
        return pictures or None

    def _what_is_wrong(self, connection: Connection, connected: bool, outbox: Outbox) -> str:
        if connection.trouble is not None:
            return connection.trouble
        if connected and outbox.in_doubt:
            return OLDER
        if connected:
            return f"the broker at {self.address} answers but no hub sent a receipt for {self.patience_s:.0f} s"
        return f"no broker answers at {self.address}"
