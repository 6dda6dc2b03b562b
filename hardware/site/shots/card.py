"""What is seen while a card becomes a probe: the real command on a folder that is laid out as a stock card's bootfs.

The wheels of other people are stand-ins with their real names, as the pages are built without a network: so the
picture has the real number of files, and fewer MiB.
"""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hardware.site.shots.browser import LOCALES, looked_at, reader
from hardware.site.shots.desk import Desk
from hardware.site.shots.terminal import drawn, run, typed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BOOT = "media/bootfs"
HOME = "home.txt"
USER = "lou"  # whose laptop the picture shows: the page's caption says so
PRINTED = (800, 1130)
FIRST_BOOT = Path(__file__).parents[3] / "probe" / "card" / "files" / "first-boot.sh"
_CMDLINE = "console=serial0,115200 console=tty1 root=PARTUUID=1234abcd-02 rootfstype=ext4 fsck.repair=yes rootwait\n"
# The command as it is, but for the table of wheels: each has the digest of its stand-in.
_WITH_STAND_INS = """
import hashlib, sys
from pathlib import Path
from dataclasses import replace
from probe.cli import card
locked = card.locked_wheels
card.locked_wheels = lambda machine: [
    replace(one, sha256=hashlib.sha256(one.file.encode()).hexdigest()) for one in locked(machine)
]
card.card()
"""


def stock(desk: Desk) -> Path:
    """A folder as a laptop shows a stock card's boot partition."""
    boot = desk.folder / BOOT
    boot.mkdir(parents=True)
    (boot / "cmdline.txt").write_text(_CMDLINE)
    (boot / "config.txt").write_text("# For more options see https://rptl.io/configtxt\ndtparam=audio=on\n\n[all]\n")
    return boot


def stand_ins(desk: Desk) -> Path:
    """A folder with a file for each wheel, and our own wheel as it is built."""
    from probe.card.wheels import locked_wheels, our_wheel

    folder = desk.folder / "wheels"
    folder.mkdir()
    for one in locked_wheels("aarch64"):
        (folder / one.file).write_bytes(one.file.encode())
    our_wheel(None, folder)
    return folder


def pictures(desk: Desk, browser: "Browser", outbox: str, out: Path) -> list[Path]:
    """The command's answer, the card to print in both languages, and what the first start writes down."""
    boot, wheels = stock(desk), stand_ins(desk)
    (desk.folder / HOME).write_text("Our Wi-Fi\npassphrase-of-our-wifi\n")
    made = []
    for language in LOCALES:
        words = ["--paired", outbox, "--wifi-home-file", HOME, "--country", "FR", "--lang", language]
        program = [sys.executable, "-c", _WITH_STAND_INS]
        said = desk.told(run([*program, str(boot), "--wheels", str(wheels), *words], desk.folder, desk.env))
        command = f"contrechamp-probe card /media/$USER/bootfs {' '.join(words)}"
        told = re.sub(rf"\b{BOOT}\b", f"/media/{USER}/bootfs", said)
        if language == "en":
            made.append(drawn(out / "card.svg", "contrechamp-probe", typed(command, told)))
        context = reader(browser, language, PRINTED)
        page = context.new_page()
        page.goto((desk.folder / "kit-card.html").as_uri())
        made.append(looked_at(page, out / f"kit-card-{language}.png", whole=True))
        context.close()
    made.append(drawn(out / "first-boot-log.svg", "first-boot.log", "\n".join(first_boot_steps())))
    return made


def first_boot_steps() -> list[str]:
    """The lines of `first-boot.log` where all goes well, out of the script itself. How many seconds each takes on a
    Pi nobody has measured, so there stands a dash."""
    steps = []
    for line in FIRST_BOOT.read_text().splitlines():
        found = re.match(r'\s*step "([^"$]+)(\$[^"]*"?)?', line)
        if found and "exit" not in line and "||" not in line and "no room" not in line and "STOPPED" not in line:
            steps.append(found[1].rstrip(" :"))
    return [f"– s: {step}" for step in steps]
