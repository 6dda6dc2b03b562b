"""A mosquitto of the hub's own, for probes beyond loopback: written for, started, looked after and ended with the hub.

Probes come in by TLS at host:port; the hub itself by plain MQTT at a port of loopback's, where nobody can use its place
up. Accounts follow the registry: mosquitto reads them again at a SIGHUP, lets new ones in, and cuts off who is gone.
Nothing is kept: a mosquitto that died is started again empty, and probes send again what has no receipt.
"""

import hashlib
import logging
import os
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from hub.broker import mosquitto
from hub.broker.doorkeeper import Doorkeeper
from hub.broker.mosquitto_log import MosquittoLog
from hub.broker.reach import free_port
from hub.broker.rights import Login
from hub.config import SPARE_ACCOUNTS
from hub.errors import BrokerError, StoreError
from hub.keys import HubKeys
from hub.store.registry import Registry
from probe.contract.address import BrokerAddress

_log = logging.getLogger(__name__)

PRESSED_LOOK_S = 0.1
LOOK_S = 0.5  # how soon who was enrolled gets in, and who was revoked is cut off
START_S = 60.0  # far longer than it takes: the machine may be busy
STOP_S = 5.0
TRIES = 3  # a port that was free may be taken a moment later
FAST_S = 10.0  # whatever dies sooner may never run
PAUSES_S = (0.0, 1.0, 2.0, 4.0, 8.0)  # before each new start; one more fast death, and it is given up
OWN_FILES = 64  # descriptors beside those of connections: the hub's, mosquitto's own, and some to spare
_LEASH = Path(__file__).with_name("leash.py")
_RUN = Path("/run/contrechamp")


@dataclass(frozen=True, slots=True)
class _Child:
    """A mosquitto that was started, and who keeps places in it free."""

    process: "subprocess.Popen[str]"
    doorkeeper: Doorkeeper

    def end(self) -> str:
        """End it, where it has not ended by itself; returns how it ended."""
        self.doorkeeper.close()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        code = self.process.returncode
        return f"exit code {code}" if code >= 0 else f"signal {-code}"


class OwnMosquitto:
    """A broker at host:port from `start` to `stop`; port 0 takes a free one. Raises BrokerError without a mosquitto."""

    tls = True

    def __init__(
        self,
        host: str,
        port: int,
        keys: HubKeys,
        registry: Registry,
        *,
        program: Path | None = None,
        pauses_s: Sequence[float] = PAUSES_S,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.host, self.port = host, port
        self.login = Login()
        self._any_port = port == 0
        self._program = program or find_mosquitto()
        self._owner = mosquitto.owner_of_files()
        if self._owner is None and mosquitto.is_root_of_all():
            raise BrokerError(
                f"a mosquitto that root starts becomes the user {mosquitto.USER}, and there is none: useradd --system "
                f"{mosquitto.USER}, or run the hub as a user of its own"
            )
        self._keys, self._registry, self._pauses_s, self._clock = keys, registry, pauses_s, clock
        self._data = keys.folder.parent
        self._folder = _run_folder(self._data, shared=self._owner is not None)
        self._inner_port = 0
        self._version: int | None = None
        self._said = MosquittoLog()
        self._child: _Child
        self._problem: str | None = None
        self._settled, self._wake, self._stopping = threading.Event(), threading.Event(), threading.Event()
        # It forks every mosquitto, and lives as long: the kernel ends a child with the thread that made it.
        self._supervisor = threading.Thread(target=self._supervise, name="broker", daemon=True)

    @property
    def own_address(self) -> BrokerAddress:
        """The address at which the hub itself connects, once it has started."""
        return BrokerAddress(host="127.0.0.1", port=self._inner_port)

    @property
    def alive(self) -> bool:
        """Whether mosquitto runs, or will again."""
        return self._supervisor.is_alive()

    def start(self) -> None:
        """Listen. Raises BrokerError where the port is taken, or mosquitto does not start for another reason."""
        self._supervisor.start()
        self._settled.wait()
        if self._problem is not None:
            self.stop()
            raise BrokerError(self._problem)

    def stop(self) -> None:
        """End mosquitto; it lets go of all clients and of the port."""
        self._stopping.set()
        self._wake.set()
        if self._supervisor.ident is not None:
            self._supervisor.join(3 * STOP_S)

    def _supervise(self) -> None:
        try:
            child = self._first()
            if child is not None:
                self._settled.set()
                self._look_after(child)
        except (OSError, StoreError) as problem:
            self._problem = f"mosquitto cannot be prepared: {problem}"
            _log.error("%s", self._problem)
        finally:
            self._settled.set()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _first(self) -> "_Child | None":
        """A mosquitto that listens; None where none does, and why stands in `_problem`."""
        end_stale(self._folder)
        sweep(_RUN)
        try:
            for _ in range(TRIES):
                if self._any_port:
                    self.port = free_port(self.host)
                self._inner_port = free_port("127.0.0.1")
                child = self._spawn()
                if self._listens(child.process):
                    return child
                child.end()
            reason = self._said.last or "it does not say why"
        except OSError as problem:
            reason = problem.strerror or str(problem)
        self._problem = (
            f"the broker cannot listen on {self.host}, port {self.port} (mosquitto: {reason.rstrip('.')}); where that "
            "port is taken, perhaps by the system's own mosquitto (`systemctl status mosquitto`), give another with "
            "--mqtt-port (0 takes a free one), or a broker of your own with --broker"
        )
        return None

    def _look_after(self, child: "_Child") -> None:
        """Until the hub stops, or mosquitto dies again and again."""
        fast_deaths, began_s = 0, monotonic()
        while True:
            self._said.aloud = True
            self._keep(child)
            if self._stopping.is_set():
                return
            fast_deaths = fast_deaths + 1 if monotonic() - began_s < FAST_S else 1
            how = child.end()
            if fast_deaths > len(self._pauses_s):
                _log.error("mosquitto has ended %d times in a row (%s), and is given up", fast_deaths, how)
                return
            _log.warning("mosquitto has ended (%s); it is started again", how)
            self._stopping.wait(self._pauses_s[fast_deaths - 1])
            began_s = monotonic()
            child = self._spawn()

    def _keep(self, child: "_Child") -> None:
        """Tell mosquitto of each change of the accounts, and keep places free, until it ends or is to end."""
        while child.process.poll() is None:
            self._wake.wait(PRESSED_LOOK_S if child.doorkeeper.pressed else LOOK_S)
            self._wake.clear()
            if self._stopping.is_set():
                child.end()
                return
            child.doorkeeper.look()
            try:
                if self._registry.version != self._version:
                    self._write_accounts()
                    child.process.send_signal(signal.SIGHUP)
            except OSError as problem:
                _log.error("mosquitto cannot be told of enrolled and revoked probes: %s", problem)

    def _spawn(self) -> "_Child":
        self._prepare_folder()
        self._write_accounts()
        who = "-" if self._owner is None else self._owner.pw_name
        leash = [sys.executable, "-I", "-S", str(_LEASH), str(os.getpid()), who, str(_files())]
        process = subprocess.Popen(
            [*leash, str(self._program), "-c", str(self._folder / "mosquitto.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C is for the hub, which then ends it
        )
        mosquitto.write_secret(self._folder / "pid", str(process.pid), None)
        child = self._child = _Child(
            process, Doorkeeper(process.pid, self.port, mosquitto.MAX_CONNECTIONS, clock=self._clock)
        )
        threading.Thread(target=self._hear, args=(child,), name="broker log", daemon=True).start()
        return child

    def _hear(self, child: "_Child") -> None:
        words = child.process.stderr
        assert words is not None  # noqa: S101 (a pipe, as it was asked for)
        with words:
            self._said.hear(words, child.doorkeeper.hear)
        self._wake.set()

    def _listens(self, process: "subprocess.Popen[str]") -> bool:
        """Whether it comes to listen: at the hub's own port last, so that it has the other then."""
        until_s = monotonic() + START_S
        while process.poll() is None and not self._stopping.is_set() and monotonic() < until_s:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._inner_port), timeout=1.0):
                return process.poll() is None
            self._stopping.wait(0.02)
        return False

    def _prepare_folder(self) -> None:
        """A folder that mosquitto may enter and cannot write to, with all that it reads but the accounts."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        self._folder.mkdir(mode=0o700)
        if self._owner is not None:
            os.chown(self._folder, -1, self._owner.pw_gid)
            self._folder.chmod(0o710)
        settings = mosquitto.own_config(self._folder, self.host, self.port, self._inner_port)
        for name, text in (
            ("mosquitto.conf", settings),
            ("rights", mosquitto.RIGHTS),
            *mosquitto.certificate_files(self._keys).items(),
        ):
            mosquitto.write_secret(self._folder / name, text, self._owner)

    def _write_accounts(self) -> None:
        """Those of all probes, and some to spare: who is enrolled gets one that mosquitto knows already."""
        self._registry.make_spare(SPARE_ACCOUNTS)
        version = self._registry.version  # before they are read: what changes meanwhile is seen at the next look
        text = mosquitto.passwords(self._registry, self.login.password)
        mosquitto.write_secret(self._folder / "passwords", text, self._owner)
        self._version = version


def find_mosquitto(also: str = "/usr/sbin:/usr/local/sbin") -> Path:
    """This machine's mosquitto, `also` where Debian has only root look. Raises BrokerError with how to install it."""
    found = shutil.which("mosquitto", path=f"{os.environ.get('PATH', os.defpath)}:{also}")
    if found is None:
        raise BrokerError(
            "a hub that others reach (--host) needs mosquitto, which is not installed: apt install mosquitto (its own "
            "service may then hold port 1883 or 8883: systemctl disable --now mosquitto, or another --mqtt-port); or "
            "give a broker of your own with --broker, or leave --host away"
        )
    return Path(found)


def end_stale(folder: Path) -> None:
    """End a mosquitto that a hub left behind in this folder, where the kernel did not end it with the hub."""
    try:
        pid = int((folder / "pid").read_text())
        handle = os.pidfd_open(pid)
    except (OSError, ValueError):
        return
    with suppress(OSError):  # it has ended by itself
        if _runs(pid, folder):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            select.select([handle], [], [], STOP_S)
    os.close(handle)


def sweep(run: Path) -> None:
    """Take away what hubs that were killed have left behind, where no mosquitto uses it any more."""
    for path in run.glob("*/pid"):
        with suppress(OSError, ValueError):
            if not _runs(int(path.read_text()), path.parent):
                shutil.rmtree(path.parent, ignore_errors=True)


def _runs(pid: int, folder: Path) -> bool:
    """Whether a process is the mosquitto of a folder: its number may be somebody else's by now."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        return False
    return os.fsencode(folder / "mosquitto.conf") in command


def _run_folder(data: Path, *, shared: bool) -> Path:
    """Where mosquitto's files lie at each start: in the hub's folder, or where another user can come to them."""
    if not shared:
        return data.absolute() / "broker"
    return _RUN / hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]


def _files() -> int:
    """How many files it may open: so many that the hub gets in whatever probes and strangers have taken."""
    wanted, most = mosquitto.MAX_CONNECTIONS + OWN_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return wanted if most == resource.RLIM_INFINITY else min(wanted, most)
