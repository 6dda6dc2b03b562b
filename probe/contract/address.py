"""Where a broker listens, as both sides write it: `mqtt://HOST[:PORT]` or `mqtts://HOST[:PORT]`."""

from urllib.parse import urlsplit

from msgspec import Struct

from probe.contract.base import ContractError
from probe.contract.readable import is_readable

_PORTS = {"mqtt": 1883, "mqtts": 8883}


class BrokerAddress(Struct, frozen=True, kw_only=True):
    """A broker's host and port, and whether it takes TLS."""

    host: str
    port: int
    tls: bool = False

    @classmethod
    def parse(cls, url: str) -> "BrokerAddress":
        """The address in a URL. Raises ContractError for any other URL, and for one that holds a name or password."""
        if not is_readable(url) or " " in url:
            # `urlsplit` passes over ends of lines and tabs: what is shown would not be what is used.
            raise ContractError(
                "that is not a broker's address: it holds a space, or something that does not show itself"
            )
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as problem:
            raise ContractError("that is not a broker's address; write mqtt://HOST or mqtt://HOST:PORT") from problem
        if parts.username is not None or parts.password is not None:
            raise ContractError("no name or password in the address, please: set CONTRECHAMP_MQTT_USER and _PASSWORD")
        if parts.scheme not in _PORTS or not parts.hostname or port == 0 or parts.path.strip("/") or parts.query:
            raise ContractError(f"{url[:80]!r} is not a broker's address; write mqtt://HOST:PORT or mqtts://HOST:PORT")
        return cls(host=parts.hostname, port=port or _PORTS[parts.scheme], tls=parts.scheme == "mqtts")

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port}"
