"""Takes one simulated radio away, or brings one, as a USB adapter is pulled and plugged in. Runs where the probe is.

    radios.py remove INTERFACE | add INTERFACE

mac80211_hwsim's own generic netlink family; numbers from drivers/net/wireless/virtual/mac80211_hwsim.h.
"""

import socket
import sys
from pathlib import Path
from struct import pack

from probe.radio.netlink import attribute, family_of, read_answer

GENERIC, REQUEST_ACK = 16, 0x5
NEW_RADIO, DEL_RADIO, RADIO_NAME = 4, 5, 17


def ask(family: int, body: bytes) -> bytes:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, GENERIC) as line:
        line.settimeout(10.0)
        line.send(pack("<IHHII", 16 + len(body), family, REQUEST_ACK, 1, 0) + body)
        answer = b""
        while True:
            acknowledged, content = read_answer(line.recv(65536), 1)
            answer = content or answer
            if acknowledged:
                return answer


def main(what: str, interface: str) -> None:
    family = family_of(ask(16, pack("<BBH", 3, 1, 0) + attribute(2, b"MAC80211_HWSIM\0")))
    if what == "remove":
        phy = Path(f"/sys/class/net/{interface}/phy80211/name").read_text().strip()
        ask(family, pack("<BBH", DEL_RADIO, 1, 0) + attribute(RADIO_NAME, phy.encode() + b"\0"))
    else:
        try:
            ask(family, pack("<BBH", NEW_RADIO, 1, 0))
        except OSError as problem:
            if (problem.errno or 0) > 0:  # else it is no error: the driver answers with the new radio's number
                raise
        assert Path(f"/sys/class/net/{interface}").exists(), f"the new radio is not called {interface}"


if __name__ == "__main__":
    main(*sys.argv[1:3])
