"""Real processes for tests: brokers, hubs and probes on free loopback ports, with bounded waits."""

import atexit
import contextlib
import json
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from hub.broker.reach import is_loopback
from tests.loaded import ran_loaded
from tests.patience import Patience, finished

WAIT_S = 20.0
COMMAND_S = 90.0
PROGRAM = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
NO_MOSQUITTO = "no mosquitto on this machine: install it to run this test"
needs_mosquitto = pytest.mark.skipif(PROGRAM is None, reason=NO_MOSQUITTO)


def free_port() -> int:
    """A port that nobody listens on, below those from which connections go out: a flood takes these by the thousand."""
    for port in random.SystemRandom().sample(range(20_000, 32_000), 200):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("0.0.0.0", port))
            return port
    raise AssertionError("no port is free")


def until(true: Callable[[], bool], what: str, wait_s: float = WAIT_S) -> None:
    """Wait until something is true; fail with its name after as long as this machine needs for `wait_s` of work."""
    patience = Patience(wait_s)
    while not true():
        if patience.over():
            pytest.fail(f"waited {patience.waited_s:.0f} s in vain for {what}")
        time.sleep(0.02)


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody listens on a port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(0.2)
        return probe.connect_ex((host, port)) == 0


def enterable_folder() -> Path:
    """A scratch folder that another user can enter, as a test's own cannot be; it goes with the process."""
    folder = Path(tempfile.mkdtemp(prefix="contrechamp-broker-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class Mosquitto:
    """A real mosquitto that keeps nothing, to be killed and started again.

    With the folder of a hub it is set up as `broker-config` says: TLS, passwords, rights. Without, anybody may do
    anything, as at a broker of other people's.
    """

    def __init__(self, folder: Path, *, hub_data: Path | None = None, host: str = "127.0.0.1", more: str = "") -> None:
        self._host = host
        self._program = PROGRAM
        if self._program is None:
            pytest.skip(NO_MOSQUITTO)
        self.port = free_port()
        self.scheme = "mqtt" if hub_data is None else "mqtts"
        if hub_data is None:
            self._config = folder / "mosquitto.conf"
            settings = f"listener {self.port} {host}\nallow_anonymous true\nmessage_size_limit 1049600\n"
            self._config.write_text(settings + (more or "persistence false\n"))
        else:
            from tests.paired import made_hub

            made_hub(hub_data)
            words = ("--to", enterable_folder() / "broker", "--bind", host, "--port", str(self.port))
            told = hub("broker-config", "mosquitto", *words, "--data", hub_data, "--json")
            assert told.returncode == 0, told.stderr
            self._config = Path(json.loads(told.stdout)["files"][0])
            assert not more, "what `broker-config` writes is run as it is"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._process.pid if self._process is not None else 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self._host}:{self.port}"

    def start(self) -> None:
        command = [self._program or "", "-c", str(self._config)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: answers(self.port, self._host), "mosquitto")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class HubProcess:
    """`contrechamp-hub serve` as a process of its own, to be killed and started again.

    Beyond loopback it runs a mosquitto, so without one there the test is skipped.
    """

    def __init__(
        self,
        data: Path,
        *,
        broker: str | None = None,
        host: str = "127.0.0.1",
        more: tuple[str, ...] = (),
        program: tuple[str, ...] = ("hub",),
    ) -> None:
        if broker is None and PROGRAM is None and not is_loopback(host.strip("[]")):
            pytest.skip(NO_MOSQUITTO)
        self.data = data
        self._host, self._more, self._program = host, more, program
        self.port, self.mqtt_port = free_port(), free_port()
        self._log = data.with_name(f"{data.name}.log")  # not a pipe: nobody reads it, and a full one stops the hub
        self._broker = broker
        self._told = f"mqtt://127.0.0.1:{self.mqtt_port}"
        self._process: subprocess.Popen[str] | None = None

    @property
    def mqtt_url(self) -> str:
        return self._broker or self._told

    @property
    def pid(self) -> int:
        return self._process.pid if self._process is not None else 0

    def children(self) -> dict[str, int]:
        """The processes that it has started and that still run, by the names of their programs."""
        found = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                pid, name, state, parent = re.match(r"(\d+) \((.*)\) (.) (\d+)", path.read_text()).groups()  # type: ignore[union-attr]
                if int(parent) == self.pid and state not in "ZX":
                    found[name] = int(pid)
        return found

    def also(self, *more: str) -> None:
        """Give it these options from the next start on."""
        self._more = more

    def behind(self, broker: str) -> None:
        """Use a broker of one's own from the next start on."""
        self._broker = broker

    def start(self, environment: dict[str, str] | None = None) -> dict[str, object]:
        command = [sys.executable, "-m", *self._program, "serve", "--data", str(self.data), "--json"]
        command += ["--port", str(self.port)]
        command += ["--host", self._host, *self._more]
        command += ["--broker", self._broker] if self._broker else ["--mqtt-port", str(self.mqtt_port)]
        with self._log.open("a") as errors:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the hub did not start: {self.log[-2000:]}"
        ready: dict[str, object] = json.loads(line)
        self._told = str(ready["mqtt"])
        return ready

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        return self._end(signal.SIGTERM)

    def interrupt(self) -> int:
        """Ctrl-C."""
        return self._end(signal.SIGINT)

    @property
    def log(self) -> str:
        """What it has said on stderr."""
        return self._log.read_text()

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(how)
        finished(self._process, WAIT_S)
        return self._process.returncode


def probe(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run a probe's command to its end."""
    return ran_loaded("probe", list(map(str, words)), COMMAND_S)


def hub(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run a hub's command to its end."""
    return ran_loaded("hub", list(map(str, words)), COMMAND_S)
