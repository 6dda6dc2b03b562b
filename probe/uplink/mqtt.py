"""Over MQTT, by paho-mqtt. A broker's PUBACK is not a receipt: only the hub's own receipt settles a unit.

The delivery survives a broker or a hub that dies and comes back: it reconnects by itself and sends again whatever has
no receipt after a while. The hub tells doubles by their id and hash.
"""

import os
import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from probe.contract import topics
from probe.contract.address import BrokerAddress
from probe.contract.envelope import ContractError, Receipts, decode_receipts, encode
from probe.errors import UplinkError
from probe.outbox import Outbox, Standing
from probe.uplink.uplink import Delivery, next_parcel

PARCELS_IN_FLIGHT = 4
RESEND_AFTER_S = 5.0
DEFAULT_PATIENCE_S = 60.0


@dataclass(slots=True)
class _Flight:
    """What is under way: the number of the last unit sent, and the ids that wait for receipts."""

    after: int = 0
    waiting: dict[str, float] = field(default_factory=dict)

    def start_again(self) -> None:
        self.after = 0
        self.waiting.clear()


class MqttUplink:
    """An `Uplink` to a hub behind any MQTT 3.1.1 broker."""

    def __init__(
        self,
        address: BrokerAddress,
        *,
        patience_s: float = DEFAULT_PATIENCE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.address = address
        self.patience_s = patience_s
        self._clock = clock
        self._events: queue.Queue[Receipts | bool] = queue.Queue()  # receipts, or whether there is a connection

    def deliver(self, outbox: Outbox, progress: Callable[[Standing], None]) -> Delivery:
        """Send all that waits and come back when every unit has its receipt.

        Raises UplinkError after `patience_s` seconds in which nothing was heard from the hub.
        """
        before = outbox.standing()
        client = self._connect(outbox.mailbox)
        try:
            self._run(client, outbox, progress)
        finally:
            client.disconnect()
            client.loop_stop()
        after = outbox.standing()
        return Delivery(handed_over=after.receipted - before.receipted, standing=after)

    def _run(self, client: Any, outbox: Outbox, progress: Callable[[Standing], None]) -> None:
        flight = _Flight()
        connected = False
        heard_s = self._clock()
        while outbox.standing().queued:
            if connected:
                self._fill(client, outbox, flight)
            event = self._wait()
            if isinstance(event, Receipts):
                self._settle(event, outbox, flight)
                heard_s = self._clock()
                progress(outbox.standing())
            elif event is not None:
                connected = event
                flight.start_again()
            now = self._clock()
            if any(now - sent_s > RESEND_AFTER_S for sent_s in flight.waiting.values()):
                flight.start_again()
            if now - heard_s > self.patience_s:
                raise UplinkError(self._silence(connected, outbox.standing().queued))

    def _fill(self, client: Any, outbox: Outbox, flight: _Flight) -> None:
        while len(flight.waiting) < PARCELS_IN_FLIGHT * 50:
            parcel, flight.after = next_parcel(outbox, flight.after)
            if parcel is None:
                return
            now = self._clock()
            flight.waiting.update((unit.id, now) for unit in parcel.units)
            client.publish(topics.up(outbox.mailbox), encode(parcel), qos=1)

    def _settle(self, receipts: Receipts, outbox: Outbox, flight: _Flight) -> None:
        if receipts.probe not in (outbox.probe, outbox.mailbox):
            return
        outbox.settle(receipts.receipts)
        for receipt in receipts.receipts:
            flight.waiting.pop(receipt.id, None)

    def _wait(self) -> Receipts | bool | None:
        try:
            return self._events.get(timeout=0.5)
        except queue.Empty:
            return None

    def _silence(self, connected: bool, queued: int) -> str:
        kept = f"{queued} sightings stay in the outbox; run the same command again later"
        if connected:
            return f"the broker at {self.address} answers but no hub sent a receipt for {self.patience_s:.0f} s: {kept}"
        return f"no broker answers at {self.address}: {kept}"

    def _connect(self, mailbox: str) -> Any:
        import paho.mqtt.client as paho
        from paho.mqtt.enums import CallbackAPIVersion

        client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311, clean_session=True)
        user, password = os.environ.get("CONTRECHAMP_MQTT_USER"), os.environ.get("CONTRECHAMP_MQTT_PASSWORD")
        if user:
            client.username_pw_set(user, password)
        if self.address.tls:
            client.tls_set()
        client.reconnect_delay_set(min_delay=1, max_delay=15)
        # What has no receipt is sent again from the outbox: paho's own queue would only send it twice.
        client.max_queued_messages_set(PARCELS_IN_FLIGHT * 2)

        def on_connect(client: Any, _data: object, _flags: object, reason: Any, _properties: object) -> None:
            if not reason.is_failure:
                client.subscribe(topics.down(mailbox), qos=1)

        def on_subscribe(*_: object) -> None:
            self._events.put(True)

        def on_disconnect(*_: object) -> None:
            self._events.put(False)

        def on_message(_client: object, _data: object, message: Any) -> None:
            try:
                self._events.put(decode_receipts(message.payload))
            except ContractError:
                return  # not from a hub of ours; the units stay and are sent again

        client.on_connect, client.on_subscribe = on_connect, on_subscribe
        client.on_disconnect, client.on_message = on_disconnect, on_message
        client.connect_async(self.address.host, self.address.port, keepalive=20)
        client.loop_start()
        return client
