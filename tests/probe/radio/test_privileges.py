"""Nobody has to be root to listen, and root keeps two of its powers: by the kernel's own sockets, as real users."""

import json
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.probe.radio.somebody import NOBODY, ROOT, as_nobody, as_root
from tests.probe.radio.tap import tap

NAME = f"ctp{os.getpid() % 100000}"
LISTEN = (sys.executable, "-m", "probe", "listen", "--monitor", NAME, "--json")
OPEN = f"""
import os
from probe.radio.interface import to_monitor
from probe.radio.monitor import Monitor
name = {NAME!r}
to_monitor(name)
Monitor(name).close()
print(name, "is heard by", os.getuid())
"""
# What a walk's first steps do, said as JSON: who it is, what it and a program of its hold, what it can open.
TELL = """
import json, os, socket, subprocess, sys
from pathlib import Path
from probe.radio.privileges import RADIO, keep_only
def holds(text):
    return {line.split(":")[0]: line.split()[1] for line in text.splitlines() if line[:3] in ("Cap", "Uid", "NoN")}
def can(what):
    try:
        what()
    except OSError:
        return False
    return True
told = keep_only(RADIO if sys.argv[1] == "radio" else (), Path(sys.argv[2]))
child = subprocess.run(["cat", "/proc/self/status"], capture_output=True, text=True, check=True).stdout
print(json.dumps({
    "told": told,
    "own": holds(Path("/proc/thread-self/status").read_text()),
    "child": holds(child),
    "raw": can(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()),
    "file": can(lambda: Path(sys.argv[2]).read_bytes()),
    "root again": can(lambda: os.setresuid(0, 0, 0)) and os.getuid() == 0,
    "mount": subprocess.run(["mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True).returncode == 0,
    "files of others": can(lambda: Path(sys.argv[3]).read_bytes()),
}))
"""


@pytest.fixture
def files() -> Iterator[tuple[Path, Path]]:
    """A file of nobody's and one that root alone reads, in a folder that everybody may enter."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        theirs, roots = Path(folder) / "outbox.db", Path(folder) / "root.key"
        for path in (theirs, roots):
            path.write_text("x")
            path.chmod(0o600)
        if os.geteuid() == 0:
            os.chown(theirs, NOBODY.pw_uid, NOBODY.pw_gid)
        yield theirs, roots


def test_a_command_that_may_not_listen_gives_itself_back_with_what_it_lacks() -> None:
    with tap(NAME):
        done = as_nobody(*LISTEN)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert "that takes CAP_NET_ADMIN, not root; try: sudo -E setpriv --reuid=65534 " in done.stderr
    assert done.stderr.endswith(f" {shlex.join(LISTEN)}\n")


def test_the_command_that_the_sentence_gives_listens_as_the_same_user() -> None:
    with tap(NAME):
        refused = as_nobody(sys.executable, "-c", OPEN)
        found = re.search(r"takes CAP_NET_ADMIN, not root; try: sudo -E (setpriv .*)", refused.stderr, re.DOTALL)
        assert found is not None, refused.stderr
        listened = as_root(*shlex.split(found[1]))  # what sudo would do with it
    assert listened.stdout == f"{NAME} is heard by {NOBODY.pw_uid}\n", listened.stderr


@pytest.mark.parametrize("given", ["net_raw", "net_admin"])
def test_with_one_of_two_the_other_is_named(given: str) -> None:
    """Up it is set by `ip`, which holds what we hold; what is up already takes CAP_NET_RAW alone."""
    code = OPEN if given == "net_raw" else OPEN.replace("to_monitor(name)", "")
    with tap(NAME):
        done = as_nobody(sys.executable, "-c", code, capabilities=given)
    missing = "CAP_NET_ADMIN" if given == "net_raw" else "CAP_NET_RAW"
    assert f"that takes {missing}, not root" in done.stderr


def test_root_keeps_what_radios_take_and_nothing_else(files: tuple[Path, Path]) -> None:
    theirs, roots = files
    told = _told("radio", roots, theirs)
    assert told["told"].startswith("started as root: keeps CAP_NET_RAW and CAP_NET_ADMIN of its powers")
    assert (told["raw"], told["file"], told["mount"]) == (True, True, False)
    assert not told["files of others"], "root without its powers is a user like any other"
    for who in ("own", "child"):
        assert {told[who][kind] for kind in ("CapPrm", "CapEff", "CapBnd")} == {f"{0x3000:016x}"}, who
        assert told[who]["NoNewPrivs"] == "1"


def test_root_becomes_the_user_to_whom_the_outbox_belongs(files: tuple[Path, Path]) -> None:
    theirs, roots = files
    told = _told("radio", theirs, roots)
    assert told["told"] == (
        f"started as root: goes on as nobody, to whom {theirs} belongs, with CAP_NET_RAW and CAP_NET_ADMIN"
    )
    assert {told[who]["Uid"] for who in ("own", "child")} == {str(NOBODY.pw_uid)}
    assert told["child"]["CapEff"] == f"{0x3000:016x}", "`ip` has to set an interface up"
    assert (told["raw"], told["file"]) == (True, True)
    assert (told["root again"], told["mount"], told["files of others"]) == (False, False, False)


def test_a_user_who_cannot_load_the_program_is_named_and_nothing_is_begun(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    theirs, roots = files
    shutil.copytree(ROOT / "probe", tmp_path / "probe", ignore=shutil.ignore_patterns("__pycache__"))
    tmp_path.chmod(0o700)
    first = f"import sys; sys.path.insert(0, {str(tmp_path)!r})"
    done = as_root(sys.executable, "-c", f"{first}\n{TELL}", "radio", theirs, roots)
    assert f"{theirs} belongs to nobody, who cannot read this program in {tmp_path}" in done.stderr
    assert done.returncode != 0
    assert not done.stdout


def test_without_a_radio_nothing_is_kept(files: tuple[Path, Path]) -> None:
    told = _told("board", *files)
    assert told["told"].endswith("with no capability")
    assert told["own"]["CapPrm"] == told["child"]["CapPrm"] == f"{0:016x}"
    assert not told["raw"]


def test_a_user_who_holds_more_than_is_needed_lets_it_go_without_a_word(files: tuple[Path, Path]) -> None:
    done = as_nobody(sys.executable, "-c", TELL, "radio", *files, capabilities="net_raw,net_admin,sys_admin")
    told = json.loads(done.stdout)
    assert told["told"] is None
    assert told["own"]["CapPrm"] == told["child"]["CapEff"] == f"{0x3000:016x}"


def test_an_ordinary_user_has_nothing_to_let_go(files: tuple[Path, Path]) -> None:
    told = json.loads(as_nobody(sys.executable, "-c", TELL, "radio", *files).stdout)
    assert told["told"] is None
    assert not told["raw"]


def test_root_in_a_container_without_them_is_told_what_the_container_lacks() -> None:
    ask = "import probe.radio.privileges as p; print(p.refused('hci0: may not be listened to', p.NET_RAW))"
    done = as_root("setpriv", "--bounding-set=-net_raw", "--inh-caps=-all", sys.executable, "-c", ask)
    assert done.stdout == (
        "hci0: may not be listened to: root has no CAP_NET_RAW here; give these to the container: "
        "--cap-add=NET_RAW --cap-add=NET_ADMIN\n"
    )


def test_what_is_forbidden_to_those_who_hold_it_is_not_explained_by_what_they_lack() -> None:
    ask = "import probe.radio.privileges as p; print(p.refused('wlan1: may not be tuned', p.NET_ADMIN))"
    done = as_nobody(sys.executable, "-c", ask, capabilities="net_raw,net_admin")
    assert done.stdout.startswith("wlan1: may not be tuned, although CAP_NET_ADMIN is there; look for what forbids it")


def test_no_sentence_of_ours_asks_anybody_to_be_root() -> None:
    for path in sorted([*(ROOT / "probe").rglob("*.py"), *(ROOT / "hub").rglob("*.py")]):
        for line in path.read_text().splitlines():
            assert not re.search(r"(run|start) (it|this|them)? ?as root|sudo contrechamp|sudo python", line), (
                f"{path.relative_to(ROOT)}: {line.strip()}"
            )


def _told(*words: str | Path) -> dict[str, Any]:
    done = as_root(sys.executable, "-c", TELL, *words)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told
