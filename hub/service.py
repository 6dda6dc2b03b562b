"""A hub that runs: folder, derived cameras, broker, ingest and page, started and stopped in the right order."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from hub.broker.announce import Announcement
from hub.broker.embedded import EmbeddedBroker, is_loopback
from hub.broker.rights import Login
from hub.broker.tls import own_broker
from hub.config import HOST, MQTT_PORT, MQTTS_PORT
from hub.data import HubFolder, load_hub
from hub.derive.deriver import Hub
from hub.errors import BadInput
from hub.ingest.mqtt import MqttIngest
from hub.web.app import make_app
from hub.web.serve import WebServer
from probe.contract.address import BrokerAddress
from probe.contract.base import ContractError


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a hub is started with. `broker` None starts the embedded one; `announce` are addresses of this machine in
    the networks in which probes may find the hub by themselves."""

    data: Path
    host: str = HOST
    port: int = 0
    mqtt_port: int | None = 0
    broker: str | None = None
    tiles_url: str | None = None
    announce: tuple[str, ...] = ()


class RunningHub:
    """A context in which the hub runs. Raises HubError where it cannot (taken port, unusable folder)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __enter__(self) -> "RunningHub":
        settings = self._settings
        outer = None if settings.broker is None else _address(settings.broker)
        self.folder = folder = load_hub(settings.data)
        self.store = folder.store
        self.hub = Hub(self.store, data=settings.data, recogniser=folder.recogniser)
        self._broker: EmbeddedBroker | None = None
        self._announcement: Announcement | None = None
        names = (settings.host, reachable(settings.host))
        try:
            app = make_app(self.hub, pairing=folder.pairing(), tiles_url=settings.tiles_url, names=names)
            self._web = WebServer(app, settings.host, settings.port)
            if outer is None:
                self._broker = self._embedded(folder)
                self._broker.start()
        except BaseException:
            if hasattr(self, "_web"):
                self._web.close()
            self.store.close()
            raise
        self._address = outer or self._embedded_address(self._broker)
        folder.note_address(str(self._address))
        self.hub.start()
        self._ingest = self._listening(folder, outer)
        self._ingest.start()
        self._web.start()
        if settings.announce:
            self._announcement = Announcement(settings.announce, self._address)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        if self._announcement is not None:
            self._announcement.end()
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

    def _embedded(self, folder: HubFolder) -> EmbeddedBroker:
        settings = self._settings
        port = settings.mqtt_port
        if port is None:
            port = MQTT_PORT if is_loopback(settings.host) else MQTTS_PORT
        return EmbeddedBroker(settings.host, port, folder.keys, folder.registry)

    def _embedded_address(self, broker: EmbeddedBroker | None) -> BrokerAddress:
        assert broker is not None  # noqa: S101 (without one of the operator's there is this one)
        return BrokerAddress(host=reachable(broker.host), port=broker.port, tls=broker.tls)

    def _listening(self, folder: HubFolder, outer: BrokerAddress | None) -> MqttIngest:
        if self._broker is not None:
            address, login = self._broker.own_address, self._broker.login
        else:
            assert outer is not None  # noqa: S101
            address, login = outer, _login(folder)
        return MqttIngest(
            address, login, folder.receiver(), folder.pairing(), folder.keys, folder.registry, self.hub.poke
        )


def reachable(host: str) -> str:
    """How others reach what listens here: for 'every address', the one that this machine goes out by."""
    if host not in ("0.0.0.0", "::"):
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: only chooses the way
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _login(folder: HubFolder) -> Login:
    """At a broker of the operator's: what the environment says, else what `broker-config` wrote."""
    return Login(
        user=os.environ.get("CONTRECHAMP_MQTT_USER", "hub"),
        password=os.environ.get("CONTRECHAMP_MQTT_PASSWORD") or folder.registry.hub_password(),
        tls=lambda: own_broker(folder.keys),
    )


def _address(url: str) -> BrokerAddress:
    try:
        return BrokerAddress.parse(url)
    except ContractError as problem:
        raise BadInput(f"--broker: {problem}") from problem
