"""With what a probe runs: what it listens and sees with, where it keeps what it makes, how it shows itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from probe.errors import BadInput
from probe.outbox.room import DEFAULT_BUDGET_BYTES
from probe.walk.kit import Kit

if TYPE_CHECKING:
    from probe.walk.snapshots import Holding  # that loads the camera's part

PAGE_HOST, PAGE_PORT = "127.0.0.1", 8470


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAddress:
    """Where the walker's page is served."""

    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """With what a probe listens and sees, where it keeps sightings, and to whom it hands them over.

    `camera` is a word for `camera_at`, None for no camera; `button` a device of keys, and `holding` says how the camera
    was held when a shot was taken. `to` is a way to a hub, None for the hub wherever it is found; where `offline`,
    nothing is handed over. `page` is where the walker's page is, None for none; its code is in `page_secret`, a file
    beside the outbox where that is None; `network` is the interface of the page's own network, None where it is on
    whatever the machine is on. With `played`, a recorded walk's folder, that is walked, so many times as fast. With
    `show_ends` nothing is hidden of where a walk starts and ends; on the `workbench` nothing is recorded, kept or
    handed over. `signals` is a word for `outputs_at`; with `debug` the page shows what makers want, and `debug_record`
    is where what is recognised is written openly.
    """

    kit: Kit
    outbox: Path
    to: str | None = None
    offline: bool = False
    budget_bytes: int = DEFAULT_BUDGET_BYTES
    camera: str | None = None
    button: Path | None = None
    holding: "Holding | None" = None
    page: PageAddress | None = None
    page_secret: Path | None = None
    network: str | None = None
    played: Path | None = None
    speed: float = 1.0
    show_ends: bool = False
    workbench: bool = False
    signals: str = "auto"
    debug: bool = False
    debug_record: Path | None = None


def page_address(text: str) -> PageAddress:
    """The address in `HOST:PORT`, `HOST`, `:PORT` or `PORT`; an IPv6 host stands in brackets. Raises BadInput."""
    host, port = text, str(PAGE_PORT)
    if text.isascii() and text.isdecimal():
        host, port = "", text
    elif text.startswith("["):
        host, _, rest = text[1:].partition("]")
        port = rest.removeprefix(":") or port
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    if not (port.isascii() and port.isdecimal() and len(port) <= 5 and int(port) < 65536):
        raise BadInput(f"--page {text!r}: give a host and a port, such as 192.168.4.1:80 or [::1]:8470")
    return PageAddress(host=host or PAGE_HOST, port=int(port))
