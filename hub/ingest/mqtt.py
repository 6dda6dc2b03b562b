"""The hub's ear at the broker: takes parcels in, sends receipts out.

One thread (paho's) listens and only queues; another commits in batches and answers. When the queue is full, messages
are dropped unanswered: the probe keeps what has no receipt and sends it again.
"""

import logging
import os
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from hub.errors import BadInput, StoreError
from hub.ingest.receive import Incoming, Receiver
from probe.contract import topics
from probe.contract.envelope import MAX_PARCEL_BYTES, encode

_log = logging.getLogger(__name__)

QUEUE_MESSAGES = 256
BATCH_MESSAGES = 16
GATHER_S = 0.02
_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where the broker listens."""

    host: str
    port: int
    tls: bool = False

    @classmethod
    def parse(cls, url: str) -> "Broker":
        """The broker in `mqtt://host[:port]` or `mqtts://…`. Raises BadInput, also for a password in the URL."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as problem:
            raise BadInput("--broker is not an address; write mqtt://HOST or mqtt://HOST:PORT") from problem
        if parts.username is not None or parts.password is not None:
            raise BadInput("no name or password in --broker, please: set CONTRECHAMP_MQTT_USER and _PASSWORD")
        if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/"):
            raise BadInput(f"{url[:80]!r} is not a broker's address; write mqtt://HOST:PORT or mqtts://HOST:PORT")
        return cls(host=parts.hostname, port=port or _PORTS[parts.scheme], tls=parts.scheme == "mqtts")


class MqttIngest:
    """Listens at a broker until stopped, through its deaths and returns."""

    def __init__(self, broker: Broker, receiver: Receiver, stored: Callable[[], None]) -> None:
        self._receiver = receiver
        self._stored = stored
        self._queue: queue.Queue[Incoming | None] = queue.Queue(QUEUE_MESSAGES)
        self._client = self._connect(broker)
        self._worker = threading.Thread(target=self._work, name="ingest", daemon=True)
        self.listening = threading.Event()

    def start(self) -> None:
        """Begin to listen; `listening` is set once the broker has taken the subscription."""
        self._worker.start()
        self._client.loop_start()

    def stop(self) -> None:
        """Finish what was taken in, then leave."""
        self._client.disconnect()
        self._client.loop_stop()
        self._queue.put(None)
        self._worker.join(timeout=10)

    def _work(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, last = self._gather(first)
            try:
                answers = self._receiver.receive(batch)
            except StoreError as problem:
                _log.error("%s", problem)
                continue
            for mailbox, receipts in answers:
                self._client.publish(topics.down(mailbox), encode(receipts), qos=1)
            self._stored()
            if last:
                return

    def _gather(self, first: Incoming) -> tuple[list[Incoming], bool]:
        """More messages for the same commit, for at most 20 ms; and whether the end was among them."""
        batch = [first]
        while len(batch) < BATCH_MESSAGES:
            try:
                message = self._queue.get(timeout=GATHER_S)
            except queue.Empty:
                break
            if message is None:
                return batch, True
            batch.append(message)
        return batch, False

    def _connect(self, broker: Broker) -> Any:
        import paho.mqtt.client as paho
        from paho.mqtt.enums import CallbackAPIVersion

        client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311, clean_session=True)
        user, password = os.environ.get("CONTRECHAMP_MQTT_USER"), os.environ.get("CONTRECHAMP_MQTT_PASSWORD")
        if user:
            client.username_pw_set(user, password)
        if broker.tls:
            client.tls_set()
        client.reconnect_delay_set(min_delay=1, max_delay=10)

        def on_connect(client: Any, _data: object, _flags: object, reason: Any, _properties: object) -> None:
            if reason.is_failure:
                _log.warning("the broker at %s:%d refuses: %s", broker.host, broker.port, reason)
            else:
                client.subscribe(topics.EVERYTHING, qos=1)

        def on_subscribe(*_: object) -> None:
            _log.info("listening at the broker %s:%d", broker.host, broker.port)
            self.listening.set()

        def on_disconnect(*_: object) -> None:
            self.listening.clear()

        client.on_connect, client.on_subscribe = on_connect, on_subscribe
        client.on_disconnect, client.on_message = on_disconnect, self._on_message
        client.connect_async(broker.host, broker.port, keepalive=20)
        return client

    def _on_message(self, _client: object, _data: object, message: Any) -> None:
        if topics.is_down(message.topic):
            return  # a hub's own answers
        # One byte more than allowed is enough to see that it is too much.
        payload = message.payload[: MAX_PARCEL_BYTES + 1]
        incoming = Incoming(topic=message.topic, mailbox=topics.mailbox_of(message.topic), payload=payload)
        try:
            self._queue.put_nowait(incoming)
        except queue.Full:
            _log.warning("too much at once: a message was dropped, its probe will send it again")
