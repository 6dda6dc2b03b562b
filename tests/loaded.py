"""Commands as processes of their own that need not load the code again: each is forked from one that has.

A command's own work takes milliseconds, loading its code a fifth of a second and more, and the suite runs hundreds.
What is forked is a process like any other, with its own arguments, environment, folder and streams; that commands start
from nothing is tested where it matters, by wheels, installs and the README's lines.
"""

import array
import atexit
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path
from queue import Queue

from tests.patience import Patience

ROOT = Path(__file__).parents[1]
_CODE = ("hub.cli.main", "hub.service", "hub.backup", "hub.web.app", "probe.cli.main", "probe.service")
_END_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_COMMANDS = ("listening", "recordings", "delivery", "rules")


def ran_loaded(program: str, words: list[str], wait_s: float) -> "subprocess.CompletedProcess[str]":
    """Run a command of `hub` or `probe` to its end, with what it says. AssertionError where it does not end."""
    with socket.socket(socket.AF_UNIX) as line, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        line.connect(_listening())
        asked = json.dumps({"program": program, "words": words, "folder": str(Path.cwd()), "env": dict(os.environ)})
        streams = array.array("i", [out.fileno(), err.fileno()])
        line.sendmsg([len(asked.encode()).to_bytes(4, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
        line.sendall(asked.encode())
        pid = int.from_bytes(_exactly(line, 4), "big")
        line.settimeout(wait_s)
        patience = Patience(wait_s)
        while True:
            try:
                code = int.from_bytes(_exactly(line, 4), "big", signed=True)
                break
            except TimeoutError:
                if patience.over():
                    os.kill(pid, signal.SIGKILL)
                    raise AssertionError(f"{program} {words} did not end within {patience.waited_s:.0f} s") from None
        said = []
        for stream in (out, err):
            stream.seek(0)
            said.append(stream.read().decode())
    return subprocess.CompletedProcess([program, *words], code, *said)


@cache
def _listening() -> str:
    """The address of this process's loaded one, which is started when it is first asked for."""
    folder = tempfile.TemporaryDirectory(prefix="contrechamp-loaded-")
    address = f"{folder.name}/asked"
    started: Queue[subprocess.Popen[bytes] | None] = Queue()

    def keep() -> None:
        """It ends with the thread that started it, which is this one: whoever asked first may be gone soon."""
        with subprocess.Popen(
            [sys.executable, "-m", "tests.loaded", address], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        ) as server:
            assert server.stdout is not None
            started.put(server if server.stdout.readline() else None)
            server.wait()

    keeping = threading.Thread(target=keep, name="loaded", daemon=True)
    keeping.start()
    server = started.get()
    assert server is not None, "the loaded process did not start"

    def end() -> None:
        server.kill()
        keeping.join()
        folder.cleanup()

    atexit.register(end)
    return address


def _exactly(line: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count:
        more = line.recv(count - len(got))
        if not more:
            raise EOFError
        got += more
    return got


def _served(address: str) -> str:
    """Serve until there is a command to run: then this is its process, and the name of its program is the answer."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(64)
        print("ready", flush=True)
        while True:
            line, _ = listener.accept()
            if os.fork() == 0:
                break
            line.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size, rights, _, _ = line.recvmsg(4, socket.CMSG_SPACE(8))
    streams = array.array("i")
    streams.frombytes(rights[0][2])
    asked = json.loads(_exactly(line, int.from_bytes(size, "big")))
    pid = os.fork()
    if pid:
        line.sendall(pid.to_bytes(4, "big"))
        _, status = os.waitpid(pid, 0)
        with suppress(BrokenPipeError):  # whoever asked has given up
            line.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))
        os._exit(0)
    line.close()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, theirs in ((nothing, 0), (streams[0], 1), (streams[1], 2)):
        os.dup2(ours, theirs)
        os.close(ours)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["env"])
    sys.argv = [f"contrechamp-{asked['program']}", *asked["words"]]
    return str(asked["program"])


def _load() -> None:
    from importlib import import_module

    for name in (*_CODE, *(f"probe.cli.{command}" for command in _COMMANDS)):
        import_module(name)


if __name__ == "__main__":
    ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    _load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if _served(sys.argv[1]) == "hub":
        from hub.cli.main import main
    else:
        from probe.cli.main import main
    globals()["__package__"] = ""  # so that usage lines name the program
    main()
