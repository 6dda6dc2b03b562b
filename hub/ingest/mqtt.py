"""The hub's ear at the broker: takes parcels in, sends receipts out.

One thread (paho's) listens and only queues; another commits in batches and answers. When the queue is full, messages
are dropped unanswered: the probe keeps what has no receipt and sends it again.
"""

import logging
import os
import queue
import threading
from collections.abc import Callable
from typing import Any

from hub.errors import StoreError
from hub.ingest.receive import Incoming, Receiver
from probe.contract import topics
from probe.contract.address import BrokerAddress
from probe.contract.envelope import MAX_PARCEL_BYTES, encode

_log = logging.getLogger(__name__)

QUEUE_MESSAGES = 256
BATCH_MESSAGES = 16
GATHER_S = 0.02


class MqttIngest:
    """Listens at a broker until stopped, through its deaths and returns."""

    def __init__(self, broker: BrokerAddress, receiver: Receiver, stored: Callable[[], None]) -> None:
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

    def _connect(self, broker: BrokerAddress) -> Any:
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
                _log.warning("%s refuses: %s", broker, reason)
            else:
                client.subscribe(topics.EVERYTHING, qos=1)

        def on_subscribe(*_: object) -> None:
            _log.info("listening at %s", broker)
            self.listening.set()

        def on_disconnect(*_: object) -> None:
            self.listening.clear()

        client.on_connect, client.on_subscribe = on_connect, on_subscribe
        client.on_disconnect, client.on_message = on_disconnect, self._on_message
        client.connect_async(broker.host, broker.port, keepalive=20)
        return client

    def _on_message(self, _client: object, _data: object, message: Any) -> None:
        if topics.from_a_hub(message.topic):
            return  # a hub's own answers
        # One byte more than allowed is enough to see that it is too much.
        payload = message.payload[: MAX_PARCEL_BYTES + 1]
        incoming = Incoming(topic=message.topic, mailbox=topics.mailbox_of(message.topic), payload=payload)
        try:
            self._queue.put_nowait(incoming)
        except queue.Full:
            _log.warning("too much at once: a message was dropped, its probe will send it again")
