"""What a terminal shows, as a drawing: the commands that were typed, and what really came of them."""

import os
import pty
import re
import select
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from fcntl import ioctl
from pathlib import Path

WIDTH, HEIGHT = 100, 24
_HOME = "\x1b[H"
_OTHERS = re.compile(r"\x1b\[\?[0-9;]*[hl]|\x1b\[[0-9;]*[ABCDEFGHJK]|\x1b[=>]")


class Failed(RuntimeError):
    """A command of a picture did not do what the page says that it does."""


def drawn(target: Path, title: str, text: str, width: int = WIDTH) -> Path:
    """Write `text`, with a terminal's colours in it, as an SVG of a window; no font is fetched from anywhere."""
    from rich._export_format import CONSOLE_SVG_FORMAT
    from rich.console import Console
    from rich.text import Text

    plain = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    target.parent.mkdir(parents=True, exist_ok=True)
    with Path(os.devnull).open("w") as nowhere:
        console = Console(width=width, record=True, file=nowhere, force_terminal=True)
        console.print(Text.from_ansi(text.rstrip()), overflow="fold")
        console.save_svg(str(target), title=title, code_format=plain, unique_id=re.sub(r"\W", "-", target.stem))
    return target


def typed(command: str, came: str) -> str:
    """A command behind a prompt, with what came of it."""
    return f"\x1b[1;32m$\x1b[0m \x1b[1m{command}\x1b[0m\n{came.rstrip()}\n"


def run(command: Sequence[str], folder: Path, env: Mapping[str, str], codes: tuple[int, ...] = (0,)) -> str:
    """What a command says on a terminal, both streams as they come. Raises Failed where it ends otherwise."""
    code, said = _in_terminal(command, folder, env)
    if code not in codes:
        raise Failed(f"{' '.join(command[2:])} ended with {code}: {said.strip()[-300:]}")
    return _OTHERS.sub("", said)


def last_screen(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> str:
    """The last whole screen of a command that fills one."""
    code, said = _in_terminal(command, folder, env)
    screens = said.split(_HOME)
    if code != 0 or len(screens) < 3:
        raise Failed(f"{' '.join(command[2:])} ended with {code} after {len(screens)} screens")
    return _OTHERS.sub("", screens[-2] if len(screens[-1]) < len(screens[-2]) // 2 else screens[-1])


def _in_terminal(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> tuple[int, str]:
    """Run a command on a pseudo-terminal; its exit code, and all that it wrote."""
    ours, its = pty.openpty()
    ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    running = subprocess.Popen(
        command, cwd=folder, env={**env, "TERM": "xterm-256color"}, stdin=its, stdout=its, stderr=its
    )
    os.close(its)
    said = b""
    try:
        while True:
            ready, _, _ = select.select([ours], [], [], 60.0)
            if not ready:
                running.kill()
                raise Failed(f"{' '.join(command[2:])} said nothing for a minute")
            try:
                came = os.read(ours, 1 << 16)
            except OSError:
                break  # the other end is closed: that is how a terminal tells
            if not came:
                break
            said += came
    finally:
        os.close(ours)
        code = running.wait()
    return code, said.decode(errors="replace").replace("\r\n", "\n")
