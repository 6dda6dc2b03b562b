"""QEMU's own remote control: a line of JSON there, a line back."""

import json
import socket
from pathlib import Path
from typing import Any


class Qmp:
    """One connection to a running QEMU. Fails with its words where it refuses."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30.0)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")
        self._lines.readline()
        self.ask("qmp_capabilities")

    def ask(self, what: str, **arguments: Any) -> Any:
        self._socket.sendall(json.dumps({"execute": what, "arguments": arguments}).encode() + b"\n")
        while True:
            told = json.loads(self._lines.readline())
            if "error" in told:
                raise AssertionError(f"QEMU, {what}: {told['error']['desc']}")
            if "return" in told:
                return told["return"]

    def close(self) -> None:
        self._lines.close()
        self._socket.close()
