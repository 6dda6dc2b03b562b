"""What a walk can do without, each in a thread of its own: page, session, signals, button, power, the page's network.

Each of these functions is the work of one `SupervisedPart`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING

from probe.device.gestures import Gestures
from probe.device.keys import Keys
from probe.device.network import AccessPoint
from probe.device.power import PowerReading, power
from probe.device.signals import Output, Signals, Steps, outputs_at
from probe.errors import BadInput
from probe.run.parts import SupervisedPart
from probe.run.running import RunningWalk
from probe.run.secret import secret_in
from probe.run.settings import PageAddress, ServiceSettings
from probe.run.workbench import FirstPress
from probe.session.seen import WORKBENCH
from probe.session.session import Session
from probe.session.view import Phase

if TYPE_CHECKING:
    from probe.page.server import WalkerPage

TICK_S, POWER_EVERY_S = 1.0, 15.0
GONE_S = 600.0  # a phone that was not seen for so long is gone, and the view with it
MOST_SIGNS, MOST_PRESSES = 8, 4
PRESS, LONG_PRESS = "press", "long"


@dataclass
class Gear:
    """What those threads share. `presses` are those that nobody has answered yet, by kind; `signs` what is to show."""

    running: RunningWalk
    session: Session
    tell: Callable[[str], None]
    signs: "Queue[str]" = field(default_factory=lambda: Queue(MOST_SIGNS))
    presses: "Queue[str]" = field(default_factory=lambda: Queue(MOST_PRESSES))
    first_press: FirstPress = field(default_factory=FirstPress)
    battery: PowerReading | None = None
    page: "WalkerPage | None" = None
    page_url: str | None = None
    network: AccessPoint | None = None
    network_up: bool = False
    signals_trouble: str | None = None
    _seen_s: float | None = None  # when a phone asked last, of a page that is no more
    _wiped_s: float | None = None
    _over_s: float | None = None  # when the network's part first saw that the walk was over

    @property
    def gestures(self) -> Gestures:
        """What a press of any button means."""
        return Gestures(lambda: self.press(PRESS), lambda: self.press(LONG_PRESS))

    def press(self, kind: str = PRESS) -> None:
        """The button was pressed; returns at once. Safe from any thread, and in a signal handler."""
        try:
            self.presses.put_nowait(kind)
        except Full:
            return  # who presses so often hears of the first ones

    def answer_presses(self, part: SupervisedPart) -> None:
        """Do what the button says: a photo, a pause; the first long one may ask for the workbench."""
        while not part.stopping:
            kind = _next(self.presses, part)
            if kind is None:
                continue
            try:
                if self.first_press.asks(is_long=kind == LONG_PRESS, placed=self.running.placed):
                    self.session.workbench()
                elif kind == LONG_PRESS:
                    self.session.pause(self.running.phase is not Phase.PAUSED)
                else:
                    self.session.photo()
            except BadInput as problem:
                self.tell(str(problem))
            part.well()

    def watch_button(self, part: SupervisedPart, device: Path) -> None:
        """Wait for presses of a device's keys."""
        keys = Keys(device, self.gestures.held, self.tell, moved=part.calm, stopped=lambda: part.stopping)
        keys.run()

    def show_signs(self, part: SupervisedPart, made: Callable[[], Signals]) -> None:
        """Show what is to be shown, one after the other. Raises BadInput where nothing can show it."""
        signals = made()
        signals.start()
        try:
            while not part.stopping:
                sign = _next(self.signs, part)
                if sign is not None:
                    signals.show(sign)
                self.signals_trouble = signals.trouble
                if signals.trouble is not None:
                    raise BadInput(signals.trouble)
                part.calm()
        finally:
            signals.stop()

    def tick(self, part: SupervisedPart) -> None:
        """Let the session look at the probe, and tell it what the sweep has made."""
        session = self.session
        while not part.rest(TICK_S):
            for news in self.running.news():
                if isinstance(news, list):
                    session.withdrawn(news)
                else:
                    session.made(news)
            session.tick()
            self._wipe_where_gone(part)
            part.well()

    def serve_page(self, part: SupervisedPart, address: PageAddress, secret: Path) -> None:
        """Serve the walker's page. Raises BadInput where it cannot be served: it is tried again."""
        from probe.page.server import WalkerPage  # it comes up beside the listening, not before it

        def silent(_sentence: str) -> None:
            """This part tells what is wrong with it."""

        page = WalkerPage(self.session, secret=secret_in(secret), host=address.host, port=address.port, tell=silent)
        page.last_seen_s = self._seen_s
        try:
            page.start()
            while not part.rest(TICK_S):
                if page.trouble is not None:
                    raise BadInput(page.trouble)
                if self.page is None:
                    self.page, self.page_url = page, page.url
                    self.tell(f"the walker's page is {page.url}; its code is in {secret}")
                part.well()
        finally:
            self._seen_s = page.last_seen_s  # the view is wiped in its time, whether a page comes back or not
            self.page = self.page_url = None
            page.stop()

    def read_power(self, part: SupervisedPart) -> None:
        """Look at the battery from time to time."""
        while True:
            self.battery = power()
            part.well()
            if part.rest(POWER_EVERY_S):
                return

    def switch_network(self, part: SupervisedPart, interface: str, listening: tuple[str, ...]) -> None:
        """Have the page's own network up, but in hidden cells, where it would say that somebody lives here. On the
        workbench it is up wherever that is: its walker has asked for it. After the end it goes with the phone."""
        network = self.network = AccessPoint(interface, listening=listening)
        try:
            while True:
                self.network_up = self._wants_network(part.now_s())
                if self.network_up:
                    network.up()
                else:
                    network.down()
                part.well()
                if part.rest(TICK_S):
                    return
        finally:
            self.network_up = False
            network.down()

    def _wants_network(self, now_s: float) -> bool:
        """Whether the network is to be up. Once a walk is over nobody knows where the kit is carried, which may be
        home; and the same radio has to be free for the network there, by which the walk is handed over."""
        hidden = self.running.hidden
        if hidden is not None or self.running.phase is not Phase.ENDED:
            return hidden in (None, WORKBENCH)
        if self._over_s is None:
            self._over_s = now_s
        return now_s - max(self._over_s, self._phone_seen_s or self._over_s) <= GONE_S

    @property
    def _phone_seen_s(self) -> float | None:
        """When a phone asked last; None where none has."""
        page = self.page
        return self._seen_s if page is None else page.last_seen_s

    def _wipe_where_gone(self, part: SupervisedPart) -> None:
        """Wipe the view once for each time that the phone was gone for long."""
        seen_s = self._phone_seen_s
        if seen_s is not None and seen_s != self._wiped_s and part.now_s() - seen_s > GONE_S:
            self._wiped_s = seen_s
            self.session.wipe()


def outputs_of(
    settings: ServiceSettings, board: Callable[[Steps], bool], tell: Callable[[str], None]
) -> tuple[Output, ...]:
    """What plays signs: by the settings' word, and on its own the radio board where there is one. Raises BadInput."""
    outputs = outputs_at(settings.signals, board, tell)
    return outputs if settings.signals != "auto" or settings.kit.boards else ()


def _next(queue: "Queue[str]", part: SupervisedPart) -> str | None:
    """What comes next, None where nothing has come for a moment."""
    part.beat()
    try:
        return queue.get(timeout=TICK_S)
    except Empty:
        return None
