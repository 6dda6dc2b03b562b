"""Lets probes that come home find the hub, by multicast DNS, in the networks that the operator chose.

The name is neutral and drawn anew at each start: it says that somebody has an MQTT broker, not whose it is. A probe
knows its own hub by its key, never by a name.
"""

import ipaddress
import secrets
from collections.abc import Sequence
from typing import Any

from hub.broker.reach import is_loopback
from hub.errors import BadInput
from probe.contract.address import BrokerAddress
from probe.contract.topics import SERVICE


class Announcement:
    """Announces the broker from now until `end`. Raises BadInput for an address that this machine does not have."""

    def __init__(self, networks: Sequence[str], broker: BrokerAddress) -> None:
        from zeroconf import IPVersion, ServiceInfo, Zeroconf

        addresses = [_address(network) for network in networks]
        reachable = [a for a in addresses if not is_loopback(broker.host) or a.is_loopback]
        if not reachable:
            raise BadInput("--announce: the broker listens on loopback alone; give --host an address of that network")
        name = f"{secrets.token_hex(4)}.{SERVICE}"
        try:
            self._zeroconf: Any = Zeroconf(interfaces=[str(a) for a in addresses], ip_version=IPVersion.V4Only)
        except OSError as problem:
            raise BadInput(
                f"--announce {', '.join(networks)}: not an address of this machine ({problem.strerror})"
            ) from problem
        info = ServiceInfo(
            SERVICE,
            name,
            addresses=[address.packed for address in reachable],
            port=broker.port,
            properties={"tls": "1" if broker.tls else "0"},
            server=f"{secrets.token_hex(4)}.local.",
        )
        try:
            self._zeroconf.register_service(info)
        except BaseException:
            self._zeroconf.close()
            raise

    def end(self) -> None:
        """Stop announcing."""
        self._zeroconf.close()


def _address(text: str) -> ipaddress.IPv4Address:
    try:
        return ipaddress.IPv4Address(text)
    except ValueError as problem:
        raise BadInput(f"--announce {text}: give an address of this machine, such as 192.168.1.20") from problem
