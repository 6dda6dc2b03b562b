"""The page behind a proxy on the hub's own machine, over real sockets: nobody is let in by a way that nobody named, and
whoever is has signed in."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.data import HubFolder, make_hub
from hub.log.people import Role
from hub.web.serve import WebServer
from tests.hub.web.inhabited import Inhabited
from tests.paired import pairing_of
from tests.processes import hub

NAMED = ("127.0.0.1",)
HTTPS = ("X-Forwarded-Proto", "https")


@contextmanager
def served(data: Path, proxies: tuple[str, ...]) -> Iterator["Page"]:
    with make_hub(data) as folder:
        pairing_of(folder).invite("Anna", "mqtts://192.0.2.1:8883")
        page = Page(folder, proxies)
        page.web.start()
        try:
            yield page
        finally:
            page.web.stop()


class Old(http.client.HTTPConnection):
    """A client of HTTP/1.0, as some proxies are."""

    _http_vsn = 10
    _http_vsn_str = "HTTP/1.0"


class Page:
    """A page that was told of some proxies, asked by somebody who is signed in as an operator."""

    def __init__(self, folder: HubFolder, proxies: tuple[str, ...]) -> None:
        self.inhabited = Inhabited(folder.path, hub=folder, proxies=proxies, names=["hub.example"])
        self.web = WebServer(self.inhabited.app, "127.0.0.1", 0)
        self.token = self.inhabited.accounts.begin(self.inhabited.people[Role.OPERATOR], "link")

    def asked(
        self,
        *headers: tuple[str, str],
        host: str = "localhost",
        kind: type[http.client.HTTPConnection] | None = None,
        path: str = "/enroll",
        form: str | None = None,
    ) -> tuple[int, str]:
        """The status and text of a path, asked from 127.0.0.1 with every name that the cookie may have."""
        connection = (kind or http.client.HTTPConnection)("127.0.0.1", self.web.port, timeout=60)
        port = host.rpartition(":")[2] if host.rpartition(":")[2].isdigit() else ""
        names = [f"{prefix}contrechamp{f'-{port}' if port else ''}" for prefix in ("", "__Host-")]
        try:
            connection.putrequest("GET" if form is None else "POST", path, skip_host=True)
            for name, value in (
                ("Host", host),
                ("Cookie", "; ".join(f"{one}={self.token}" for one in names)),
                *headers,
            ):
                connection.putheader(name, value)
            if form is not None:
                connection.putheader("Content-Type", "application/x-www-form-urlencoded")
                connection.putheader("Content-Length", str(len(form)))
                connection.putheader("Sec-Fetch-Site", "same-origin")
            connection.endheaders(None if form is None else form.encode())
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


def shows(answer: tuple[int, str]) -> bool:
    status, text = answer
    assert (status == 200) == ("Anna" in text) == ("data:image" in text), text
    assert status in (200, 403)
    return status == 200


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page that was told of no proxy."""
    with served(tmp_path_factory.mktemp("alone"), ()) as page:
        yield page


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page that was told of a proxy on this machine."""
    with served(tmp_path_factory.mktemp("behind"), NAMED) as page:
        yield page


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
def test_a_forwarded_request_is_refused_where_no_proxy_was_named(alone: Page, name: str, value: str) -> None:
    status, text = alone.asked((name, value))
    assert status == 403
    assert "Anna" not in text
    assert "serve --proxy" in text
    for path in ("/sign-in", "/welcome"):
        assert alone.asked((name, value), path=path, form="name=Operator&password=x&code=x")[0] == 403
    assert alone.asked((name, value), path="/api/status")[0] == 403
    assert shows(alone.asked()), "this machine's own browser"


def test_a_proxy_that_says_nothing_gives_itself_away_by_the_name_or_its_age(alone: Page) -> None:
    assert "not this machine" in alone.asked(host="hub.example")[1]
    assert not shows(alone.asked(host="hub.example"))
    assert not shows(alone.asked(kind=Old))
    for host in ("localhost:8787", "127.0.0.1:8787", "[::1]:8787", "LOCALHOST"):
        assert shows(alone.asked(host=host)), host


@pytest.mark.parametrize(
    "said",
    [
        [("X-Forwarded-For", "203.0.113.9"), HTTPS],
        [("X-Forwarded-For", "203.0.113.9, 127.0.0.1"), HTTPS],
        [("X-Forwarded-For", "127.0.0.1:40000"), HTTPS],
        [("X-Real-IP", "203.0.113.9"), HTTPS],
        [("Forwarded", 'for="[2001:db8::1]:40000";proto=https')],
        [("Forwarded", "for=203.0.113.9;proto=http, For=192.0.2.7;Proto=https")],
    ],
)
def test_behind_a_named_proxy_an_operator_sees_codes_by_https(behind: Page, said: list[tuple[str, str]]) -> None:
    assert shows(behind.asked(*said, host="hub.example"))


@pytest.mark.parametrize(
    "said",
    [
        [],
        [HTTPS],
        [("Via", "1.1 caddy"), HTTPS],
        [("X-Forwarded-For", ""), HTTPS],
        [("X-Forwarded-For", "203.0.113.9")],
        [("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "http")],
        [("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https, http")],
        [("Forwarded", "proto=https")],
        [("Forwarded", "for=unknown;proto=https")],
        [("Forwarded", "for=_hidden;proto=https")],
        [("X-Forwarded-For", "localhost"), HTTPS],
        [("X-Forwarded-For", "0"), HTTPS],
        [("X-Forwarded-For", "127.0.0.1.example"), HTTPS],
    ],
)
def test_a_named_proxy_says_who_asks_and_that_they_came_by_https(behind: Page, said: list[tuple[str, str]]) -> None:
    assert not shows(behind.asked(*said, host="hub.example"))


def test_who_fails_behind_a_proxy_slows_down_nobody_but_themselves(behind: Page) -> None:
    def tried(address: str, claim: str = "") -> int:
        hops = ("X-Forwarded-For", f"{claim}{address}")
        form = "name=Reader&password=wrong"
        return behind.asked(hops, HTTPS, host="hub.example", path="/sign-in", form=form)[0]

    assert [tried("203.0.113.9", f"198.51.100.{n}, ") for n in range(5)] == [401] * 5
    assert tried("203.0.113.9", "198.51.100.77, ") == 429, "what they claim before it changes nothing"
    assert tried("203.0.113.10") == 401


def test_a_name_for_a_proxy_is_an_address_and_has_a_name_of_its_own(tmp_path: Path) -> None:
    for words, told in (
        (("--proxy", "caddy"), "--proxy caddy: not an address"),
        (("--proxy", "127.0.0.1"), "--proxy needs --name"),
        (("--name", "https://hub.example"), "no name of a host"),
        (("--cert", "x.pem"), "belong together"),
        (("--cert", str(tmp_path / "no"), "--key", str(tmp_path / "no")), "cannot be used (No such file"),
    ):
        done = hub("serve", "--data", tmp_path / "hub", *words)
        assert done.returncode == 2
        assert told in done.stderr


def test_a_contact_is_one_short_line(tmp_path: Path) -> None:
    for wrong in ("", " ", "a\nb", "x" * 201):
        done = hub("serve", "--data", tmp_path / "hub", "--contact", wrong)
        assert done.returncode == 2
        assert "--contact: give one line" in done.stderr
    assert not (tmp_path / "hub").exists()
