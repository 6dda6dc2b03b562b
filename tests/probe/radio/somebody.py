"""A command run by a user who is nobody: with the capabilities that are named, and none of root's other powers."""

import os
import pwd
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NOBODY = pwd.getpwnam("nobody")


def as_nobody(*words: str | Path, capabilities: str = "") -> "subprocess.CompletedProcess[str]":
    """Run words as `nobody`, with capabilities such as `net_raw,net_admin`. Skips where only root could do that."""
    given = "".join(f",+{name}" for name in capabilities.split(",") if name)
    user = (f"--reuid={NOBODY.pw_uid}", f"--regid={NOBODY.pw_gid}", "--clear-groups")
    return as_root("setpriv", *user, f"--inh-caps=-all{given}", f"--ambient-caps=-all{given}", *words)


def as_root(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run words as root, where nobody can read this Python and this code too: root's own home may hold them."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can give capabilities away, by setpriv")
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _script(), "sh", *map(str, words)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": "/nonexistent"}
    done = subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=False)
    if "unshare failed" in done.stderr:
        pytest.skip("no name spaces here (unshare --mount)")
    return done


def _script() -> str:
    """Lay what is needed over those folders on its way that others may not enter."""
    lines = ["set -e", "mount -t tmpfs -o mode=755 none /mnt"]
    hidden: dict[Path, set[Path]] = {}
    for needed in {Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), ROOT.resolve()}:
        for folder in reversed(needed.parents):
            if not folder.stat().st_mode & 0o001:
                hidden.setdefault(folder, set()).add(needed)
                break
    for number, (folder, needs) in enumerate(hidden.items()):
        aside, closed = f"/mnt/{number}", shlex.quote(str(folder))
        lines += [f"mkdir {aside}", f"mount --rbind {closed} {aside}", f"mount -t tmpfs -o mode=755 none {closed}"]
        for needed in sorted(needs):
            place = shlex.quote(str(needed))
            inside = shlex.quote(f"{aside}/{needed.relative_to(folder)}")
            lines.append(f"mkdir -p {place} && mount --rbind {inside} {place}")
    return "\n".join([*lines, 'exec "$@"'])
