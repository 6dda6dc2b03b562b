"""The network of the probe's page, as the probe asks for it: up on the street, down in hidden cells.

The probe may not set up networks. It writes what it wants into a file of its own, and a helper with no other powers
than NetworkManager's ear reads that (`probe/device/access_point.py`, `contrechamp-network.service`) and writes what
came of it. The network's name, passphrase and address are new on each walk (`probe/device/names.py`).

systemd starts the helper where the file changes, and passes over what changes while the helper is at work. So what has
not come to pass after a while is asked for once more: a walker who is home must not stay on air.
https://github.com/systemd/systemd/issues/37667
"""

import json
import os
import secrets
import time
from collections.abc import Callable, Collection
from pathlib import Path

from msgspec import Struct
from msgspec import json as msgspec_json

from probe.errors import BadInput
from probe.files.durable import ASIDE_SUFFIX

WISH, STATE = Path("/run/contrechamp/network"), Path("/run/contrechamp-network/state")
AGAIN_S = 10.0
_MOST_BYTES = 4096


class Wish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the probe wants. `walk` is random, and another on each walk."""

    up: bool
    walk: str


class NetworkState(Struct, frozen=True, kw_only=True):
    """What became of a wish. `number` counts networks as the kit's card does, from 0; `why` is English, for makers."""

    up: bool
    walk: str
    number: int | None = None
    name: str | None = None
    why: str | None = None


def read_wish(data: bytes) -> Wish:
    """What a probe wants. Raises BadInput: whoever reads this may do more than whoever wrote it."""
    try:
        wish = msgspec_json.decode(data, type=Wish)
    except (ValueError, RecursionError) as problem:
        raise BadInput(f"not a wish for the page's network ({problem})") from problem
    if not (len(wish.walk) == 32 and set(wish.walk) <= set("0123456789abcdef")):
        raise BadInput("not a wish for the page's network (its walk has no name)")
    return wish


class AccessPoint:
    """The page's own network on an interface. `listening` are those that the probe listens with.

    All of it returns at once. Raises BadInput where the interface is one that listens: what listens never sends.
    """

    def __init__(
        self,
        interface: str,
        *,
        listening: Collection[str] = (),
        wish: Path = WISH,
        state: Path = STATE,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        if interface in listening:
            raise BadInput(
                f"{interface} listens, so it cannot carry the page's network: what listens never sends; "
                "name another Wi-Fi, or walk without the page"
            )
        self.interface = interface
        self._wish, self._state, self._now = wish, state, now
        self._asked_s = now()
        self._walk = secrets.token_hex(16)
        self._wanted: bool | None = None
        self._refused: str | None = None

    def up(self) -> None:
        """The phone may come. Asking again changes nothing, unless nobody has heard it."""
        self._want(True)

    def down(self) -> None:
        """Nothing of the page is in the air."""
        self._want(False)

    def next_walk(self) -> None:
        """From now on it is another walk: the network comes up under another name and address."""
        self._walk = secrets.token_hex(16)
        if self._wanted is not None:
            self._write(self._wanted)

    @property
    def state(self) -> NetworkState | None:
        """What became of the last wish; None while nobody has said."""
        try:
            with self._state.open("rb") as file:
                told = msgspec_json.decode(file.read(_MOST_BYTES), type=NetworkState)
        except (OSError, ValueError, RecursionError):
            return None
        return told if told.walk == self._walk else None

    @property
    def trouble(self) -> str | None:
        """The code of a sentence for the walker (`probe/page/words/network.toml`) where it is not as wanted."""
        if self._refused is not None:
            return "page-network-no-helper"
        told = self.state
        if not self._wanted or told is None or told.up:
            return None
        return "page-network-failed"

    @property
    def detail(self) -> str | None:
        """Why, in English, for makers."""
        told = self.state
        return self._refused or (told.why if told is not None else None)

    def _want(self, up: bool) -> None:
        if up != self._wanted or self._refused is not None or self._is_unheard():
            self._write(up)

    def _is_unheard(self) -> bool:
        """Whether the helper has had time for what was asked last, and has done something else or nothing."""
        if self._now() - self._asked_s < AGAIN_S:
            return False
        told = self.state
        return told is None or (told.up != self._wanted and told.why is None)

    def _write(self, up: bool) -> None:
        """In one move, so that nobody reads half of it. It lies in memory: nothing has to last."""
        self._wanted, self._asked_s = up, self._now()
        aside = self._wish.with_name(self._wish.name + ASIDE_SUFFIX)
        try:
            aside.write_text(json.dumps({"up": up, "walk": self._walk}))
            aside.chmod(0o644)  # the helper is root by name alone: what is closed to others is closed to it
            os.replace(aside, self._wish)
        except OSError as problem:
            self._refused = f"{self._wish}: {problem.strerror}"
        else:
            self._refused = None
