"""Whether a request is the operator's: the page has no accounts yet, so that is whoever sits at the hub's own machine.

A proxy on this machine looks like this machine, whoever stands behind it. So a request that bears any mark of a proxy
is refused, unless that proxy was named to us: then whatever it says of where the request came from must be this
machine.
"""

import ipaddress
from collections.abc import Collection, Iterator

from starlette.requests import Request

# What proxies add. Most say for whom they ask, each in its own way; the others only that they do.
SOURCES = (
    *("x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip", "true-client-ip", "x-client-ip", "client-ip"),
    *("x-cluster-client-ip", "fastly-client-ip", "x-envoy-external-address"),
)
MARKS = ("via", "cdn-loop", "proxy-connection", "x-original-host", "cf-ray")
LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")


class Operator:
    """Who may see codes, private pictures and the buttons that change them. `proxies` are the addresses of those that
    are believed."""

    def __init__(self, proxies: Collection[str] = ()) -> None:
        self._proxies = {ipaddress.ip_address(proxy) for proxy in proxies}

    def why_not(self, request: Request) -> str | None:
        """Why a request is not the operator's: "proxied", "forwarded", "elsewhere" or "name"; None where it is."""
        came_from = _address(request.client.host) if request.client is not None else None
        if came_from in self._proxies:
            # It says for whom it asks: one that is named and says nothing hides who that is.
            sources = list(_sources(request))
            return None if sources and all(map(_is_loopback, sources)) and _is_local(request) else "proxied"
        if _is_forwarded(request):
            return "forwarded"
        if came_from is None or not came_from.is_loopback:
            return "elsewhere"
        return None if _is_local(request) else "name"


def _is_forwarded(request: Request) -> bool:
    """Whether a request bears a mark of a proxy. Browsers have not spoken HTTP/1.0 for decades; some proxies do."""
    names = set(request.headers.keys())
    marked = any(name.startswith("x-forwarded") or name in SOURCES or name in MARKS for name in names)
    return marked or request.scope.get("http_version") == "1.0"


def _sources(request: Request) -> Iterator[str]:
    """All that a request says of where it came from, at whichever hop: anybody may have written the first of them."""
    for name in SOURCES:
        for value in request.headers.getlist(name):
            for hop in value.split(","):
                if name != "forwarded":
                    yield hop
                    continue
                said = [part.partition("=") for part in hop.split(";")]
                yield next((what for key, _, what in said if key.strip().lower() == "for"), "")


def _is_local(request: Request) -> bool:
    """Whether the page was asked for by a name that only this machine uses for itself."""
    hosts = [host.lower() for host in request.headers.getlist("host")]
    return bool(hosts) and all(
        any(host == name or host.startswith(f"{name}:") for name in LOCAL_NAMES) for host in hosts
    )


def _is_loopback(said: str) -> bool:
    """Whether an address as a proxy writes it is this machine's: with a port, in brackets, in quotes."""
    bare = said.strip().strip('"')
    bare = bare[1:].partition("]")[0] if bare.startswith("[") else bare
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    address = _address(bare)
    return address is not None and address.is_loopback


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address in a text; an IPv4 address that is written as IPv6 is what it is."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
