"""How a request came: from which address, by HTTPS or not, and whether anything stands between that nobody named.

A proxy on this machine looks like this machine, whoever stands behind it. So a request that bears any mark of a proxy
is not let in, unless that proxy was named to us: then what it says last of where the request came from is believed.
"""

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass

from starlette.requests import Request

# What proxies add. Most say for whom they ask, each in its own way; the others only that they do.
SOURCES = (
    *("x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip", "true-client-ip", "x-client-ip", "client-ip"),
    *("x-cluster-client-ip", "fastly-client-ip", "x-envoy-external-address"),
)
MARKS = ("via", "cdn-loop", "proxy-connection", "x-original-host", "cf-ray")
LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Way:
    """How a request came. `address` is that of whoever asks, or a network of theirs; `problem` says why nobody is let
    in this way: "forwarded", "proxied", "plain" or "name"."""

    address: str
    secure: bool
    problem: str | None = None


class Ways:
    """Finds out how requests came. `proxies` are the addresses of those that are believed."""

    def __init__(self, proxies: Collection[str] = ()) -> None:
        self._proxies = {ipaddress.ip_address(proxy) for proxy in proxies}

    def of(self, request: Request) -> Way:
        """How a request came."""
        came_from = _address(request.client.host) if request.client is not None else None
        secure = request.scope.get("scheme") == "https"
        if came_from in self._proxies:
            return self._by_proxy(request)
        address = _network(came_from)
        if _is_forwarded(request):
            return Way(address, secure, "forwarded")
        if secure:
            return Way(address, secure)
        if came_from is None or not came_from.is_loopback:
            return Way(address, secure, "plain")
        # A proxy that leaves no mark gives itself away by the name it asks for.
        return Way(address, secure, None if _is_local(request) else "name")

    def _by_proxy(self, request: Request) -> Way:
        """The nearest address that no named proxy has: what stands before it anybody may have written."""
        hops = [_bare(hop) for hop in _hops(request)]
        while len(hops) > 1 and hops[-1] in self._proxies:
            hops.pop()
        if not hops or hops[-1] is None:
            return Way("", False, "proxied")  # one that is named and says nothing hides who asks
        secure = _protocol(request) == "https"
        plain = not secure and not (hops[-1].is_loopback and _is_local(request))
        return Way(_network(hops[-1]), secure, "plain" if plain else None)


def network(host: str) -> str:
    """What one household or attacker has at the least: an IPv4 address, a /64 of IPv6."""
    address = _address(host)
    return host if address is None else _network(address)


def _network(address: _Address | None) -> str:
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return "" if address is None else str(address)


def _is_forwarded(request: Request) -> bool:
    """Whether a request bears a mark of a proxy. Browsers have not spoken HTTP/1.0 for decades; some proxies do."""
    names = set(request.headers.keys())
    marked = any(name.startswith("x-forwarded") or name in SOURCES or name in MARKS for name in names)
    return marked or request.scope.get("http_version") == "1.0"


def _hops(request: Request) -> list[str]:
    """Where a named proxy says that a request came from, the nearest last; by the first header that is there."""
    forwarded = [value for line in request.headers.getlist("forwarded") for value in line.split(",")]
    for hops in (
        [hop for line in request.headers.getlist("x-forwarded-for") for hop in line.split(",")],
        [_said(value, "for") for value in forwarded],
        request.headers.getlist("x-real-ip"),
    ):
        if hops:
            return hops
    return []


def _protocol(request: Request) -> str:
    """By which protocol a named proxy was asked."""
    said = [part for line in request.headers.getlist("x-forwarded-proto") for part in line.split(",")]
    if not said:
        lines = request.headers.getlist("forwarded")
        said = [_said(value, "proto") for line in lines for value in line.split(",")]
    return said[-1].strip().strip('"').lower() if said else ""


def _said(value: str, key: str) -> str:
    """What one element of `Forwarded` says of a key."""
    parts = [part.partition("=") for part in value.split(";")]
    return next((what for name, _, what in parts if name.strip().lower() == key), "")


def _is_local(request: Request) -> bool:
    """Whether the page was asked for by a name that only this machine uses for itself."""
    hosts = [host.lower() for host in request.headers.getlist("host")]
    return bool(hosts) and all(
        any(host == name or host.startswith(f"{name}:") for name in LOCAL_NAMES) for host in hosts
    )


def _bare(said: str) -> _Address | None:
    """An address as a proxy writes it: with a port, in brackets, in quotes."""
    bare = said.strip().strip('"')
    bare = bare[1:].partition("]")[0] if bare.startswith("[") else bare
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    return _address(bare)


def _address(text: str) -> _Address | None:
    """The address in a text; an IPv4 address that is written as IPv6 is what it is."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
