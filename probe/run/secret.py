"""The code that lets a phone see the walker's page: in a file for this user alone, made where there is none."""

import secrets
from pathlib import Path

from probe.errors import BadInput
from probe.files.durable import write_durably
from probe.files.private import close_file

MOST_BYTES = 1024
# Without what is taken for something else when it is read aloud or typed with gloves on.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 3, 4  # 59 bits, and guesses have to wait


def secret_in(path: Path) -> str:
    """The code in a file; a new one where the file is not there. Raises BadInput where it cannot be read or made."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        close_file(path)
    except FileNotFoundError:
        return _made(path)
    except OSError as problem:
        raise BadInput(f"{path}: the page's code cannot be read ({problem.strerror})") from problem
    try:
        text = data.decode().strip()
    except UnicodeDecodeError:
        text = ""
    if not text or len(data) > MOST_BYTES:
        raise BadInput(f"{path}: holds no code for the page; delete it, and a new one is made")
    return text


def _made(path: Path) -> str:
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    try:
        write_durably(path, code.encode() + b"\n", private=True)
    except OSError as problem:
        raise BadInput(f"{path}: the page's code cannot be written ({problem.strerror})") from problem
    return code
