"""The command `card` from end to end, without a network, and its parts that people see."""

import hashlib
import html
import json
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest
import zxingcpp
from click.testing import CliRunner, Result

from probe.card.kit import new_secrets
from probe.card.printed import printed
from probe.card.settings import card_settings, listening
from probe.card.wheels import LockedWheel, gather, locked_wheels
from probe.cli import card as card_module
from probe.device.signals import drawn
from probe.errors import BadInput
from probe.page.words import words
from probe.session.signs import Sign
from tests.house.wheel_table import TABLE, table
from tests.probe.card.cards import stock_card

OPTIONS = {"monitor": True, "board": True, "camera": False, "country": False, "page": False, "network": False}


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with our wheel, and a table of one small wheel."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    (folder / "contrechamp-0.1.0-py3-none-any.whl").write_bytes(b"ours")
    (folder / "click-8.5.1-py3-none-any.whl").write_bytes(b"click")
    digest = hashlib.sha256(b"click").hexdigest()
    locked = [LockedWheel("cp313", "aarch64", "click", "8.5.1", "click-8.5.1-py3-none-any.whl", digest)]
    monkeypatch.setattr(card_module, "locked_wheels", lambda _machine: locked)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def _run(tmp_path: Path, wheels: Path, *words: str) -> Result:
    card = stock_card(tmp_path / "boot")
    given = [str(card), "--wheels", str(wheels), "--kit-card", str(tmp_path / "kit.html"), *words]
    return CliRunner().invoke(card_module.card, given)


def test_from_a_stock_card_to_a_probe(tmp_path: Path, wheels: Path) -> None:
    (tmp_path / "home.txt").write_text("Chez nous; à la maison\ncorrect horse battery\n")
    (tmp_path / "key.pub").write_text("ssh-ed25519 AAAAC3Nza maker@desk\n")
    words = ("--country", "fr", "--lang", "fr", "--wifi-home-file", str(tmp_path / "home.txt"))
    done = _run(tmp_path, wheels, *words, "--ssh-key", str(tmp_path / "key.pub"), "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    ours = tmp_path / "boot" / "contrechamp"
    assert told["changed"] == told["files"] - 1
    settings = tomllib.loads((ours / "settings.toml").read_text())["run"]
    assert settings["country"] == "FR"
    assert settings["board"] == ["auto"]
    assert "ssid=Chez nous\\; à la maison\n" in (ours / "home-network").read_text()
    page = (tmp_path / "kit.html").read_text()
    assert (ours / "page-secret").read_text().strip() in page
    assert (tmp_path / "kit.html").stat().st_mode & 0o077 == 0
    # Nothing that lets anybody in is printed on the terminal.
    assert (ours / "page-secret").read_text().strip() not in done.output
    assert "correct horse" not in done.output


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--country", "FRA"), "two letters"),
        (("--hostname", "My Kit"), "small letters"),
        (("--pair", "ABCD-EFGH"), "--pair: "),
        (("--wifi-home-file", "one-line"), "no passphrase"),
        (("--wifi-home-file", "three-lines"), "two lines"),
        (("--ssh-key", "private"), "the public one"),
        (("--ssh-key", "one-line"), "no public key"),
        (("--settings", "one-line"), "no TOML"),
        (("--settings", "unknown"), "has no option --shutter"),
        (("--settings", "nowhere"), "cannot be read"),
        (("--release-key", "one-line"), "64 hexadecimal digits"),
    ],
)
def test_what_nobody_could_mend_on_the_street_is_refused_here(
    tmp_path: Path, wheels: Path, words: tuple[str, str], why: str
) -> None:
    (tmp_path / "one-line").write_text("only a name\n")
    (tmp_path / "three-lines").write_text("a\npassphrase\nmore\n")
    (tmp_path / "private").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    (tmp_path / "unknown").write_text('[run]\nshutter = "fast"\n')
    option, value = words
    done = _run(
        tmp_path, wheels, option, str(tmp_path / value) if option.endswith(("file", "key", "settings")) else value
    )
    assert isinstance(done.exception, BadInput)
    assert why in str(done.exception)
    assert not (tmp_path / "boot" / "user-data").exists()


def test_the_settings_of_a_card() -> None:
    text = card_settings('[run]\nmonitor = ["wlan1"]\n', OPTIONS, country="FR", page="wifi", interface="wlan0")
    assert tomllib.loads(text)["run"] == {
        "country": "FR",
        "page": "10.83.68.1:80",
        "network": "wlan0",
        "monitor": ["wlan1"],
    }
    assert listening(text) == ("wlan1",)
    bare = card_settings(None, {"board": True, "camera": False}, country=None, page="none", interface="wlan0")
    assert tomllib.loads(bare)["run"] == {"board": ["auto"], "camera": "auto"}
    for bad, why in (
        ('monitor = "wlan1"', "out of place"),
        ('[run]\nmonitor = "wlan1"', "takes a list"),
        ('[run]\ncamera = ["a"]', "no list"),
        ("[run]\ncamera = 1979-05-27", "nothing that --camera takes"),
        ('[run]\ncamera = "a\\nb"', "nothing that --camera takes"),
        ("[run", "no TOML"),
    ):
        with pytest.raises(BadInput, match=why):
            card_settings(bad, OPTIONS, country=None, page="none", interface="wlan0")


def test_a_wheel_is_what_is_locked_or_nothing(tmp_path: Path) -> None:
    wheel = LockedWheel("cp313", "aarch64", "x", "1", "x-1-py3-none-any.whl", hashlib.sha256(b"right").hexdigest())
    brought, cache = tmp_path / "brought", tmp_path / "cache"
    brought.mkdir()
    (brought / wheel.file).write_bytes(b"wrong")
    fetched: list[str] = []

    def fetch(one: LockedWheel, folder: Path) -> None:
        fetched.append(one.file)
        (folder / one.file).write_bytes(b"right" if len(fetched) > 1 else b"evil")

    with pytest.raises(BadInput, match="not what is locked"):
        gather([wheel], brought, cache, fetch)
    assert not (cache / wheel.file).exists()
    assert gather([wheel], brought, cache, fetch) == {wheel.file: cache / wheel.file}
    assert gather([wheel], brought, cache, fetch) == {wheel.file: cache / wheel.file}
    assert len(fetched) == 2  # the third time it was in the cache


def test_the_table_of_wheels_is_that_of_the_lock() -> None:
    assert TABLE.read_text() == table(), "run python -m tests.house.wheel_table"


@pytest.mark.parametrize("machine", ["aarch64", "x86_64"])
def test_each_python_gets_a_whole_set(machine: str) -> None:
    wanted = locked_wheels(machine)
    names = {tag: {one.name for one in wanted if one.tag == tag} for tag in ("cp313", "cp311")}
    assert names["cp313"] <= names["cp311"]
    assert {"pip", "cryptography", "numpy", "opencv-python-headless", "msgspec", "pillow"} <= names["cp313"]
    with pytest.raises(BadInput, match="no probe for"):
        locked_wheels("riscv64")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_kits_card_has_all_in_it_and_asks_nobody(language: str) -> None:
    kit = new_secrets()
    text = printed(kit, language)
    page = _Page()
    page.feed(text)
    assert page.tags.count("svg") == 21
    assert page.addresses == []
    for sign in Sign:
        told = html.escape(words(language)[f"sign-{sign.value}"])
        assert f"<td>{drawn(sign.value)}</td><td>{told}</td>" in text
    for network in kit.networks:
        assert network.name in text
        assert network.passphrase in text


def test_a_phone_reads_the_codes() -> None:
    """The code is drawn as vectors; the same library draws the picture that is read here."""
    kit = new_secrets()
    for text in (kit.page_address, kit.networks[0].qr):
        made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
        (found,) = zxingcpp.read_barcodes(made.to_image(scale=4))
        assert found.text == text
