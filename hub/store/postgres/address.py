"""Where a PostgreSQL database is: a URL without a password, and never without TLS beyond this machine."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from hub.errors import BadInput

SCHEMES = ("postgresql", "postgres")
EXAMPLE = "postgresql://user@host/database"
_ENCRYPTED = ("require", "verify-ca", "verify-full")
OPTIONS = ("host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile", "channel_binding")
_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresAddress:
    """A database's URL as it is shown and remembered, and what libpq is to be told."""

    url: str
    parameters: Mapping[str, str]

    @classmethod
    def parse(cls, text: str) -> "PostgresAddress":
        """Read a URL. Raises BadInput where it is none, holds a password, or leads over a network in the clear."""
        if len(text) > _MAX or not text.isprintable() or any(letter.isspace() for letter in text):
            raise BadInput(f"the store's address is no URL; write it as {EXAMPLE}")
        try:
            parts = urlsplit(text)
            options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
            host, port = parts.hostname or "", parts.port
        except ValueError:  # its own words would quote the address, and maybe a password in it
            raise BadInput(f"the store's address cannot be read as a URL; write it as {EXAMPLE}") from None
        if parts.scheme not in SCHEMES or parts.fragment:
            raise BadInput(f"the store's address does not begin with postgresql://; write it as {EXAMPLE}")
        if parts.password is not None or {"password", "sslpassword"} & options.keys():
            raise BadInput(
                "a password has no place in the store's address, where others can read it; put it into ~/.pgpass, into "
                "a file named by ?passfile=, or into PGPASSWORD"
            )
        if unknown := sorted(options.keys() - set(OPTIONS)):
            raise BadInput(f"the store's address has an option {unknown[0]!r}; known are {', '.join(OPTIONS)}")
        database = unquote(parts.path.removeprefix("/"))
        if not database or "/" in database or "=" in database:
            raise BadInput(f"the store's address names no database; write it as {EXAMPLE}")
        parameters = {"dbname": database, **({"host": unquote(host)} if host else {})}
        parameters |= {"port": str(port)} if port else {}
        parameters |= {"user": unquote(parts.username)} if parts.username else {}
        parameters |= options
        _require_closed(parameters)
        return cls(url=_url(parameters), parameters=parameters)

    def __str__(self) -> str:
        return self.url


def _url(parameters: Mapping[str, str]) -> str:
    """The one way in which an address is written, so that two can be compared."""
    left = dict(parameters)
    user, host, port = left.pop("user", ""), left.pop("host", ""), left.pop("port", "")
    database = quote(left.pop("dbname"), safe="")
    if host.startswith("/"):
        left["host"], host = host, ""
    place = f"[{host}]" if ":" in host else host
    if port and not place:
        left["port"], port = port, ""
    query = urlencode(sorted(left.items()), safe="/")
    at = f"{quote(user, safe='')}@" if user else ""
    return f"postgresql://{at}{place}{f':{port}' if port else ''}/{database}{f'?{query}' if query else ''}"


def _require_closed(parameters: Mapping[str, str]) -> None:
    """Raises BadInput where the way leads over a network and need not be encrypted."""
    hosts = [*parameters.get("host", os.environ.get("PGHOST", "")).split(",")]
    hosts += filter(None, os.environ.get("PGHOSTADDR", "").split(","))
    far = [host for host in hosts if not is_here(host)]
    mode = parameters.get("sslmode", os.environ.get("PGSSLMODE", "prefer"))
    if far and mode not in _ENCRYPTED:
        raise BadInput(
            f"the database at {far[0]} would be spoken to in the clear; add ?sslmode=verify-full&sslrootcert=FILE to "
            "its address, or ?sslmode=require where nobody can come in between"
        )


def is_here(host: str) -> bool:
    """Whether a host is this machine: a Unix socket, or loopback."""
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
