"""Real processes, tormented: walkers that write, probes that send, a broker, a hub; all of them killed at random.

What is killed is started again, as an init system would. Links are cut, slowed, doubled and reordered by a proxy; disks
are full for a while; clocks wake up in 2019. At the end all is left in peace, and then every sighting whose outbox
write had returned must be in the hub exactly once, and nothing that nobody wrote.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from probe.outbox.outbox import Outbox
from tests.paired import pair
from tests.processes import HubProcess, Mosquitto
from tests.torture.mischief import Mischief, Plan

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
WAKING = Path(__file__).parent / "waking"
PLANS = (
    Plan(),
    Plan(),
    Plan(double=0.3, swap=0.3),
    Plan(bytes_per_s=60_000, delay_s=0.1),
    Plan(double=0.1, delay_s=0.3),
    Plan(silent=True),
)


def in_2019() -> dict[str, str]:
    """The environment of a Python program whose clock wakes up in 2019."""
    return os.environ | {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME": "@2019-07-10 00:00:00",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": str(WAKING),
    }


@dataclass
class Probe:
    """An outbox on a small disk, a walker that fills it, and a sender that empties it."""

    number: int
    folder: Path
    disk: Path
    walker: "subprocess.Popen[str] | None" = None
    sender: "subprocess.Popen[str] | None" = None

    @property
    def outbox(self) -> Path:
        return self.disk / "o.db"

    @property
    def ledger(self) -> Path:
        return self.folder / f"ledger-{self.number}"

    def said(self, word: str) -> list[str]:
        """The names in the ledger after a word. A line that was cut by a kill does not count."""
        lines = self.ledger.read_text().split("\n")[:-1] if self.ledger.exists() else []
        return [line.split(" ")[1] for line in lines if line.startswith(word + " ")]


@dataclass
class Rig:
    """A hub, its broker (`embedded` or `mosquitto`), and some probes. `unsafe` takes a safety away."""

    folder: Path
    broker: str
    seed: int
    probes: int = 3
    unsafe: str | None = None
    kills: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        data = self._disk("hub", 2000)
        self.hub = HubProcess(data, program=("tests.torture.unsafe", self.unsafe) if self.unsafe else ("hub",))
        self.mosquitto: Mosquitto | None = None
        if self.broker == "mosquitto":
            self.mosquitto = Mosquitto(self.folder)
            self.mosquitto.start()
            self.hub.behind(self.mosquitto.url)
        self.hub.start()
        target = self.mosquitto.port if self.mosquitto else self.hub.mqtt_port
        self.proxy = Mischief(target, self.seed)
        self.proxy.start()
        self.walking = [Probe(n, self.folder, self._disk(f"probe-{n}", 600)) for n in range(self.probes)]
        for probe in self.walking:
            pair(probe.outbox, data)
            self._start(probe, "walker")
            self._start(probe, "sender")

    def torment(self, kills: int) -> None:
        """So many kills, with other mischief between them."""
        acts = ["walker"] * 3 + ["sender"] * 3 + ["hub"] * 3 + ["cut"] * 2 + ["plan"] * 2 + ["full"]
        acts += ["broker"] * 2 if self.mosquitto else []
        while self.kills.total() < kills:
            self._act(self.random.choice(acts))
            time.sleep(self.random.uniform(0.0, 0.5))
            self._look_after()

    def peace(self, wait_s: float = 120.0) -> None:
        """No more mischief; the walkers stop, and the senders finish."""
        self.proxy.plan = Plan()
        for probe in self.walking:
            self._kill(probe.walker)
            self._start(probe, "sender")

        best, since_s = 1 << 30, time.monotonic()
        while waiting := sum(self._waiting(probe) for probe in self.walking):
            self._look_after(walkers=False)
            if waiting < best:
                best, since_s = waiting, time.monotonic()
            if time.monotonic() - since_s > wait_s:
                raise AssertionError(f"no receipt came for {wait_s:.0f} s; {waiting} units wait: {self._logs()}")
            time.sleep(0.2)

    def verdict(self) -> dict[str, int]:
        """What is missing, doubled or made up."""
        with closing(sqlite3.connect(self.hub.data / "hub.db")) as db:
            stored = Counter(row[0] for row in db.execute("SELECT id FROM sighting WHERE length(body) > 0"))
            stored.update(f"picture:{row[0]}" for row in db.execute("SELECT sha256 FROM picture"))
        done = {name for probe in self.walking for name in probe.said("done")}
        tried = {name for probe in self.walking for name in probe.said("try")}
        return {
            "written": len(done),
            "pictures": sum(name.startswith("picture:") for name in done),
            "missing": len(done - stored.keys()),
            "gave_way": sum(self._gave_way(probe) for probe in self.walking),
            "doubled": sum(count - 1 for count in stored.values()),
            "invented": len(stored.keys() - tried),
            "set_aside": self._aside(),
        }

    def close(self) -> None:
        for probe in self.walking:
            self._kill(probe.walker)
            self._kill(probe.sender)
        self.hub.kill()
        if self.mosquitto:
            self.mosquitto.kill()
        self.proxy.stop()
        for disk in self.folder.glob("disk-*"):
            subprocess.run(["umount", "-l", disk], check=False, capture_output=True)

    def _act(self, act: str) -> None:
        probe = self.random.choice(self.walking)
        if act in ("walker", "sender"):
            self._kill(getattr(probe, act))
            self._start(probe, act)
        elif act == "hub":
            self.hub.kill()
            self.hub.start(self._clock())
        elif act == "broker" and self.mosquitto:
            self.mosquitto.kill()
            self.mosquitto.start()
        elif act == "cut":
            self.proxy.cut()
        elif act == "plan":
            self.proxy.plan = self.random.choice(PLANS)
        elif act == "full":
            self._fill(self.random.choice([probe.disk, self.hub.data]))
        (self.troubles if act in ("cut", "plan", "full") else self.kills)[act] += 1

    def _look_after(self, *, walkers: bool = True) -> None:
        """Start again what has ended by itself: a sender that gave up, a walker without a disk."""
        for probe in self.walking:
            for name in ("sender", "walker") if walkers else ("sender",):
                process = getattr(probe, name)
                if process is None or process.poll() is not None:
                    self._start(probe, name)

    def _start(self, probe: Probe, name: str) -> None:
        self._kill(getattr(probe, name))
        if name == "walker":
            seed = str(self.random.randrange(1 << 30))
            command = [sys.executable, "-m", "tests.torture.walker", str(probe.outbox), str(probe.ledger), seed]
        else:
            to = f"mqtt://127.0.0.1:{self.proxy.port}"
            command = [sys.executable, "-m", "probe", "send", "--follow", "--outbox", str(probe.outbox), "--to", to]
            command += ["--patience", "20"]
        with (self.folder / f"{name}-{probe.number}.log").open("a") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, text=True, env=self._clock())
        setattr(probe, name, process)

    def _clock(self) -> dict[str, str]:
        """The environment of a program that wakes up today, or now and then in 2019."""
        if self.random.random() > 0.25 or not FAKETIME.exists():
            return dict(os.environ)
        self.troubles["2019"] += 1
        return in_2019()

    def _fill(self, disk: Path) -> None:
        """A disk without a byte left, for a second."""
        if not disk.is_mount():
            return
        ballast = disk / "ballast"
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 20))
            except OSError:
                pass
        time.sleep(self.random.uniform(0.5, 2.0))
        ballast.unlink()

    def _disk(self, name: str, mib: int) -> Path:
        """A small disk of its own, where this user may mount one."""
        disk = self.folder / f"disk-{name}"
        disk.mkdir()
        if os.geteuid() == 0 and shutil.which("mount"):
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m", "none", disk], check=False)
        return disk

    def _waiting(self, probe: Probe) -> int:
        with closing(sqlite3.connect(probe.outbox, timeout=10)) as db:
            return int(db.execute("SELECT count(*) FROM unit WHERE verdict IS NULL").fetchone()[0])

    def _gave_way(self, probe: Probe) -> int:
        """For want of room: the disks are large enough that nothing should."""
        with Outbox(probe.outbox) as box:
            return box.standing().gave_way + box.standing().lost

    def _logs(self) -> str:
        """The last words of everybody."""
        paths = [*self.folder.glob("*.log")]
        return "; ".join(f"{path.name}: {path.read_text()[-300:]}" for path in paths)

    def _aside(self) -> int:
        with closing(sqlite3.connect(self.hub.data / "hub.db", timeout=10)) as db:
            return int(db.execute("SELECT count(*) FROM quarantine").fetchone()[0])

    def _kill(self, process: "subprocess.Popen[str] | None") -> None:
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()


def run(folder: Path, broker: str, *, kills: int, seed: int, unsafe: str | None = None) -> dict[str, int]:
    """A whole torture; returns the verdict with what was done."""
    rig = Rig(folder, broker, seed, unsafe=unsafe)
    began_s = time.monotonic()
    try:
        rig.torment(kills)
        rig.peace()
        verdict = rig.verdict()
    finally:
        rig.close()
    counts = rig.proxy.counts
    done = {f"killed {name}": count for name, count in rig.kills.items()} | dict(rig.troubles)
    done |= {"doubled on the way": counts.doubled, "reordered": counts.swapped}
    return verdict | done | {"seconds": round(time.monotonic() - began_s)}


if __name__ == "__main__":
    import tempfile

    for kind in sys.argv[2:] or ("mosquitto", "embedded"):
        with tempfile.TemporaryDirectory(prefix="torture-") as scratch:
            print(
                json.dumps({"broker": kind} | run(Path(scratch), kind, kills=int(sys.argv[1]), seed=int(time.time())))
            )
