"""How others reach what listens on this machine: on every one of its addresses, where the host is 0.0.0.0 or ::."""

import ipaddress
import socket
from dataclasses import dataclass

_EVERY_ADDRESS = {"0.0.0.0": socket.AF_INET, "::": socket.AF_INET6}
_LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}
_AFAR = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}  # kept for examples: nobody's


@dataclass(frozen=True, slots=True)
class HostAddress:
    """An address, and the network interface that has it where that is known."""

    host: str
    interface: str | None = None


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def free_port(host: str) -> int:
    """A port of a host's that nobody listens on. Raises OSError."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def listens_everywhere(host: str) -> bool:
    """Whether a host stands for every address of this machine."""
    return host in _EVERY_ADDRESS


def addresses_of(host: str) -> tuple[HostAddress, ...]:
    """How others reach what listens at a host, the address that this machine goes out by first; never empty."""
    family = _EVERY_ADDRESS.get(host)
    if family is None:
        return (HostAddress(host),)
    listed = _addresses(family)
    outgoing = _outgoing_address(family)
    addresses = sorted(listed, key=lambda address: address.host != outgoing)
    return tuple(addresses) or (HostAddress(_LOOPBACK[family], "this machine only"),)


def host_from_here(host: str) -> str:
    """The host by which this machine itself reaches what listens there."""
    family = _EVERY_ADDRESS.get(host)
    return host if family is None else _LOOPBACK[family]


def bracketed(host: str) -> str:
    """A host as it stands in a URL and in HTTP's Host."""
    return f"[{host}]" if ":" in host else host


def _addresses(family: socket.AddressFamily) -> list[HostAddress]:
    import ifaddr

    addresses = []
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            text = ip.ip if isinstance(ip.ip, str) else ip.ip[0]
            address = ipaddress.ip_address(text)
            same_family = (address.version == 4) == (family is socket.AF_INET)
            # A link-local address means nothing without the name of the reader's own interface.
            if same_family and not (address.is_loopback or address.is_link_local):
                addresses.append(HostAddress(text, adapter.nice_name))
    return addresses


def _outgoing_address(family: socket.AddressFamily) -> str | None:
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_AFAR[family], 9))  # sends nothing: only chooses the way
            return str(probe.getsockname()[0])
        except OSError:
            return None
