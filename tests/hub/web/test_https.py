"""The page by HTTPS: its certificate, the handshake at its doors, and a hub that others reach."""

import http.client
import re
import socket
import ssl
from asyncio.sslproto import SSLProtocol
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from hub.errors import BadInput
from hub.keys import HubKeys
from hub.log.people import Role
from hub.web import certificate
from hub.web.app import make_app
from hub.web.certificate import PageCertificate
from hub.web.doors import Doors, Patience
from hub.web.gate import OpenGate
from hub.web.handshake import BUFFER
from hub.web.serve import WebServer
from tests.hub.web.scripted import ScriptedMap
from tests.processes import HubProcess, until
from tests.visiting import Visitor

HOSTS = ["127.0.0.1", "localhost", "::1"]
ASK = b"GET /api/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> HubKeys:
    return HubKeys(tmp_path_factory.mktemp("hub"))


@pytest.fixture(scope="module")
def made(keys: HubKeys) -> PageCertificate:
    return certificate.own(keys, HOSTS)


@contextmanager
def served(made: PageCertificate, doors: Doors | None = None) -> Iterator[int]:
    app = make_app(ScriptedMap(), gate=OpenGate(Role.ADMIN))
    server = WebServer(app, "127.0.0.1", 0, doors=doors, tls=made.context)
    assert server.url.startswith("https://")
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def trusting(keys: HubKeys) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=keys.folder / certificate.CERTIFICATE)


def asked(keys: HubKeys, port: int, host: str = "127.0.0.1") -> int:
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=trusting(keys))
    try:
        connection.request("GET", "/api/status", headers={"host": host})
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_hubs_own_certificate_is_for_its_addresses_and_stays(keys: HubKeys, made: PageCertificate) -> None:
    assert set(made.names) == set(HOSTS)
    assert re.fullmatch(r"([0-9A-F]{2}:){31}[0-9A-F]{2}", made.fingerprint)
    assert certificate.own(keys, HOSTS).fingerprint == made.fingerprint
    assert certificate.own(keys, ["localhost"]).fingerprint == made.fingerprint
    for name in (certificate.CERTIFICATE, certificate.KEY):
        assert (keys.folder / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", ["another address", "page.crt", "page.key", "no page.key"])
def test_it_is_made_anew_where_it_is_damaged_or_lacks_an_address(tmp_path: Path, damage: str) -> None:
    keys = HubKeys(tmp_path)
    before, hosts = certificate.own(keys, HOSTS), HOSTS
    if damage == "another address":
        hosts = [*HOSTS, "192.0.2.7"]
    elif damage == "no page.key":
        (keys.folder / certificate.KEY).unlink()
    else:
        (keys.folder / damage).write_bytes((keys.folder / damage).read_bytes()[:-60])
    after = certificate.own(keys, hosts)
    assert after.fingerprint != before.fingerprint
    with served(after) as port:
        assert asked(keys, port) == 200


def test_a_reader_comes_in_by_https_and_by_nothing_else(keys: HubKeys, made: PageCertificate) -> None:
    with served(made) as port:
        assert asked(keys, port) == 200
        with socket.create_connection(("127.0.0.1", port)) as plain:
            plain.sendall(ASK)
            plain.settimeout(60)
            try:
                told = plain.recv(1000)
            except ConnectionError:
                told = b""
            assert b"HTTP" not in told
    assert made.context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_a_request_that_comes_with_the_handshakes_end_is_answered(keys: HubKeys, made: PageCertificate) -> None:
    with served(made) as port, socket.create_connection(("127.0.0.1", port)) as raw:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = trusting(keys).wrap_bio(incoming, outgoing, server_hostname="localhost")
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                raw.sendall(outgoing.read())
                incoming.write(raw.recv(1 << 16))
        tls.write(ASK)
        raw.sendall(outgoing.read())  # Finished and the request in one
        told = b""
        while b"\r\n\r\n" not in told:
            incoming.write(raw.recv(1 << 16))
            try:
                told += tls.read(1 << 16)
            except ssl.SSLWantReadError:
                continue
        assert told.startswith(b"HTTP/1.1 200")


def test_a_handshake_that_never_comes_is_let_go_and_counts_meanwhile(keys: HubKeys, made: PageCertificate) -> None:
    short = Doors(patience=Patience(header_s=0.2, body_s=0.2, stall_s=0.2), tls=made.context)
    with served(made, short) as port:
        for start in (b"", b"\x16\x03", b"\x16\x03\x01\x40\x00" + b"x" * 100, b"GET / HTTP/1.1\r\n"):
            with socket.create_connection(("127.0.0.1", port)) as idle:
                idle.sendall(start)
                idle.settimeout(60)
                try:
                    while idle.recv(1 << 16):
                        pass
                except ConnectionError:
                    pass
        until(lambda: len(short) == 0, "empty doors")
    assert SSLProtocol.max_size == BUFFER, "64 MB less where all are inside"
    few = Doors(most=4, per_address=4, tls=made.context)
    with served(made, few) as port, ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        until(lambda: len(few) == 4, "four that wait for their handshake")
        assert asked(keys, port) == 200, "who comes displaces who has waited longest"


def test_a_certificate_that_is_none_is_told_in_a_sentence(keys: HubKeys, tmp_path: Path, made: PageCertificate) -> None:
    cert, key = keys.folder / certificate.CERTIFICATE, keys.folder / certificate.KEY
    assert not certificate.given(cert, key).own
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    for one, other in ((nonsense, key), (cert, nonsense), (key, cert), (tmp_path / "no", key), (cert, tmp_path)):
        with pytest.raises(BadInput, match="--cert"):
            certificate.given(one, other)


def test_only_a_given_certificate_tells_browsers_to_insist() -> None:
    for hsts in (False, True):
        with TestClient(
            make_app(ScriptedMap(), gate=OpenGate(Role.ADMIN), hsts=hsts), base_url="https://localhost"
        ) as browser:
            assert ("strict-transport-security" in browser.get("/").headers) == hsts


def test_a_hub_that_others_reach_is_reached_by_https_alone(tmp_path: Path) -> None:
    hub = HubProcess(tmp_path / "hub", host="0.0.0.0")
    ready = hub.start()
    try:
        url = str(ready["url"])
        assert url == f"https://127.0.0.1:{hub.port}/"
        assert str(ready["welcome"]).startswith(f"{url}welcome#")
        visitor = Visitor(tmp_path / "hub", url)
        assert visitor.cookie.startswith("__Host-")
        assert b'"cameras":0' in visitor.get("api/status")
        # What was given a name or address answers by it; what was not is refused, as another page's name would be.
        assert all(one.startswith("https://") for one in ready["urls"])  # type: ignore[attr-defined]
    finally:
        assert hub.stop() == 0, hub.log
    again = hub.start()
    hub.stop()
    assert again["welcome"] is None, "somebody has an account"
