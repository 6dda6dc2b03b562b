"""Brokers in the local network, by multicast DNS. Which one is our hub's, only its key tells: see `tls`."""

import threading
from typing import Any

from probe.contract.address import BrokerAddress
from probe.contract.topics import SERVICE

LOOK_S = 3.0
MAX_FOUND = 16


def brokers(*, look_s: float = LOOK_S, interfaces: list[str] | None = None) -> list[BrokerAddress]:
    """What announces itself as a broker within a while; those with TLS first, as only they can be told apart."""
    from zeroconf import InterfaceChoice, IPVersion, ServiceBrowser, ServiceListener, Zeroconf

    found: list[BrokerAddress] = []
    enough = threading.Event()

    class Listener(ServiceListener):
        def add_service(self, zeroconf: Any, kind: str, name: str) -> None:
            info = zeroconf.get_service_info(kind, name, 1000)
            if info is None or len(found) >= MAX_FOUND:
                return
            tls = info.properties.get(b"tls") == b"1"
            found.extend(
                BrokerAddress(host=address, port=info.port, tls=tls)
                for address in info.parsed_addresses(IPVersion.V4Only)
            )

        def remove_service(self, *_: object) -> None:
            pass

        def update_service(self, *_: object) -> None:
            pass

    try:
        zeroconf: Any = Zeroconf(interfaces=interfaces or InterfaceChoice.Default, ip_version=IPVersion.V4Only)
    except OSError:
        return []  # no network at all
    try:
        ServiceBrowser(zeroconf, SERVICE, Listener())
        enough.wait(look_s)
    finally:
        zeroconf.close()
    return sorted(found, key=lambda address: not address.tls)[:MAX_FOUND]
