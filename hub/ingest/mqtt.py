"""Subscribes at a broker, takes parcels in and sends receipts out.

One thread (paho's network loop) only queues what arrives; another commits it in batches and answers. The queue is
bounded in octets: where it is full the network loop waits for it, and the broker holds the rest back; what is dropped
in the end, the probe sends again. Whoever asks to be paired comes in through a turnstile where the broker holds nobody
back, and is answered by a third thread.
"""

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from time import monotonic
from typing import Any

from hub.broker.rights import Login
from hub.enroll.desk import PairingDesk
from hub.enroll.home import WayBack
from hub.enroll.pairing import Answered, Pairing
from hub.errors import StoreError
from hub.ingest.giving import Giving
from hub.ingest.receive import Incoming, UnitIngest
from hub.ingest.turnstile import Turnstile
from hub.keys import HubKeys
from probe.contract import topics
from probe.contract.address import BrokerAddress
from probe.contract.base import ContractError
from probe.contract.home import MAX_WANTED_BYTES, decode_wanted
from probe.contract.parcel import MAX_PARCEL_BYTES

_log = logging.getLogger(__name__)

QUEUE_BYTES = 32 << 20
BATCH_BYTES = 2 << 20
GATHER_S = 0.02
PATIENCE_S = 5.0
LOOK_S = 2.0  # how often the keys are looked after
HOME_AGAIN_S = 60.0  # how soon a probe that sends on is given the newest keys again, which it may have missed
MOST_GIVEN = 10_000
STOP_S = 10.0
MAX_TOLD = 100
MOST_ANSWERS = 32  # to who asks to be paired, on their way to the broker


class MqttIngest:
    """Takes in what arrives at a broker until stopped, through the broker's deaths and returns.

    `stored` is called after each commit, with how many pictures it held.
    """

    def __init__(
        self,
        broker: BrokerAddress,
        login: Login,
        units: UnitIngest,
        pairing: Pairing,
        keys: HubKeys,
        stored: Callable[[int], None],
        way_back: WayBack,
    ) -> None:
        self._units, self._keys, self._way_back = units, keys, way_back
        self._desk = PairingDesk(pairing, self._answer_pairing)
        self._giving = Giving(way_back, units.is_enrolled, self._send_home)
        self._stored = stored
        self._queue: queue.Queue[Incoming | None] = queue.Queue()
        self._budget = _ByteBudget(QUEUE_BYTES)
        self._home_state = "", -1, True
        self._without_offers: set[str] = set()  # mailboxes that got the keys alone, as the hub had just started
        self._given: dict[str, float] = {}  # when which mailbox was given the home packet
        self._told_over: list[tuple[date, str]] = []
        self._answers: deque[Any] = deque()
        self._network_ended = threading.Event()
        self._turnstile = None if login.holds_back else Turnstile(self._hear_asking)
        self._client = self._make_client(broker, login)
        self._committing = threading.Thread(target=self._commit_batches, name="ingest", daemon=True)
        self.listening = threading.Event()

    def start(self) -> None:
        """Begin to listen; `listening` is set once the broker has taken the subscription."""
        self._committing.start()
        self._desk.start()
        self._giving.start()
        if self._turnstile is not None:
            self._turnstile.start()
        self._client.loop_start()

    def stop(self) -> None:
        """Finish what was taken in, then leave."""
        self._budget.close()
        self._desk.stop()
        self._giving.stop()
        if self._turnstile is not None:
            self._turnstile.stop()
        self._queue.put(None)
        if self._committing.is_alive():
            self._committing.join(STOP_S)
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def alive(self) -> bool:
        """Whether its threads still run: a network loop that a fault has ended leaves the hub deaf."""
        turns = self._turnstile is None or self._turnstile.alive
        return self._committing.is_alive() and self._desk.alive and turns and not self._network_ended.is_set()

    def _commit_batches(self) -> None:
        last, looked_s = False, monotonic()
        while not last:
            batch, last = self._next_batch()
            if batch:
                try:
                    self._commit(batch)
                except Exception:  # noqa: BLE001 (whatever it is)
                    # A fault in ours must not make the hub deaf: what has no receipt comes again.
                    _log.exception("a message could not be taken in")
                self._budget.give_back(sum(len(message.payload) for message in batch))
            if monotonic() - looked_s > LOOK_S:
                looked_s = monotonic()
                self._rotate_keys()
                self._give_late()

    def _commit(self, batch: list[Incoming]) -> None:
        try:
            done = self._units.receive(batch)
        except StoreError as problem:
            _log.error("%s", problem)
            return
        self._tell_over(done.over)
        for answer in done.answers:
            self._give_home(answer.mailbox)
            self._client.publish(topics.down(answer.mailbox), answer.signed, qos=1)
        self._stored(done.pictures)

    def _tell_over(self, over: tuple[str, ...]) -> None:
        """Say once a day which probes have reached a limit, and why: they offer the same again every few seconds."""
        today = datetime.now(UTC).date()
        for sentence in over:
            if (today, sentence) not in self._told_over:
                _log.warning("not everything is taken in of %s", sentence)
                self._told_over = [*self._told_over[-MAX_TOLD:], (today, sentence)]

    def _answer_pairing(self, rendezvous: str, answered: Answered) -> None:
        """Surely to who comes, or must make a new key. Everybody else asks again: so no more of these answers are in
        memory than the broker takes."""
        surely = answered.enrolment is not None or answered.revoked
        sent = self._client.publish(topics.pair_down(rendezvous), answered.data, qos=1 if surely else 0)
        if not surely:
            self._answers.append(sent)
            if len(self._answers) > MOST_ANSWERS:
                with suppress(RuntimeError, ValueError):  # no connection: nobody waits for it
                    self._answers.popleft().wait_for_publish(PATIENCE_S)

    def _hear_asking(self, hear: bool) -> None:
        """Hear whoever asks to be paired, or nobody who does. Without a connection neither: a new one hears all."""
        if hear:
            self._client.subscribe(topics.EVERY_ASKING, qos=1)
        else:
            self._client.unsubscribe(topics.EVERY_ASKING)

    def _rotate_keys(self) -> None:
        """Rotate the sealing keys when it is time."""
        try:
            self._keys.rotate()
        except OSError as problem:
            _log.error("the hub's keys cannot be looked after: %s", problem)

    def _give_home(self, mailbox: str) -> None:
        """Give a probe that has come home the newest keys and offers, before its receipts.

        Nothing is retained at the broker for it: a broker that retains for the hub retains for strangers as well.
        """
        ready = self._way_back.ready()
        state = self._keys.epoch, self._keys.serial, ready
        now_s = monotonic()
        if state != self._home_state:
            self._home_state = state
            self._given.clear()
        if now_s - self._given.get(mailbox, float("-inf")) < HOME_AGAIN_S:
            return
        if len(self._given) >= MOST_GIVEN:
            self._given.clear()
        self._given[mailbox] = now_s
        if not ready and len(self._without_offers) < MOST_GIVEN:
            self._without_offers.add(mailbox)
        self._send_home(mailbox, self._way_back.packet())

    def _give_late(self) -> None:
        """Give those the offers who came home before there were any: they may not come again for days."""
        if self._without_offers and self._way_back.ready():
            late, self._without_offers = self._without_offers, set()
            packet = self._way_back.packet()
            for mailbox in sorted(late):
                self._send_home(mailbox, packet)

    def _send_home(self, mailbox: str, packet: bytes) -> Any:
        return self._client.publish(topics.home(mailbox), packet, qos=1)

    def _next_batch(self) -> tuple[list[Incoming], bool]:
        """Messages for one commit, of up to 2 MiB, or none after a while; and whether the end was among them."""
        batch: list[Incoming] = []
        wait_s, size = LOOK_S, 0
        while size < BATCH_BYTES:
            try:
                message = self._queue.get(timeout=wait_s)
            except queue.Empty:
                break
            if message is None:
                return batch, True
            batch.append(message)
            size += len(message.payload)
            wait_s = GATHER_S
        return batch, False

    def _make_client(self, broker: BrokerAddress, login: Login) -> Any:
        import paho.mqtt.client as paho
        from paho.mqtt.enums import CallbackAPIVersion

        ended = self._network_ended

        class Client(paho.Client):
            """paho tells nobody when its thread dies of an exception."""

            def loop_forever(self, *args: Any, **kwargs: Any) -> Any:
                try:
                    return super().loop_forever(*args, **kwargs)
                finally:
                    ended.set()

        client = Client(CallbackAPIVersion.VERSION2, client_id=login.client, protocol=paho.MQTTv311, clean_session=True)
        client.username_pw_set(login.user, login.password)
        if broker.tls:
            client.tls_set_context(login.tls())
        client.reconnect_delay_set(min_delay=1, max_delay=10)

        def on_connect(client: Any, _data: object, _flags: object, reason: Any, _properties: object) -> None:
            if reason.is_failure:
                _log.warning("%s refuses: %s", broker, reason)
            else:
                if self._turnstile is not None:
                    self._turnstile.opened()
                # Not all there is: of what the hub itself sends, it would hear every word.
                client.subscribe([(topics.EVERY_UP, 1), (topics.EVERY_ASKING, 1)])

        def on_subscribe(*_: object) -> None:
            if not self.listening.is_set():  # and whenever the turnstile opens
                _log.info("listening at %s", broker)
                self.listening.set()

        def on_disconnect(*_: object) -> None:
            self.listening.clear()

        client.on_connect, client.on_subscribe = on_connect, on_subscribe
        client.on_disconnect, client.on_message = on_disconnect, self._on_message
        client.connect_async(broker.host, broker.port, keepalive=30)
        return client

    def _on_message(self, _client: object, _data: object, message: Any) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:  # a broker that is not trusted may send any octets
            _log.warning("a message on a topic that is no text was dropped")
            return
        if topics.is_from_hub(topic):
            return  # a hub's own answers, at a broker that is not trusted
        rendezvous = topics.rendezvous_of(topic)
        if rendezvous is not None:
            if self._turnstile is not None:
                self._turnstile.passed()
            self._desk.take(rendezvous, message.payload)
            return
        if self._is_question(topics.mailbox_of(topic), message.payload):
            return
        # One byte more than allowed is enough to see that it is too much.
        payload = message.payload[: MAX_PARCEL_BYTES + 1]
        if not self._budget.take(len(payload)):
            _log.warning("too much at once: a message was dropped, its probe will send it again")
            return
        self._queue.put(Incoming(topic=topic, mailbox=topics.mailbox_of(topic), payload=payload))

    def _is_question(self, mailbox: str | None, payload: bytes) -> bool:
        """Whether a probe asks for something, which any parcel is too long for; then it is noted."""
        if mailbox is None or len(payload) > MAX_WANTED_BYTES:
            return False
        try:
            wanted = decode_wanted(payload)
        except ContractError:
            return False
        self._giving.ask(mailbox, wanted)
        return True


class _ByteBudget:
    """So many octets may wait; who brings more waits for a while."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._changed = threading.Condition()
        self._closed = False

    def take(self, size: int) -> bool:
        with self._changed:
            if not self._changed.wait_for(lambda: self._left >= size or self._closed, PATIENCE_S) or self._closed:
                return False
            self._left -= size
            return True

    def give_back(self, size: int) -> None:
        with self._changed:
            self._left += size
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
