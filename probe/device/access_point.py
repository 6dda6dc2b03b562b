"""Does what the probe wants of its page's network: `python -m probe.device.access_point`, started by systemd.

It runs as root, since NetworkManager asks for that, with none of root's capabilities, and does two things: up and down.
The passphrase goes to NetworkManager by a file that only root reads and that lies in memory, never on a command line.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from msgspec import Struct
from msgspec import json as msgspec_json

from probe.device.names import WALKS, WalkNetwork, network_of
from probe.device.network import STATE, WISH, NetworkState, Wish, read_wish
from probe.errors import BadInput
from probe.files.durable import write_durably

NAME = "contrechamp-page"
_MOST_BYTES = 4096
_UUID = "1d5f0f0a-9f0e-4f2b-8a55-6f1c1b0d7c11"  # ours; NetworkManager wants one for each connection
Ask = Callable[[list[str]], tuple[int, str]]


class Plan(Struct, frozen=True, kw_only=True):
    """How this kit shows its page: over which interface (None: not over Wi-Fi), and under which address."""

    interface: str | None
    address: str


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are."""

    wish: Path = WISH
    state: Path = STATE
    kept: Path = Path("/var/lib/contrechamp/network")
    connections: Path = Path("/run/NetworkManager/system-connections")

    @property
    def keyfile(self) -> Path:
        """What NetworkManager reads."""
        return self.connections / f"{NAME}.nmconnection"


def keyfile(network: WalkNetwork, plan: Plan) -> str:
    """A connection for NetworkManager: an access point that leads nowhere.

    Shared is NetworkManager's word for handing out addresses; what it says to phones is in
    `probe/card/files/dnsmasq.conf`.
    """
    return f"""\
[connection]
id={NAME}
uuid={_UUID}
type=wifi
interface-name={plan.interface}
autoconnect=false

[wifi]
mode=ap
band=bg
channel=6
ssid={network.name}
cloned-mac-address={network.address}

[wifi-security]
key-mgmt=wpa-psk
proto=rsn
pairwise=ccmp
group=ccmp
psk={network.passphrase}

[ipv4]
method=shared
address1={plan.address}

[ipv6]
method=disabled
"""


def carry_out(places: Places, ask: Ask) -> NetworkState:
    """Do what the probe wants, and write down what came of it. Raises BadInput, OSError."""
    with places.wish.open("rb") as file:
        wish = read_wish(file.read(_MOST_BYTES))
    plan = msgspec_json.decode((places.kept / "network.json").read_bytes(), type=Plan)
    before = _before(places)
    if plan.interface is None:
        told = NetworkState(up=False, walk=wish.walk, why="this kit shows its page over USB, or not at all")
    elif wish.up:
        told = _up(places, plan, wish, before, ask)
    else:
        told = _down(places, wish, before, ask)
    write_durably(places.state, msgspec_json.encode(told))
    places.state.chmod(0o644)
    return told


def _before(places: Places) -> NetworkState | None:
    try:
        return msgspec_json.decode(places.state.read_bytes(), type=NetworkState)
    except (OSError, ValueError):
        return None


def _up(places: Places, plan: Plan, wish: Wish, before: NetworkState | None, ask: Ask) -> NetworkState:
    same = before is not None and before.walk == wish.walk and before.number is not None
    number = before.number if same and before is not None and before.number is not None else _next(places.kept)
    network = network_of((places.kept / "secret").read_bytes(), number)
    if before is not None and before.up and not same:
        ask(["connection", "down", NAME])  # a new address is taken at the next start alone
    places.connections.mkdir(mode=0o700, exist_ok=True)
    write_durably(places.keyfile, keyfile(network, plan).encode(), private=True)
    why = None
    for words in (["connection", "load", str(places.keyfile)], ["connection", "up", NAME]):
        code, said = ask(words)
        if code:
            why = " ".join(said.split())[:300] or f"nmcli ended with {code}"
            break
    return NetworkState(up=why is None, walk=wish.walk, number=number, name=network.name, why=why)


def _down(places: Places, wish: Wish, before: NetworkState | None, ask: Ask) -> NetworkState:
    ask(["connection", "down", NAME])  # where it is down already this is refused, and all is well
    places.keyfile.unlink(missing_ok=True)
    ask(["connection", "reload"])
    number = before.number if before is not None and before.walk == wish.walk else None
    return NetworkState(up=False, walk=wish.walk, number=number)


def _next(kept: Path) -> int:
    """The number of the network whose turn it is; written down before it is used, so that none comes twice in a row."""
    path = kept / "next"
    try:
        number = int(path.read_text()[:10]) % WALKS
    except (OSError, ValueError):
        number = 0
    write_durably(path, f"{(number + 1) % WALKS}\n".encode(), private=True)
    return number


def _nmcli(words: list[str]) -> tuple[int, str]:
    done = subprocess.run(
        ["nmcli", "--wait", "30", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.returncode, done.stdout


def main() -> None:
    """Once. What went wrong is one sentence in the journal; the probe tells its walker."""
    try:
        told = carry_out(Places(), _nmcli)
    except (BadInput, OSError, ValueError) as problem:
        print(f"the page's network: {problem}", file=sys.stderr)
        raise SystemExit(2) from problem
    print("the page's network is " + ("up" if told.up else f"down{'' if told.why is None else f' ({told.why})'}"))


if __name__ == "__main__":
    main()
