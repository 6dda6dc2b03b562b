"""Pairing codes behind a proxy on the hub's own machine, over real sockets: nobody from elsewhere sees one."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.data import HubFolder, make_hub
from hub.web.app import make_app
from hub.web.serve import WebServer
from tests.hub.web.scripted import ScriptedMap
from tests.paired import pairing_of
from tests.processes import hub

NAMED = ("127.0.0.1",)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubFolder]:
    with make_hub(tmp_path_factory.mktemp("hub")) as folder:
        pairing_of(folder).invite("Anna", "mqtts://192.0.2.1:8883")
        yield folder


@contextmanager
def served(folder: HubFolder, proxies: tuple[str, ...]) -> Iterator[int]:
    app = make_app(ScriptedMap(), pairing=pairing_of(folder), names=["hub.example"], proxies=proxies)
    web = WebServer(app, "127.0.0.1", 0)
    web.start()
    try:
        yield web.port
    finally:
        web.stop()


@pytest.fixture(scope="module")
def alone(folder: HubFolder) -> Iterator[int]:
    """The port of a page that was told of no proxy."""
    with served(folder, ()) as port:
        yield port


@pytest.fixture(scope="module")
def behind(folder: HubFolder) -> Iterator[int]:
    """The port of a page that was told of a proxy on this machine."""
    with served(folder, NAMED) as port:
        yield port


class Old(http.client.HTTPConnection):
    """A client of HTTP/1.0, as some proxies are."""

    _http_vsn = 10
    _http_vsn_str = "HTTP/1.0"


def asked(
    port: int, *headers: tuple[str, str], host: str = "localhost", kind: type[http.client.HTTPConnection] | None = None
) -> tuple[int, str]:
    """The status and text of `/enroll`, asked from 127.0.0.1; a header may come twice."""
    connection = (kind or http.client.HTTPConnection)("127.0.0.1", port, timeout=60)
    try:
        connection.putrequest("GET", "/enroll", skip_host=True)
        for name, value in (("Host", host), *headers):
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def shows(answer: tuple[int, str]) -> bool:
    status, text = answer
    assert (status == 200) == ("Anna" in text) == ("data:image" in text), text
    assert status in (200, 403)
    return status == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Forwarded-For", "203.0.113.9"),
        ("X-Forwarded-For", "127.0.0.1"),
        ("x-forwarded-proto", "https"),
        ("X-Forwarded-Host", "hub.example"),
        ("X-Forwarded", "for=1"),
        ("Forwarded", "for=203.0.113.9"),
        ("Forwarded", ""),
        ("X-Real-IP", "203.0.113.9"),
        ("Via", "1.1 caddy"),
        ("CF-Connecting-IP", "203.0.113.9"),
        ("True-Client-IP", "203.0.113.9"),
        ("X-Client-IP", "203.0.113.9"),
        ("CDN-Loop", "cloudflare"),
    ],
)
def test_a_forwarded_request_is_refused_where_no_proxy_was_named(alone: int, name: str, value: str) -> None:
    status, text = asked(alone, (name, value))
    assert status == 403
    assert "Anna" not in text
    assert "serve --proxy" in text
    assert shows(asked(alone)), "this machine's own browser"


def test_a_proxy_that_says_nothing_gives_itself_away_by_the_name_or_its_age(alone: int) -> None:
    assert "as localhost" in asked(alone, host="hub.example")[1]
    assert not shows(asked(alone, host="hub.example"))
    assert not shows(asked(alone, kind=Old))
    for host in ("localhost:8787", "127.0.0.1:8787", "[::1]:8787", "LOCALHOST"):
        assert shows(asked(alone, host=host)), host


@pytest.mark.parametrize(
    "said",
    [
        [("X-Forwarded-For", "127.0.0.1")],
        [("X-Forwarded-For", "::1")],
        [("X-Forwarded-For", "127.0.0.1:40000"), ("X-Forwarded-Proto", "https")],
        [("X-Forwarded-For", "127.0.0.1, 127.0.0.1")],
        [("X-Real-IP", "127.0.0.1"), ("X-Forwarded-For", "[::1]:40000")],
        [("Forwarded", 'for="[::1]:40000";proto=https, For=127.0.0.1')],
    ],
)
def test_behind_a_named_proxy_this_machine_sees_codes(behind: int, said: list[tuple[str, str]]) -> None:
    assert shows(asked(behind, *said))


@pytest.mark.parametrize(
    "said",
    [
        [],
        [("Via", "1.1 caddy")],
        [("X-Forwarded-For", "")],
        [("X-Forwarded-For", "203.0.113.9")],
        [("X-Forwarded-For", "127.0.0.1, 203.0.113.9")],
        [("X-Forwarded-For", "203.0.113.9, 127.0.0.1")],
        [("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-For", "203.0.113.9")],
        [("X-Forwarded-For", "127.0.0.1"), ("X-Real-IP", "203.0.113.9")],
        [("X-Forwarded-For", "127.0.0.1"), ("Forwarded", "for=203.0.113.9")],
        [("Forwarded", "for=127.0.0.1, proto=https")],
        [("Forwarded", "for=unknown")],
        [("Forwarded", "for=_hidden")],
        [("X-Forwarded-For", "localhost")],
        [("X-Forwarded-For", "0")],
        [("X-Forwarded-For", "::ffff:203.0.113.9")],
        [("X-Forwarded-For", "127.0.0.1.example")],
    ],
)
def test_behind_a_named_proxy_nobody_else_does_whatever_they_claim(behind: int, said: list[tuple[str, str]]) -> None:
    assert not shows(asked(behind, *said))
    assert not shows(asked(behind, ("X-Forwarded-For", "127.0.0.1"), host="hub.example"))


def test_a_name_for_a_proxy_is_an_address(tmp_path: Path) -> None:
    done = hub("serve", "--data", tmp_path / "hub", "--proxy", "caddy")
    assert done.returncode == 2
    assert "--proxy caddy: not an address" in done.stderr
    assert not (tmp_path / "hub").exists()


def test_a_contact_is_one_short_line(tmp_path: Path) -> None:
    for wrong in ("", " ", "a\nb", "x" * 201):
        done = hub("serve", "--data", tmp_path / "hub", "--contact", wrong)
        assert done.returncode == 2
        assert "--contact: give one line" in done.stderr
    assert not (tmp_path / "hub").exists()
