"""The embedded MQTT broker: amqtt behind a guard, in a thread and event loop of its own.

It keeps nothing for long: a probe sends again what has no receipt. It listens on loopback and nowhere else: beyond that
a hub runs a mosquitto (`supervised.py`), a process of its own whose memory and descriptors are not the hub's.
"""

import asyncio
import contextlib
import logging
import threading
from typing import TYPE_CHECKING, Any

from hub.broker.reach import free_port, is_loopback
from hub.broker.rights import Login, Rights
from hub.errors import BrokerError
from hub.store.registry import Registry
from probe.contract.address import BrokerAddress

if TYPE_CHECKING:  # amqtt takes its time to load
    from hub.broker.guard import Guard, Standing
    from hub.broker.plugin import Exchange

_log = logging.getLogger(__name__)

START_S = 60.0  # far longer than it takes: the machine may be busy
STOP_S = 2.0  # amqtt may wait for ever for a client that is half connected; what is cut off, its probe sends again


class EmbeddedBroker:
    """A broker at host:port from `start` to `stop`; port 0 takes a free one. Raises BrokerError beyond loopback."""

    tls = False

    def __init__(self, host: str, port: int, registry: Registry) -> None:
        if not is_loopback(host):
            raise BrokerError(f"{host}: the embedded broker listens on loopback only")
        self.host = host
        self.port = port or free_port(host)
        self.login = Login(holds_back=True)
        self._rights = Rights(registry, self.login)
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._report)
        self._stopping = False
        self._thread = threading.Thread(target=self._loop.run_forever, name="broker", daemon=True)
        self._broker: Exchange | None = None
        self._guard: Guard | None = None

    @property
    def own_address(self) -> BrokerAddress:
        """The address at which the hub itself connects."""
        return BrokerAddress(host=self.host, port=self.port)

    @property
    def standing(self) -> "Standing | None":
        """What the broker holds right now; None where it does not run."""
        return None if self._guard is None else self._guard.standing

    @property
    def alive(self) -> bool:
        """Whether the broker's thread runs."""
        return self._thread.is_alive()

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
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Let go of all clients and of the port."""
        self._stopping = True
        if self._broker is not None:
            with contextlib.suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(3 * STOP_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_S)
        if not self._loop.is_running():
            self._loop.close()

    async def _start(self) -> None:
        from hub.broker.guard import Guard
        from hub.broker.plugin import Exchange

        # amqtt logs each connection, and prints tracebacks for errors that are reported in a sentence here.
        for name in ("amqtt", "transitions"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        exchange = Exchange(self._rights)
        await exchange.start()
        self._broker = exchange
        self._guard = guard = Guard(self._rights, exchange)
        try:
            await guard.listen(self.host, self.port)
        except OSError as problem:
            raise BrokerError(str(problem)) from problem

    async def _stop(self) -> None:
        if self._guard is not None:
            await self._guard.close()
        if self._broker is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._broker.shutdown(), STOP_S)
        self._broker = None
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=STOP_S)

    def _report(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What went wrong in amqtt for one client concerns that client alone: it comes again."""
        if not self._stopping:
            problem = context.get("exception")
            _log.warning("the embedded broker: %s (%r)", context.get("message"), problem)
