"""Real processes, tormented: walkers that write, probes that send, a broker, a hub; all of them killed at random.

What is killed is started again, as an init system would. Links are cut, slowed, doubled and reordered by a proxy; disks
are full for a while; clocks wake up in 2019. With restores, the hub is lost and comes back from any of its backups, by
any clock, while what was said in all its epochs is repeated. At the end all is left in peace, and then every sighting
whose outbox write had returned must be in the hub exactly once, and nothing that nobody wrote.
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
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import msgspec

from hub.keys import HubKeys
from probe.outbox.outbox import Outbox
from probe.walk.making import new_id
from tests.examples import look
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
REPLAY = 0.5  # of what is sent is followed by something older, whatever the plan
PASSPHRASE = "four words picked at random"  # noqa: S105 (of a torture's own hub)
OF_HUBS = ("early", "doubles")  # the safeties that a hub is without; the others are the probes'


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
    """A hub, its broker (`embedded` or `mosquitto`), and some probes. `unsafe` takes a safety away; with `restores` the
    hub is lost now and then, and old messages are repeated."""

    folder: Path
    broker: str
    seed: int
    probes: int = 3
    unsafe: str | None = None
    restores: bool = False
    kills: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        data = self._disk("hub", 2000)
        unsafe = ("tests.torture.unsafe", self.unsafe or "")
        self._send = unsafe if self.unsafe and self.unsafe not in OF_HUBS else ("probe",)
        self.hub = HubProcess(data, program=unsafe if self.unsafe in OF_HUBS else ("hub",))
        self.backups: list[Path] = []
        self.mosquitto: Mosquitto | None = None
        if self.broker == "mosquitto":
            self.mosquitto = Mosquitto(self.folder)
            self.mosquitto.start()
            self.hub.behind(self.mosquitto.url)
        self.hub.start()
        target = self.mosquitto.port if self.mosquitto else self.hub.mqtt_port
        self.proxy = Mischief(target, self.seed, Plan(replay=REPLAY if self.restores else 0.0))
        self.proxy.start()
        self.walking = [Probe(n, self.folder, self._disk(f"probe-{n}", 600)) for n in range(self.probes)]
        for probe in self.walking:
            pair(probe.outbox, data)
        if self.restores:
            self._back_up()
        for probe in self.walking:
            self._start(probe, "walker")
            self._start(probe, "sender")

    def torment(self, kills: int) -> None:
        """So many kills, with other mischief between them."""
        acts = ["walker"] * 3 + ["sender"] * 3 + ["hub"] * 3 + ["cut"] * 2 + ["plan"] * 2 + ["full"]
        acts += ["backup", "restore"] * 2 if self.restores else []
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
        self._wait_for_receipts(wait_s)
        if self.restores:
            self._lose_the_hub_once_more(wait_s)

    def _lose_the_hub_once_more(self, wait_s: float) -> None:
        """The worst time for it: all that probes have is in the hub, which has nothing of it any more, and in the place
        of each new receipt come all those of before.

        A probe hears from its hub only when it sends, so each makes one more sighting.
        """
        self.proxy.went_by.clear()
        self._restore(self.backups[0], dict(os.environ))
        self._make_one_more()
        self._wait_for_receipts(wait_s)
        self.proxy.plan = Plan(hold=True)
        self._make_one_more()
        self._wait(lambda: self.verdict()["missing"] == 0, "the hub to have all", wait_s)
        self.proxy.plan = Plan(hold=True, old=True)
        self._restore(self.backups[0], dict(os.environ))
        self._wait(self._all_know_the_hubs_epoch, "the probes to hear that their hub came back", wait_s)
        self.proxy.plan = Plan(old=True)
        everybody = len(self.walking)
        self._wait(lambda: len(self.proxy.given_old) == everybody, "old receipts to be repeated", wait_s)
        time.sleep(1.0)  # for those that were repeated last to be believed, where they are
        self.proxy.plan = Plan()
        self._wait_for_receipts(wait_s)

    def _all_know_the_hubs_epoch(self) -> bool:
        epochs = {HubKeys(self.hub.data).epoch}
        for probe in self.walking:
            with Outbox(probe.outbox) as box:
                epochs.add(box.paired().hub.epoch)
        return len(epochs) == 1

    def _wait(self, true: Callable[[], bool], what: str, wait_s: float) -> None:
        until_s = time.monotonic() + wait_s
        while not true():
            self._look_after(walkers=False)
            if time.monotonic() > until_s:
                raise AssertionError(f"waited {wait_s:.0f} s for {what}: {self._logs()}")
            time.sleep(0.2)

    def _make_one_more(self) -> None:
        for probe in self.walking:
            sighting = msgspec.structs.replace(look(), id=new_id())
            with probe.ledger.open("a") as ledger, Outbox(probe.outbox) as box:
                ledger.write(f"\ntry {sighting.id}\n")
                box.add([sighting])
                ledger.write(f"done {sighting.id}\n")

    def _wait_for_receipts(self, wait_s: float) -> None:
        best, since_s = 1 << 30, time.monotonic()
        while waiting := self._all_waiting():
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
            self.proxy.plan = replace(self.random.choice(PLANS), replay=REPLAY if self.restores else 0.0)
        elif act == "backup":
            self._back_up()
        elif act == "restore":
            self._restore()
        elif act == "full":
            # A probe whose disk is full lets go of what was receipted, which a restored hub may lack: that is no error.
            self._fill(self.hub.data if self.restores else self.random.choice([probe.disk, self.hub.data]))
        (self.troubles if act in ("cut", "plan", "full", "backup") else self.kills)[act] += 1

    def _back_up(self) -> None:
        copy = self.folder / f"backup-{len(self.backups)}"
        if self._hub("backup", copy, os.environ):
            self.backups.append(copy)

    def _restore(self, copy: Path | None = None, clock: dict[str, str] | None = None) -> None:
        """The hub is lost, and comes back from one of its backups, by any clock."""
        self.hub.kill()
        back = self.folder / "back"
        copy = copy or self.random.choice(self.backups)
        assert self._hub("restore", copy, clock or self._clock(), data=back), f"no restore: {self._logs()}"
        for path in self.hub.data.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for path in back.iterdir():
            shutil.move(path, self.hub.data)
        back.rmdir()
        self.hub.start(clock or self._clock())

    def _hub(self, command: str, file: Path, environment: Mapping[str, str], data: Path | None = None) -> bool:
        """A command about copies; whether it went well, which on a full disk it need not."""
        words = [sys.executable, "-m", "hub", command, str(file), "--data", str(data or self.hub.data)]
        given = {**environment, "CONTRECHAMP_PASSPHRASE": PASSPHRASE}
        with (self.folder / "copies.log").open("a") as log:
            return subprocess.run(words, env=given, stdout=log, stderr=log, check=False).returncode == 0

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
            command = [sys.executable, "-m", *self._send, "send", "--follow", "--outbox", str(probe.outbox), "--to", to]
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

    def _all_waiting(self) -> int:
        return sum(self._waiting(probe) for probe in self.walking)

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


def run(
    folder: Path, broker: str, *, kills: int, seed: int, unsafe: str | None = None, restores: bool = False
) -> dict[str, int]:
    """A whole torture; returns the verdict with what was done."""
    rig = Rig(folder, broker, seed, unsafe=unsafe, restores=restores)
    began_s = time.monotonic()
    try:
        rig.torment(kills)
        rig.peace()
        verdict = rig.verdict()
    finally:
        rig.close()
    counts = rig.proxy.counts
    done = {f"killed {name}": count for name, count in rig.kills.items()} | dict(rig.troubles)
    done |= {"doubled on the way": counts.doubled, "reordered": counts.swapped, "repeated": counts.replayed}
    return verdict | done | {"seconds": round(time.monotonic() - began_s)}


if __name__ == "__main__":
    import tempfile

    for kind in sys.argv[2:] or ("mosquitto", "embedded"):
        with tempfile.TemporaryDirectory(prefix="torture-") as scratch:
            print(
                json.dumps(
                    {"broker": kind}
                    | run(Path(scratch), kind, kills=int(sys.argv[1]), seed=int(time.time()), restores=True)
                )
            )
