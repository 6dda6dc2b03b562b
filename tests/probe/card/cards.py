"""A stock boot partition and wheels for tests: small ones, with the names of the real ones."""

from pathlib import Path

from probe.card.wheels import LockedWheel
from probe.card.writing import CardPlan

STOCK_CMDLINE = (
    "console=serial0,115200 console=tty1 root=PARTUUID=1234abcd-02 rootfstype=ext4 fsck.repair=yes rootwait "
    "quiet resize\n"
)
STOCK_CONFIG = (
    "# For more options see https://rptl.io/configtxt\ndtparam=audio=on\n\n"
    "[cm5]\ndtoverlay=dwc2,dr_mode=host\n\n[all]\n"
)
SETTINGS = '[run]\nmonitor = ["wlan1"]\n'


def stock_card(folder: Path) -> Path:
    """As a laptop mounts it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cmdline.txt").write_text(STOCK_CMDLINE)
    (folder / "config.txt").write_text(STOCK_CONFIG)
    return folder


def plan(folder: Path, **more: object) -> CardPlan:
    """What is to be written, with wheels that are none."""
    folder.mkdir(parents=True, exist_ok=True)
    own, other = folder / "contrechamp-0.1.0-py3-none-any.whl", folder / "click-8.5.1-py3-none-any.whl"
    own.write_bytes(b"ours")
    other.write_bytes(b"click")
    locked = [LockedWheel("cp313", "aarch64", "click", "8.5.1", other.name, "")]
    given: dict[str, object] = {
        "settings": SETTINGS,
        "own_wheel": own,
        "wheels": {other.name: other},
        "locked": locked,
        "country": "FR",
        **more,
    }
    return CardPlan(**given)  # type: ignore[arg-type]
