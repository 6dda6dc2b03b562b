"""A maker's debug mode: what the rules recognised, as plain JSON lines in a file. Off by default, and loudly marked.

Nothing else is written: no frame of anyone that no rule knows. It is not sealed, and it says where the walk ended.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec

from probe.contract.sighting import Kind, Sighting
from probe.errors import BadInput
from probe.files.private import make_file

MOST_BYTES = 64 << 20


class OpenRecord:
    """Appends sightings by radio to a file, which is this user's alone. `tell` hears what it does, and when it is full.

    Raises BadInput where the file cannot be written.
    """

    def __init__(self, path: Path, tell: Callable[[str], None]) -> None:
        self._path, self._tell, self._full = path, tell, False
        try:
            make_file(path)
        except OSError as problem:
            raise BadInput(f"{path}: cannot be written ({problem.strerror}); name another file") from problem
        tell(f"DEBUG: what is recognised on this walk is written openly to {path}. Delete it after you have looked.")

    def forget(self) -> None:
        """Delete the file: a walk that is forgotten is forgotten here, too. A disk that does not let it go is told."""
        self._full = True
        try:
            self._path.unlink(missing_ok=True)
        except OSError as problem:
            self._tell(f"DEBUG: {self._path} cannot be deleted ({problem.strerror}): delete it by hand")

    def add(self, sighting: Sighting) -> None:
        """Write one down. A disk that does not take it is told once."""
        if sighting.kind is not Kind.RADIO or self._full:
            return
        line = msgspec.json.encode(sighting) + b"\n"
        try:
            with self._path.open("ab") as file:
                if file.tell() + len(line) <= MOST_BYTES:
                    file.write(line)
                    return
            why = f"it has {MOST_BYTES >> 20} MB"
        except OSError as problem:
            why = problem.strerror or "the disk is full"
        self._full = True
        self._tell(f"DEBUG: {self._path} takes no more ({why})")
