"""Finds the hub: where somebody says that it is, at its address, else among the brokers of this network.

Those announce themselves by multicast DNS. Which one is our hub's, only its key tells: see `tls`.
"""

import queue
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from probe.contract.address import BrokerAddress
from probe.contract.topics import SERVICE
from probe.errors import UplinkError
from probe.seal.identity import Identity
from probe.uplink.choose import broker_of, uplink_to
from probe.uplink.tls import pinned
from probe.uplink.uplink import Uplink

LOOK_S = 3.0
MAX_FOUND = 16
_ANSWER_S = 2.0


def find_uplink(to: str | None, identity: Identity, patience_s: float, max_kbit: float | None = None) -> Uplink:
    """The way that was named, else the hub's address, else our hub among the brokers of this network.

    Raises BadInput where `to` is no way to a hub, UplinkError where the hub is nowhere.
    """
    bytes_per_s = None if max_kbit is None else max_kbit * 125
    if to is not None:
        return uplink_to(to, patience_s, bytes_per_s)
    if identity.address is not None and _answers(broker_of(identity.address, "the hub's address")):
        return uplink_to(identity.address, patience_s, bytes_per_s)
    for address in our_brokers(lambda hub: hub == identity.hub_id, brokers()):
        return uplink_to(str(address), patience_s, bytes_per_s)
    if identity.address is None:
        raise UplinkError("this probe does not know where its hub is, and finds it nowhere near: give --to")
    return uplink_to(identity.address, patience_s, bytes_per_s)


def our_brokers(is_ours: Callable[[str], bool], found: Iterable[BrokerAddress]) -> Iterator[BrokerAddress]:
    """Those whose certificate bears the word of our hub, as they are found. Nothing is said to the others."""
    for address in found:
        if not address.tls:
            continue  # only those with TLS can be told apart
        try:
            with (
                socket.create_connection((address.host, address.port), timeout=_ANSWER_S) as raw,
                pinned(is_ours).wrap_socket(raw),
            ):
                pass
        except OSError:
            continue
        yield address


def brokers(
    *, look_s: float = LOOK_S, interfaces: list[str] | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[BrokerAddress]:
    """What announces itself as a broker, as it is found, within a while. Whoever has enough stops asking for more."""
    from zeroconf import InterfaceChoice, IPVersion, ServiceBrowser, ServiceListener, Zeroconf

    come: queue.SimpleQueue[BrokerAddress] = queue.SimpleQueue()

    class Listener(ServiceListener):
        def add_service(self, zeroconf: Any, kind: str, name: str) -> None:
            info = zeroconf.get_service_info(kind, name, 1000)
            if info is None:
                return
            tls = info.properties.get(b"tls") == b"1"
            for address in info.parsed_addresses(IPVersion.V4Only):
                come.put(BrokerAddress(host=address, port=info.port, tls=tls))

        def remove_service(self, *_: object) -> None:
            pass

        def update_service(self, *_: object) -> None:
            pass

    try:
        zeroconf: Any = Zeroconf(interfaces=interfaces or InterfaceChoice.Default, ip_version=IPVersion.V4Only)
    except OSError:
        return  # no network at all
    until_s, seen = clock() + look_s, set[BrokerAddress]()
    try:
        ServiceBrowser(zeroconf, SERVICE, Listener())
        while len(seen) < MAX_FOUND:
            try:
                address = come.get(timeout=max(0.0, until_s - clock()))
            except queue.Empty:
                return
            if address not in seen:
                seen.add(address)
                yield address
    finally:
        zeroconf.close()


def _answers(address: BrokerAddress) -> bool:
    try:
        socket.create_connection((address.host, address.port), timeout=_ANSWER_S).close()
    except OSError:
        return False
    return True
