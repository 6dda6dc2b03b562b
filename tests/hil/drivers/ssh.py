"""Commands on a probe by the machine's own ssh, over one connection that stays: the same for QEMU and for a Pi."""

import os
import shlex
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.hil.protocols import Done


class SshCommand:
    """A `CommandProtocol` and `FileTransferProtocol`."""

    def __init__(self, host: str, folder: Path, *, user: str = "root", key: Path | None = None) -> None:
        self._target = f"{user}@{host}"
        self._under_way: list[SshRunning] = []
        self._options = [
            *("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"),
            *("-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "ServerAliveInterval=10"),
            # The bench cuts and slows the way that this connection takes: it must not give up before the probe does.
            *("-o", "ServerAliveCountMax=30"),
            # The quickest exchange: an emulated processor needs seconds for the others.
            *("-o", "KexAlgorithms=^curve25519-sha256"),
            *("-o", "ControlMaster=auto", "-o", f"ControlPath={folder}/ssh-%C", "-o", "ControlPersist=600"),
            *([] if key is None else ["-i", str(key), "-o", "IdentitiesOnly=yes"]),
        ]

    @property
    def words(self) -> list[str]:
        """The ssh command that reaches the machine."""
        return ["ssh", *self._options, self._target]

    def line(self) -> str:
        """The same for a person to paste."""
        return shlex.join(self.words)

    def reach(self, wait_s: float, trouble: Callable[[], str | None] = lambda: None) -> None:
        """Until commands run. Fails after a while, or at once where `trouble` says why they never will."""
        deadline = time.monotonic() + wait_s
        while True:
            done = self.run("true", wait_s=15.0, check=False)
            if done.code == 0:
                return
            if (why := trouble()) is not None:
                pytest.fail(why)
            if time.monotonic() > deadline:
                pytest.fail(f"no command runs on {self._target} after {wait_s:.0f} s: {done.err.strip()}")
            time.sleep(0.3)

    def run(self, *words: str, wait_s: float = 60.0, check: bool = True) -> Done:
        command = [*self.words, shlex.join(words)]
        try:
            ended = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=wait_s, check=False
            )
        except subprocess.TimeoutExpired as problem:
            if check:
                pytest.fail(f"{shlex.join(words)}: not over after {wait_s:.0f} s")
            return Done(255, "", str(problem))
        done = Done(ended.returncode, ended.stdout, ended.stderr)
        if check and done.code:
            pytest.fail(f"{shlex.join(words)}: exit code {done.code}\n{done.out[-2000:]}\n{done.err[-2000:]}")
        return done

    def start(self, *words: str) -> "SshRunning":
        script = f"echo $$; exec {shlex.join(words)}"
        running = SshRunning(self, [*self.words, script])
        self._under_way.append(running)
        return running

    def end_commands(self) -> None:
        """End what is still under way."""
        for running in self._under_way:
            if running.alive():
                self.run("kill", "-KILL", running.pid, check=False)
            running.forget()
        self._under_way.clear()

    def put(self, local: Path, remote: str) -> None:
        target = f"{self._target}:{remote}"
        subprocess.run(["scp", "-q", *self._options, str(local), target], check=True, timeout=60)

    def drop(self) -> None:
        """Forget the connection: the machine's power was cut."""
        subprocess.run(["ssh", *self._options, "-O", "exit", self._target], capture_output=True, check=False)


class SshRunning:
    """A command under way; the first line of its output was its process id."""

    def __init__(self, over: SshCommand, command: list[str]) -> None:
        self._over = over
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 (lives as long as the command)
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True, bufsize=1
        )
        self.pid = self.line().strip()
        if not self.pid.isdigit():
            pytest.fail(f"{command[-1]}: did not start: {self.said()}")

    def alive(self) -> bool:
        return self._process.poll() is None

    def line(self) -> str:
        """The next line that it says."""
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def say(self, line: str) -> str:
        """Give it a line; what it says to that."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pytest.fail(f"it has ended already: {self.said()}")
        return self.line().strip()

    def wait(self, wait_s: float = 60.0) -> Done:
        """End its input, and wait until it ends by itself."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(OSError):
            self._process.stdin.close()
        over = threading.Timer(wait_s, self._process.kill)
        over.start()
        out = self._process.stdout.read()
        code = self._process.wait()
        if not over.is_alive():
            self._over.run("kill", "-KILL", self.pid, check=False)
            pytest.fail(f"not over after {wait_s:.0f} s; it said:\n{out[-1500:]}\n{self.said()}")
        over.cancel()
        return Done(code, out, self.said())

    def rest(self, wait_s: float = 120.0) -> list[str]:
        """The lines that it still says until it ends; a line that was cut does not count."""
        return self.wait(wait_s).out.split("\n")[:-1]

    def stop(self, wait_s: float = 60.0) -> Done:
        self._over.run("kill", "-INT", self.pid, check=False)
        return self.wait(wait_s)

    def forget(self) -> None:
        """Nobody waits for what it says any more."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def said(self) -> str:
        # Without seeking: where it writes next is shared with the process.
        return os.pread(self._errors.fileno(), 1 << 20, 0).decode(errors="replace")
