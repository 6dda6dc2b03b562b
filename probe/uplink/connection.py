"""A paho client as the probe uses it: MQTT 3.1.1, clean sessions, pinned TLS, reconnects with jitter.

A broker is not trusted, and the probe's memory is small: a message that is too long is not read, and what comes faster
than it is taken is dropped. What is lost so, as a receipt, comes again.
"""

import queue
import random
import threading
import weakref
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from msgspec import Struct

from probe.contract.address import BrokerAddress
from probe.contract.topics import PAIR_USERS
from probe.uplink.tls import pinned

MOST_WAITING_BYTES = 4 << 20  # of messages that nobody has taken yet; a single one may be longer
_MESSAGE_COSTS = 256  # besides what is in it
_NO_ACCOUNT = ("Not authorized", "Bad user name or password")  # paho's reasons equal their names


class Change(Enum):
    """What became of the connection."""

    UP = "up"
    DOWN = "down"


class Message(Struct, frozen=True):
    """Something that came on a topic."""

    topic: str
    payload: bytes


class Sent(Struct, frozen=True):
    """The broker has taken the message with this number."""

    number: int


Event = Change | Message | Sent


class Connection:
    """A connection that comes back by itself, each time as any one of `users`. `next` tells what happens;
    `trouble` is the last thing that went wrong, as part of a sentence. `is_ours` is given the id of the hub that
    vouches for a TLS broker."""

    def __init__(
        self,
        address: BrokerAddress,
        *,
        users: Sequence[str],
        password: str,
        client: str,
        topics: list[str],
        is_ours: Callable[[str], bool],
        queued: int = 0,
    ) -> None:
        import paho.mqtt.client as paho
        from paho.mqtt.enums import CallbackAPIVersion

        from probe.uplink.bounded import BoundedClient

        self.address = address
        self._events: queue.Queue[Event] = queue.Queue()
        self._waiting_bytes, self._lock = 0, threading.Lock()
        self.trouble: str | None = None
        self._topics, self._has_account = topics, not set(users) <= set(PAIR_USERS)
        self._client = BoundedClient(
            CallbackAPIVersion.VERSION2, client_id=client, protocol=paho.MQTTv311, clean_session=True
        )
        self._client.on_pre_connect = lambda client, _data: client.username_pw_set(random.choice(users), password)
        if address.tls:
            # Weak: a class of its own (the context's sockets) is freed late, and would keep this one and its sockets.
            told = weakref.WeakMethod(self._not_ours)
            self._client.tls_set_context(pinned(is_ours, lambda why: (hears := told()) and hears(why)))
        # Many probes come home at once, and back at once when a broker returns: each waits for another while.
        self._client.reconnect_delay_set(min_delay=random.randint(1, 3), max_delay=random.randint(10, 30))
        self._client.max_queued_messages_set(queued)
        self._client.on_connect, self._client.on_subscribe = self._on_connect, self._on_subscribe
        self._client.on_disconnect, self._client.on_message = self._on_disconnect, self._on_message
        self._client.on_publish = self._on_publish
        self._client.connect_async(address.host, address.port, keepalive=30)

    def __enter__(self) -> "Connection":
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        # One that was just connecting again when it was told to go leaves its socket open.
        if (left := self._client.socket()) is not None:
            left.close()
        # A client that nobody names any more closes what it woke itself with, too.
        client = self._client
        client.on_connect = client.on_subscribe = client.on_disconnect = client.on_message = client.on_publish = None
        client.on_pre_connect = None

    def publish(self, topic: str, payload: bytes) -> int:
        """Send at least once; returns the number that `Sent` will tell."""
        return int(self._client.publish(topic, payload, qos=1).mid)

    def next(self, wait_s: float) -> Event | None:
        """What happened next, or None after so long."""
        try:
            event = self._events.get(timeout=max(0.0, wait_s))
        except queue.Empty:
            return None
        if isinstance(event, Message):
            with self._lock:
                self._waiting_bytes -= _cost(event)
        return event

    def _on_connect(self, client: Any, _data: object, _flags: object, reason: Any, _properties: object) -> None:
        if reason.is_failure:
            self.trouble = f"the broker at {self.address} does not let this probe in ({reason})"
            if self._has_account and reason in _NO_ACCOUNT:
                self.trouble += "; was it revoked? The hub's operator can say, and enroll it anew"
        else:
            self.trouble = None
            client.subscribe([(topic, 1) for topic in self._topics])

    def _on_subscribe(self, *_: object) -> None:
        self._events.put(Change.UP)

    def _on_disconnect(self, *_: object) -> None:
        self._events.put(Change.DOWN)

    def _on_publish(self, _client: object, _data: object, number: int, *_: object) -> None:
        self._events.put(Sent(number))

    def _on_message(self, _client: object, _data: object, message: Any) -> None:
        came = Message(message.topic, message.payload)
        with self._lock:
            if self._waiting_bytes and self._waiting_bytes + _cost(came) > MOST_WAITING_BYTES:
                return
            self._waiting_bytes += _cost(came)
        self._events.put(came)

    def _not_ours(self, why: str) -> None:
        self.trouble = f"the broker at {self.address} is not your hub's ({why}), so nothing was sent to it"


def _cost(message: Message) -> int:
    return len(message.payload) + len(message.topic) + _MESSAGE_COSTS
