"""The embedded MQTT broker: amqtt in a thread and event loop of its own.

It carries, it does not keep: what a probe has no receipt for, the probe sends again. On loopback anyone may connect;
for more, run a broker of your own and name it with --broker.
"""

import asyncio
import contextlib
import logging
import socket
import threading

from hub.errors import BrokerError

START_S = 10.0


class EmbeddedBroker:
    """A broker at host:port from `start` to `stop`; port 0 takes a free one."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port or _free_port(host)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="broker", daemon=True)
        self._broker: object = None

    def start(self) -> None:
        """Listen. Raises BrokerError where the port is taken."""
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(START_S)
        except (BrokerError, TimeoutError) as problem:
            self.stop()
            raise BrokerError(
                f"port {self.port} on {self.host} is taken or not allowed, so the broker cannot listen there; "
                "give another with --mqtt-port (0 takes a free one), or a broker of your own with --broker"
            ) from problem

    def stop(self) -> None:
        if self._broker is not None:
            with contextlib.suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(START_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_S)
        if not self._loop.is_running():
            self._loop.close()

    async def _start(self) -> None:
        from amqtt.broker import Broker
        from amqtt.errors import BrokerError as AmqttBrokerError

        # amqtt reports each client's coming and going, and prints tracebacks for what is an answer here.
        for name in ("amqtt", "transitions"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        listener = {"type": "tcp", "bind": f"{self.host}:{self.port}", "max_connections": 500}
        plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
        broker = Broker({"listeners": {"default": listener}, "plugins": plugins})
        try:
            await broker.start()
        except AmqttBrokerError as problem:
            raise BrokerError(str(problem)) from problem
        self._broker = broker

    async def _stop(self) -> None:
        from amqtt.broker import Broker

        if isinstance(self._broker, Broker):
            await self._broker.shutdown()
        self._broker = None


def _free_port(host: str) -> int:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
