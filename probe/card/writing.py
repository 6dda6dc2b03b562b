"""Puts a probe onto a stock card: what is written where, in which order, and how that is checked.

Everything lies under `contrechamp/` of the boot partition but for the three files of cloud-init and the two of the
firmware. Those come last: a card that was pulled out before starts as a stock card does.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from probe.card.cloud import meta_data, network_config, user_data
from probe.card.kit import ADDRESS, KitSecrets, new_secrets, read_secrets
from probe.card.partition import CMDLINE, CONFIG, OURS, BootPartition
from probe.card.wheels import LockedWheel
from probe.errors import BadInput

UNITS = (
    *("contrechamp-probe.service", "contrechamp-network.path", "contrechamp-network.service"),
    *("contrechamp-update.service", "contrechamp-pair.service", "contrechamp-zram.service"),
)
FILES = (
    *("first-boot.sh", "init.sh", "70-contrechamp.rules", "dnsmasq.conf", "journald.conf", "sysctl.conf"),
    *("watchdog.conf", "e2fsck.conf", "tmpfiles.conf"),
)
PAGES = ("wifi", "usb", "none")
# For the power button and the shutter, between the pin and ground; hardware/ has the wiring.
_CONFIG = [
    "dtparam=watchdog=on",
    "dtparam=audio=off",
    "camera_auto_detect=1",
    "disable_splash=1",
    "boot_delay=0",
    "dtoverlay=gpio-shutdown,gpio_pin=3",
    "dtoverlay=gpio-key,gpio=17,active_low=1,gpio_pull=up,label=contrechamp-button,keycode=212",
]
_USB_CONFIG, _USB_WORD = "dtoverlay=dwc2,dr_mode=peripheral", "modules-load=dwc2,g_ether"
_SPARE_BYTES = 16 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPlan:
    """What a card is to become. `settings` is the text of the probe's settings; `listening` the Wi-Fi it listens with;
    `pairing` a hub's code; `outbox` an outbox that is paired already; `home` the name and the passphrase of a network
    at home."""

    settings: str
    wheels: dict[str, Path]  # by their names
    locked: Sequence[LockedWheel]
    own_wheel: Path
    country: str | None = None
    listening: tuple[str, ...] = ()
    page: str = "wifi"
    page_interface: str = "wlan0"
    pairing: str | None = None
    outbox: bytes | None = None
    home: tuple[str, str] | None = None
    hostname: str | None = None
    maker_key: str | None = None
    release_key: bytes = b""


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it: how many files changed, of how many, in octets; the kit's secrets."""

    changed: int
    files: int
    octets: int
    kit: KitSecrets


def write_card(card: BootPartition, plan: CardPlan) -> Written:
    """Write all of it and read all of it back. Raises BadInput; then the card starts as a stock card does."""
    if card.was_started:
        raise BadInput(
            f"{card.folder}: this card is a probe already; to begin anew, write Raspberry Pi OS Lite to it again "
            "(its sightings are gone then)"
        )
    if plan.page == "wifi" and plan.page_interface in plan.listening:
        raise BadInput(
            f"{plan.page_interface} listens, so it cannot carry the page's network: what listens never sends; "
            "give --page usb or --page none"
        )
    kit = _secrets_on(card) or new_secrets()
    ours = dict(_ours(plan, kit))
    _require_room(card, plan, ours)
    changed = octets = 0
    sums = []
    # Taken away first: a first start of half a card stops at this.
    card.remove(f"{OURS}/MANIFEST")
    for name, data in _all(plan, ours):
        changed += card.put(f"{OURS}/{name}", data)
        octets += len(data)
        sums.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")
    _remove_others(card, {*ours, *(f"wheels/{name}" for name in _wheel_names(plan))})
    card.put(f"{OURS}/MANIFEST", "".join(sorted(sums)).encode())
    for name, data in _of_the_system(card, plan, sums):
        changed += card.put(name, data)
        octets += len(data)
    return Written(changed, len(sums) + 6, octets, kit)


def _secrets_on(card: BootPartition) -> KitSecrets | None:
    """Those of an earlier run, so that a kit's card that is printed already stays right."""
    try:
        return read_secrets(
            (card.folder / OURS / "page-secret").read_bytes(), (card.folder / OURS / "network-secret").read_bytes()
        )
    except OSError:
        return None


def _ours(plan: CardPlan, kit: KitSecrets) -> Iterator[tuple[str, bytes]]:
    """Each file under `contrechamp/` but the wheels."""
    here = files("probe.card") / "files"
    for name in FILES:
        yield name, (here / name).read_bytes()
    for name in UNITS:
        yield f"units/{name}", (here / "units" / name).read_bytes()
    listening = "".join(f"interface-name:{name};" for name in plan.listening)
    unmanaged = f"\n[keyfile]\nunmanaged-devices={listening}\n" if listening else ""
    yield "networkmanager.conf", ((here / "networkmanager.conf").read_text() + unmanaged).encode()
    interface = plan.page_interface if plan.page == "wifi" else None
    yield "network.json", (json.dumps({"interface": interface, "address": f"{ADDRESS}/24"}) + "\n").encode()
    if plan.page == "usb":
        yield "usb-network", (here / "usb.nmconnection").read_text().replace("@ADDRESS@", f"{ADDRESS}/24").encode()
    yield "settings.toml", plan.settings.encode()
    yield "release-key", plan.release_key
    yield "page-secret", (kit.page + "\n").encode()
    yield "network-secret", kit.network
    if plan.pairing is not None:
        yield "pairing-code", (plan.pairing + "\n").encode()
    if plan.outbox is not None:
        yield "outbox.db", plan.outbox
    if plan.hostname is not None:
        yield "hostname", (plan.hostname + "\n").encode()
    if plan.maker_key is not None:
        yield "maker-key", (plan.maker_key.strip() + "\n").encode()
    if plan.home is not None:
        yield "home-network", _home(*plan.home).encode()
    for tag in sorted({one.tag for one in plan.locked}):
        names = [plan.own_wheel.name, *(one.file for one in plan.locked if one.tag == tag)]
        yield f"wheels-{tag}.txt", ("\n".join(names) + "\n").encode()


def _home(name: str, passphrase: str) -> str:
    """A network at home, for NetworkManager: it hands the walk over there, by an address that is no other network's."""
    name, passphrase = name.replace("\\", "\\\\").replace(";", "\\;"), passphrase.replace("\\", "\\\\")
    return (
        "[connection]\nid=home\nuuid=5a3f9f1e-6f53-4c39-9b6a-0d2f1b6b7f10\ntype=wifi\nautoconnect=true\n\n"
        f"[wifi]\nmode=infrastructure\nssid={name}\ncloned-mac-address=stable\n\n"
        f"[wifi-security]\nkey-mgmt=wpa-psk\npsk={passphrase}\n\n[ipv4]\nmethod=auto\n\n[ipv6]\nmethod=auto\n"
    )


def _wheel_names(plan: CardPlan) -> list[str]:
    return [plan.own_wheel.name, *plan.wheels]


def _all(plan: CardPlan, ours: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    yield from ours.items()
    for path in (plan.own_wheel, *plan.wheels.values()):
        yield f"wheels/{path.name}", path.read_bytes()


def _of_the_system(card: BootPartition, plan: CardPlan, sums: list[str]) -> Iterator[tuple[str, bytes]]:
    """cloud-init's files and the firmware's, the ones that change how the card starts at the very end."""
    yield "network-config", network_config().encode()
    # Another content is another instance: cloud-init begins anew.
    name = hashlib.sha256("".join(sorted(sums)).encode()).hexdigest()[:16]
    yield "meta-data", meta_data(f"contrechamp-{name}").encode()
    yield CONFIG, card.configuration([*_CONFIG, *([_USB_CONFIG] if plan.page == "usb" else [])])
    words = [f"cfg80211.ieee80211_regdom={plan.country}"] if plan.country else []
    yield CMDLINE, card.command_line(*words, *([_USB_WORD] if plan.page == "usb" else []))
    yield "user-data", user_data().encode()


def _require_room(card: BootPartition, plan: CardPlan, ours: dict[str, bytes]) -> None:
    needed = sum(map(len, ours.values()))
    for path in (plan.own_wheel, *plan.wheels.values()):
        there = card.folder / OURS / "wheels" / path.name
        needed += path.stat().st_size - (there.stat().st_size if there.exists() else 0)
    if needed + _SPARE_BYTES > card.free_bytes():
        raise BadInput(
            f"{card.folder}: {needed >> 20} MiB are to be written, {card.free_bytes() >> 20} MiB are free; "
            "write a stock card anew"
        )


def _remove_others(card: BootPartition, kept: set[str]) -> None:
    """What another run has left: older wheels, a code that is not wanted any more."""
    folder = card.folder / OURS
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in kept and name not in ("MANIFEST", "first-boot.log", "update.zip"):
            card.remove(f"{OURS}/{name}")


def random_hostname() -> str:
    """A name that says nothing of what it is."""
    from probe.contract.words import words_of

    return "-".join(words_of(secrets.token_bytes(2)))
