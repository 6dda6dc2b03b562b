"""What `run` is told: on the command line, in a file, in the page's address and its code."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from probe.cli.listening import run
from probe.cli.settings import service_settings
from probe.errors import BadInput
from probe.run.secret import secret_in
from probe.run.settings import PAGE_HOST, PAGE_PORT, PageAddress, ServiceSettings, page_address

WHOLE = """
[run]
board = ["/dev/ttyACM0"]
gnss = "/dev/ttyACM1"
gnss-baud = 38400
country = "fr"
budget = 7
offline = true
page = "192.168.4.1:80"
page-secret-file = "/etc/code"
for = 3
"""


def told(*words: str | Path) -> dict[str, Any]:
    """The options of a command line, none of which is carried out."""
    context = run.make_context("run", [str(word) for word in words])
    return context.params


def settings_of(*words: str | Path) -> ServiceSettings:
    return service_settings(told(*words))


def test_a_file_says_what_the_command_line_does_not(tmp_path: Path) -> None:
    file = tmp_path / "probe.toml"
    file.write_text(WHOLE)
    settings = settings_of("--settings", file, "--budget", "9", "--outbox", "o.db")
    assert settings.kit.boards == ("/dev/ttyACM0",)
    assert (settings.kit.gnss, settings.kit.gnss_baud, settings.kit.country) == ("/dev/ttyACM1", 38400, "FR")
    assert (settings.budget_bytes, settings.offline) == (9 << 20, True), "the command line goes before it"
    assert settings.page == PageAddress(host="192.168.4.1", port=80)
    assert settings.page_secret == Path("/etc/code")
    assert told("--settings", file)["seconds"] == 3.0
    assert settings_of("--board", "auto", "--settings", file).kit.boards == ("auto",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[run]\nmoniter = ['x']", "'moniter', which is no option"),
        ("[run]\nsettings = 'x'", "no option"),
        ("[run]\nhelp = true", "no option"),
        ("[run]\nmonitor = 'wlan1'", "a list"),
        ("[run]\ngnss = ['a']", "no list"),
        ("[run]\ngnss = 5", "text in quotes"),
        ('[run]\ngnss = "a\\u0000b"', "text in quotes"),
        ("[run]\nmonitor = [1]", "text in quotes"),
        ("[run]\ngnss-baud = '9600'", "a whole number"),
        ("[run]\ngnss-baud = 1.5", "a whole number"),
        ("[run]\nbudget = true", "a whole number"),
        ("[run]\nbudget = 0", "budget: 0 is not"),
        ("[run]\nspeed = 'fast'", "a number"),
        ("[run]\nspeed = 0", "speed: "),
        ("[run]\nspeed = nan", "speed"),
        ("[run]\noffline = 'yes'", "true or false"),
        ("[run]\noffline = 1", "true or false"),
        ("[run]\ngnss = {a = 1}", "text in quotes"),
        ("gnss = 'x'", "'gnss' does not belong there"),
        ("run = 5", "'run' does not belong"),
        ("[run]\n[walk]\n", "'walk' does not belong"),
        ("[run", "not TOML"),
        ("[run]\n# " + "x" * 70_000, "larger than 64 KB"),
    ],
)
def test_what_the_file_says_wrongly_is_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "probe.toml"
    file.write_text(text)
    with pytest.raises(BadInput, match=says) as problem:
        told("--settings", file)
    assert str(file) in str(problem.value)
    assert "\n" not in str(problem.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(BadInput, match="cannot be read"):
            told("--settings", path)


def test_cut_anywhere_it_is_read_or_refused(tmp_path: Path) -> None:
    file = tmp_path / "probe.toml"
    for end in range(len(WHOLE)):
        file.write_text(WHOLE[:end])
        try:
            told("--settings", file)
        except BadInput as problem:
            assert "\n" not in str(problem)


@hypothesis_settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=300).map(lambda data: b"[run]\n" + data)))
def test_whatever_the_file_holds_it_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "probe.toml"
    file.write_bytes(data)
    try:
        told("--settings", file)
    except BadInput:
        return


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--button", "/dev/input/event0"), "--camera"),
        (("--played", "walk-1", "--monitor", "wlan1"), "goes without"),
        (("--network", "wlan0", "--board", "auto"), "--page"),
        (("--page", "--network", "wlan1", "--monitor", "wlan1"), "sends nothing"),
        (("--played", "walk-1", "--speed", "nan"), "how many times as fast"),
        (("--page", "a:b"), "host and a port"),
        (("--page", "127.0.0.1:70000"), "host and a port"),
    ],
)
def test_what_does_not_go_together_is_one_sentence(words: tuple[str, ...], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        settings_of(*words)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("0.0.0.0:80", "0.0.0.0", 80),
        ("8080", PAGE_HOST, 8080),
        (":8080", PAGE_HOST, 8080),
        ("probe.local", "probe.local", PAGE_PORT),
        ("[fe80::1]:80", "fe80::1", 80),
        ("[::1]", "::1", PAGE_PORT),
        ("fe80::1", "fe80::1", PAGE_PORT),
    ],
)
def test_the_pages_address(text: str, host: str, port: int) -> None:
    assert page_address(text) == PageAddress(host=host, port=port)
    assert settings_of("--page", "--board", "auto").page == PageAddress(host=PAGE_HOST, port=PAGE_PORT)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_none(text: str) -> None:
    try:
        assert 0 <= page_address(text).port < 65536
    except BadInput:
        return


def test_the_pages_code_is_made_once_and_for_this_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "code"
    code = secret_in(path)
    assert secret_in(path) == code
    assert len(code.replace("-", "")) == 12
    assert path.stat().st_mode & 0o777 == 0o600
    assert secret_in(tmp_path / "other") != code
    path.chmod(0o644)
    assert secret_in(path) == code
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("data", [b"", b"\n", b"\xff\xfe", b"x" * 2000])
def test_a_file_without_a_code_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "code").write_bytes(data)
    with pytest.raises(BadInput, match="code"):
        secret_in(tmp_path / "code")
    with pytest.raises(BadInput, match="cannot be read"):
        secret_in(tmp_path)
