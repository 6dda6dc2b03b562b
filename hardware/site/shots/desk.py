"""Where the commands of the pictures are run: a folder that goes away, and an environment that knows no other.

Keys, codes and passphrases that are made there are thrown away with it: those that a picture shows open nothing.
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hardware.site.shots.terminal import run

_AS_ROOT = re.compile(r"^started as root:.*\n", re.MULTILINE)  # a maker is not; whoever builds the pages may be
PORT = re.compile(r"/dev/pts/[0-9]+")
_IN_TABLE = re.compile(PORT.pattern + r"((?:\x1b\[[0-9;]*m)*) {2}")
MAKERS_PORT = "/dev/ttyACM1"


class Desk:
    """The folder and its commands. What stands in a picture for a name of this machine is the one that a maker sees:
    the card's folder, the board's port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        root = Path(__file__).parents[3]
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "SSL_CERT_FILE") if name in os.environ}
        self.env = {
            **kept,
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(root),
            "TMPDIR": str(folder),
            "TZ": "Europe/Paris",
        }

    def command(self, program: str, *words: str | Path) -> list[str]:
        """The words that run `contrechamp-probe` or `contrechamp-hub`."""
        return [sys.executable, "-m", program, *map(str, words)]

    def probe(self, *words: str | Path, codes: tuple[int, ...] = (0,)) -> str:
        """What a command of the probe says. Raises Failed."""
        return self.told(run(self.command("probe", *words), self.folder, self.env, codes))

    def hub(self, *words: str | Path) -> str:
        """What a command of the hub says. Raises Failed."""
        return self.told(run(self.command("hub", *words), self.folder, self.env))

    def told(self, text: str) -> str:
        """The text as it is on a maker's machine."""
        text = _AS_ROOT.sub("", text).replace(f"{self.folder}/", "")
        return PORT.sub(MAKERS_PORT, _IN_TABLE.sub(MAKERS_PORT + r"\1", text))


@contextmanager
def desk() -> Iterator[Desk]:
    """A desk, to the end of the block."""
    with tempfile.TemporaryDirectory(prefix="contrechamp-shots-") as scratch:
        yield Desk(Path(scratch))
