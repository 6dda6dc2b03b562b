"""A hub that runs: folder, derived cameras, broker, ingest and page, started and stopped in the right order."""

import logging
import os
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Protocol

from starlette.responses import Response

from hub.broker.announce import Announcement
from hub.broker.embedded import EmbeddedBroker
from hub.broker.reach import addresses_of, bracketed, host_from_here, is_loopback, listens_everywhere
from hub.broker.rights import Login
from hub.broker.supervised import OwnMosquitto
from hub.broker.tls import own_broker_context
from hub.config import HOST, MQTT_PORT, MQTTS_PORT
from hub.data import HubFolder, ServingLock, make_hub
from hub.derive.desk import Desk
from hub.derive.live import AT_ONCE, LiveCameras
from hub.enroll.home import WayBack
from hub.enroll.pairing import Pairing
from hub.erase.retention import expire
from hub.errors import BadInput, PartEnded, StoreError
from hub.front.parts import Frame, Front
from hub.ingest.mqtt import MqttIngest
from hub.ingest.receive import UnitIngest
from hub.log.people import Person, Role
from hub.people.accounts import Accounts
from hub.people.passkeys import Passkeys
from hub.photo.background import Background
from hub.photo.published import withdraw_gone
from hub.web.app import make_app
from hub.web.certificate import PageCertificate, given, own
from hub.web.doors import Doors
from hub.web.gate import Gate
from hub.web.pages import Pages
from hub.web.pages.people import PeoplePages
from hub.web.pages.sign_in import Door, SignInPages
from hub.web.serve import WebServer
from hub.web.way import Ways
from probe.contract.address import BrokerAddress
from probe.contract.base import ContractError
from probe.contract.home import SecondLook

DEMO_NAME, DEMO_LINK_S = "demo", 12 * 3600.0
WATCH_S = 1.0  # how soon a part that has ended is noticed

_log = logging.getLogger(__name__)


class Part(Protocol):
    """A part of a running hub that has threads of its own."""

    @property
    def alive(self) -> bool:
        """Whether they all still run."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a hub is started with. `broker` None starts one: the embedded one on loopback, else a mosquitto; `announce`
    are addresses of this machine in the networks in which probes may find the hub by themselves; from `proxies` the
    page's proxies ask; under `names` it is asked for, beside its addresses; `certificate` is its own, with its key; by
    `contact` people who are on a picture reach the operators. A `demo` lets whoever has its link in as an admin;
    `places` are worth another look whatever is on the map, as in a demo. More than `at_once` sightings are derived once
    the hub runs."""

    data: Path
    host: str = HOST
    port: int = 0
    mqtt_port: int | None = 0
    broker: str | None = None
    tiles_url: str | None = None
    announce: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    certificate: tuple[Path, Path] | None = None
    contact: str | None = None
    demo: bool = False
    places: tuple[SecondLook, ...] = ()
    at_once: int = AT_ONCE


class RunningHub:
    """A context in which the hub runs.

    Raises HubError where it cannot: a taken port, an unusable folder, one that another hub serves. Then nothing of it
    is left: no thread, no socket, no lock; and the stored address is still that of the hub that ran here last.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._housekept: date | None = None
        self._withdrawn: int | None = None  # the generation of the log for which copies were looked at

    def __enter__(self) -> "RunningHub":
        with ExitStack() as stack:
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def url(self) -> str:
        """Where the map is, from this machine."""
        return self._web.url_at(host_from_here(self._settings.host))

    @property
    def urls(self) -> tuple[tuple[str, str | None], ...]:
        """Where it is for others, each with the network interface that leads there, where one has to choose."""
        return tuple((self._web.url_at(way.host), way.interface) for way in addresses_of(self._settings.host))

    @property
    def mqtt_url(self) -> str:
        """Where probes send to."""
        return str(self._address)

    def wait_until_listening(self, timeout_s: float) -> bool:
        """Whether the hub hears the broker, after waiting for it at most so long."""
        return self._ingest.listening.wait(timeout_s)

    def wait(self, stop: threading.Event) -> None:
        """Look after the hub until `stop` is set. Raises PartEnded where a part of it has died, StoreError where its
        log cannot be derived."""
        while not stop.wait(WATCH_S):
            if self.cameras.problem is not None:
                raise self.cameras.problem
            for name, part in self._parts.items():
                if not part.alive:
                    raise PartEnded(
                        f"the hub's {name} has ended by itself (the reason stands above), so the whole hub ends; "
                        "start it again, and report this if it happens again"
                    )
            self._keep_house()

    def _start(self, stack: ExitStack) -> None:
        """Make all parts, whatever can fail first; then start them."""
        settings = self._settings
        outer = None if settings.broker is None else _address(settings.broker)
        lock = ServingLock(settings.data)
        stack.callback(lock.release)
        self.folder = folder = stack.enter_context(make_hub(settings.data))
        folder.store.claim(folder.keys.hub_id)
        pairing = Pairing(folder.keys, folder.registry)
        self.cameras = LiveCameras(
            folder.store, data=settings.data, recogniser=folder.recogniser, at_once=settings.at_once
        )
        stack.callback(self.cameras.stop)
        self.desk = Desk(self.cameras, folder.store)
        self.second_pass = Background(folder.store)
        stack.callback(self.second_pass.stop)
        frame = Frame(
            folder=folder,
            data=settings.data,
            cameras=self.cameras,
            desk=self.desk,
            pairing=pairing,
            tiles_url=settings.tiles_url,
            contact=settings.contact,
            well=self.well,
        )
        self.front = Front(stack, frame)
        self.gallery = self.front.gallery
        self._web = self._page(folder, pairing)
        stack.callback(self._web.stop)
        self._parts: dict[str, Part] = {
            "camera derivation": self.cameras,
            "page": self._web,
            "second pass": self.second_pass,
            **self.front.workers,
        }
        inner, login, self._address = self._broker(stack, folder, outer)
        units = UnitIngest(folder.store, folder.keys, folder.registry, recogniser=folder.recogniser)
        way_back = WayBack(
            folder.keys,
            settings.data,
            self.desk.cameras,
            places=settings.places,
            ready=lambda: self.cameras.reading is None,
        )
        self._ingest = MqttIngest(inner, login, units, pairing, folder.keys, self.cameras.note_taken, way_back)
        stack.callback(self._ingest.stop)
        self._parts["intake by MQTT"] = self._ingest
        if settings.announce:
            stack.callback(Announcement(settings.announce, self._address).end)
        folder.registry.note_broker_address(str(self._address))
        self.cameras.start()
        self._ingest.start()
        self.second_pass.start()
        for worker in self.front.workers.values():
            worker.start()
        self._web.start()
        folder.store.people.note_page(self._public_url())
        lock.note(f"its map: {self.url}, its broker: {self._address}")

    def _page(self, folder: HubFolder, pairing: Pairing) -> WebServer:
        """The page, with all its parts: beyond loopback by HTTPS alone."""
        settings = self._settings
        hosts = [settings.host, *(way.host for way in addresses_of(settings.host)), *settings.names]
        self.certificate = _certificate(settings, folder, hosts)
        named = () if self.certificate is None or self.certificate.own else self.certificate.names
        self.accounts = Accounts(folder.store.people)
        gate = Gate(
            self.accounts,
            Ways(settings.proxies),
            open_to_strangers=lambda: self.front.publisher.shown() is not None,
        )
        door, passkeys = Door(gate), Passkeys(self.accounts)
        people = PeoplePages(door, passkeys)
        parts = [*self.front.parts, people]
        desk = _first_page(parts)
        sign_in = SignInPages(
            door, passkeys, after_link=lambda person: _after_link(person, desk=desk), first_page="/hub"
        )
        self.app = app = make_app(
            self.cameras,
            gate=gate,
            pairing=pairing,
            tiles_url=settings.tiles_url,
            names=[*map(bracketed, hosts), *map(bracketed, named)],
            pictures=self.gallery,
            streets=self.front.streets,
            parts=[*parts, sign_in],
            hsts=self.certificate is not None and not self.certificate.own,
        )
        tls = None if self.certificate is None else self.certificate.context
        doors = Doors(proxies=settings.proxies, tls=tls)
        return WebServer(app, settings.host, settings.port, doors=doors, tls=tls)

    def welcome(self) -> str | None:
        """A link that works once: of a demo for whoever looks at it, else for the first admin; None where there is
        one already."""
        if self._settings.demo:
            person = self.accounts.store.named(DEMO_NAME) or self.accounts.store.add(DEMO_NAME, Role.ADMIN)
            return self.link(self.accounts.invite(person.number, lasts_s=DEMO_LINK_S))
        return None if self.accounts.has_admin() else self.link(self.accounts.invite(0))

    def link(self, token: str) -> str:
        """The address at which a link's token lets somebody in."""
        return f"{self._public_url()}welcome#{token}"

    def _public_url(self) -> str:
        """Where people open the page: by the first of its names where it was given one."""
        if not self._settings.names:
            return self.url
        name = bracketed(self._settings.names[0])
        return f"https://{name}/" if self._settings.proxies else self._web.url_at(self._settings.names[0])

    def well(self) -> dict[str, bool]:
        """Which parts are well, by name."""
        well = {name: part.alive for name, part in self._parts.items()}
        return well | {"intake by MQTT": self._ingest.alive and self._ingest.listening.is_set()}

    def _broker(
        self, stack: ExitStack, folder: HubFolder, outer: BrokerAddress | None
    ) -> tuple[BrokerAddress, Login, BrokerAddress]:
        """Where the hub itself comes in and how, and where probes send to; a broker of the hub's own is started."""
        if outer is not None:
            return outer, _login(folder), outer
        broker = self._own_broker(folder)
        broker.start()
        stack.callback(broker.stop)
        self._parts["broker"] = broker
        reached = BrokerAddress(host=addresses_of(broker.host)[0].host, port=broker.port, tls=broker.tls)
        return broker.own_address, broker.login, reached

    def _own_broker(self, folder: HubFolder) -> EmbeddedBroker | OwnMosquitto:
        """In this process on loopback alone: beyond it, what strangers cost has to be bounded."""
        host, port = self._settings.host, self._settings.mqtt_port
        if is_loopback(host):
            return EmbeddedBroker(host, MQTT_PORT if port is None else port, folder.registry)
        return OwnMosquitto(host, MQTTS_PORT if port is None else port, folder.keys, folder.registry)

    def _keep_house(self) -> None:
        """Once a day: forget who sent what 30 days ago, and tokens that are over. After a start, once the cameras are
        derived: how long their pictures are kept depends on them."""
        self._withdraw_copies()
        today = self.folder.keys.day
        if today == self._housekept or self.cameras.reading is not None:
            return
        self._housekept = today
        try:
            self.folder.store.forget_senders(today)
            self.folder.registry.erase_expired(time.time())
            if gone := expire(self.folder.store, self.desk.whole_cameras(), today):
                _log.warning("its time was over, so it is erased: %s", gone)
                withdraw_gone(self.folder.store)
        except StoreError as problem:
            _log.error("what is due to be forgotten is still there: %s", problem)

    def _withdraw_copies(self) -> None:
        """Where something was erased, also by a command, the copies of its pictures that were published go too."""
        try:
            generation = self.folder.store.generation()
            if generation != self._withdrawn:
                self._withdrawn = generation
                withdraw_gone(self.folder.store)
        except StoreError as problem:
            _log.error("published copies of what was erased are still there: %s", problem)


def _certificate(settings: Settings, folder: HubFolder, hosts: list[str]) -> PageCertificate | None:
    """By what the page is asked for by HTTPS; None on loopback, where nobody listens in."""
    if settings.certificate is not None:
        return given(*settings.certificate)
    if is_loopback(settings.host):
        return None
    named = [host for host in hosts if not listens_everywhere(host)]
    return own(folder.keys, [host_from_here(settings.host), "localhost", *named])


def _after_link(person: Person, *, desk: str) -> str:
    """Whoever looks at the demo begins at its desk; others choose a password first."""
    return desk if person.name == DEMO_NAME else "/account#password"


def _first_page(parts: Sequence[Pages]) -> str:
    """Where whoever opens a demo begins: at the review, where this hub has it."""
    routes = {route.path for part in parts for route in part.routes(lambda *_, **__: Response())}
    return "/review" if "/review" in routes else "/"


def _login(folder: HubFolder) -> Login:
    """At a broker of the operator's: what the environment says, else what `broker-config` wrote."""
    return Login(
        user=os.environ.get("CONTRECHAMP_MQTT_USER", "hub"),
        password=os.environ.get("CONTRECHAMP_MQTT_PASSWORD") or folder.registry.hub_password(),
        tls=lambda: own_broker_context(folder.keys),
    )


def _address(url: str) -> BrokerAddress:
    try:
        return BrokerAddress.parse(url)
    except ContractError as problem:
        raise BadInput(f"--broker: {problem}") from problem
