"""A real PostgreSQL for tests: a server of its own in a scratch folder, reached by a Unix socket alone."""

import atexit
import contextlib
import os
import select
import shutil
import signal
import subprocess
import tempfile
from functools import cache
from itertools import count
from pathlib import Path

import pytest

from hub.store.chosen import remember
from hub.store.postgres.address import PostgresAddress

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
NO_SERVER = "no PostgreSQL on this machine: apt install postgresql"
USER = "hub"
WAIT_S = 20.0
_OWNER = "postgres"  # as whom the server runs where root starts it, which it refuses
_QUICK = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
_SETTINGS = (
    "listen_addresses = ''\nshared_buffers = 32MB\nmax_connections = 60\nautovacuum = off\nmax_wal_size = 256MB\n"
)


class Server:
    """A server that ends with the process; `durable` where a test kills it."""

    def __init__(self, *, durable: bool = False) -> None:
        if not PROGRAMS:
            pytest.skip(NO_SERVER)
        self._programs = PROGRAMS[-1].parent
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path has to be short
        self._numbers = count(1)
        self._owner = ("runuser", "-u", _OWNER, "--") if os.geteuid() == 0 else ()
        if self._owner:
            shutil.chown(self.folder, _OWNER)
        atexit.register(self.end)
        self._run("initdb", "-D", self.data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(f"{_SETTINGS}unix_socket_directories = '{self.folder}'\n{'' if durable else _QUICK}")
        self.start()
        self.sql("CREATE ROLE owner LOGIN CREATEDB")

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        self._run("pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")

    def kill(self) -> None:
        """Kill it as a power cut would: the server and all that belongs to it."""
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGSTOP)  # so that it has no more children than these
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in (pid, *map(int, children)):
            descriptor = os.pidfd_open(one)
            os.kill(one, signal.SIGKILL)
            select.select([descriptor], [], [], WAIT_S)
            os.close(descriptor)
        for lock in (self.data / "postmaster.pid", *self.folder.glob(".s.PGSQL.*.lock")):
            lock.unlink()  # in a container where nobody buries the dead, their number still counts as taken

    def end(self) -> None:
        if (self.data / "postmaster.pid").exists():
            with contextlib.suppress(ProcessLookupError):
                self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def address(self, database: str, user: str = "owner") -> PostgresAddress:
        return PostgresAddress.parse(f"postgresql://{user}@/{database}?host={self.folder}")

    def new(self, template: str | None = None) -> PostgresAddress:
        """An empty database, or one that holds a hub of its own with nothing in it."""
        name = f"hub{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} OWNER owner {'' if template is None else f'TEMPLATE {template}'}")
        return self.address(name)

    def sql(self, *statements: str, database: str = "postgres") -> str:
        """What psql says to some statements, as a superuser."""
        words = [word for one in statements for word in ("-c", one)]
        return self._run("psql", "-h", self.folder, "-U", USER, "-d", database, "-qAt", "-v", "ON_ERROR_STOP=1", *words)

    @cache  # noqa: B019 (there is one server, as long as the process)
    def template(self) -> str:
        """A database in which a hub's tables are made already."""
        made = self.new()
        with tempfile.TemporaryDirectory() as folder:
            remember(Path(folder) / "hub", str(made))
        return str(made.parameters["dbname"])

    def give(self, data: Path) -> PostgresAddress:
        """Let the hub in a folder, which is to be made yet, keep its log here."""
        address = self.new(self.template())
        remember(data, str(address))
        return address

    def _run(self, program: str, *words: str | Path) -> str:
        command = [*self._owner, str(self._programs / program), *map(str, words)]
        # A server that goes on running must not keep the pipe open on which this waits.
        with tempfile.TemporaryFile("w+") as out:
            done = subprocess.run(command, cwd="/", stdout=out, stderr=subprocess.STDOUT, check=False, text=True)
            out.seek(0)
            said = out.read()
        assert done.returncode == 0, f"{command}: {said}"
        return said.strip()


@cache
def server() -> Server:
    """The one of this process; skips the test where there can be none."""
    return Server()
