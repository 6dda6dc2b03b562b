"""A hub that runs: store, derived cameras, broker, ingest and page, started and stopped in the right order."""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from hub.broker import EmbeddedBroker
from hub.config import HOST
from hub.errors import BadInput
from hub.ingest.mqtt import MqttIngest
from hub.ingest.receive import Receiver
from hub.service import Hub
from hub.store.sqlite import SqliteStore
from hub.web.app import make_app
from hub.web.serve import WebServer
from probe.contract.address import BrokerAddress
from probe.contract.envelope import ContractError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a hub is started with. `broker` None starts the embedded one."""

    data: Path
    host: str = HOST
    port: int = 0
    mqtt_port: int = 0
    broker: str | None = None
    tiles_url: str | None = None


class Running:
    """A context in which the hub runs. Raises HubError where it cannot (taken port, unusable folder)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __enter__(self) -> "Running":
        settings = self._settings
        address = None if settings.broker is None else _address(settings.broker)
        self.store = SqliteStore(settings.data)
        self.hub = Hub(self.store, data=settings.data)
        app = make_app(self.hub, tiles_url=settings.tiles_url, names=(settings.host,))
        self._web = WebServer(app, settings.host, settings.port)
        self._broker = None if address is not None else EmbeddedBroker(settings.host, settings.mqtt_port)
        try:
            if self._broker is not None:
                self._broker.start()
        except BaseException:
            self._web.close()
            self.store.close()
            raise
        self._address = address or BrokerAddress(host=settings.host, port=self._broker.port if self._broker else 0)
        self.hub.start()
        self._ingest = MqttIngest(self._address, Receiver(self.store), self.hub.poke)
        self._ingest.start()
        self._web.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._ingest.stop()
        if self._broker is not None:
            self._broker.stop()
        self._web.stop()
        self.hub.stop()
        self.store.close()

    @property
    def url(self) -> str:
        """Where the map is."""
        return self._web.url

    @property
    def mqtt_url(self) -> str:
        """Where probes send to."""
        return str(self._address)

    def wait_until_listening(self, timeout_s: float) -> bool:
        """Whether the hub hears the broker, after waiting for it at most so long."""
        return self._ingest.listening.wait(timeout_s)


def _address(url: str) -> BrokerAddress:
    try:
        return BrokerAddress.parse(url)
    except ContractError as problem:
        raise BadInput(f"--broker: {problem}") from problem
