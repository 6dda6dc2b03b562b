"""The page's own network: what the probe asks for, and what the helper makes of it."""

import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.device.access_point import NAME, Places, Plan, carry_out, keyfile
from probe.device.names import WALKS, network_of
from probe.device.network import AGAIN_S, AccessPoint, read_wish
from probe.errors import BadInput

SECRET = bytes(range(16))


class NetworkManager:
    """Takes words as nmcli does, and says what it is told to say."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.refuses: str | None = None
        self.meanwhile: Callable[[], None] = lambda: None

    def __call__(self, words: list[str]) -> tuple[int, str]:
        self.asked.append(words)
        self.meanwhile()
        refused = self.refuses is not None and words[:2] == ["connection", "up"]
        return (4, f"Error: {self.refuses}\n") if refused else (0, "")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    for name in ("wish", "state", "kept"):
        (tmp_path / name).mkdir()
    (tmp_path / "kept" / "secret").write_bytes(SECRET)
    (tmp_path / "kept" / "network.json").write_text('{"interface": "wlan0", "address": "10.83.68.1/24"}\n')
    return Places(
        wish=tmp_path / "wish" / "network",
        state=tmp_path / "state" / "state",
        kept=tmp_path / "kept",
        connections=tmp_path / "connections",
    )


def _point(places: Places, now: Callable[[], float] = time.monotonic) -> AccessPoint:
    return AccessPoint("wlan0", listening=["wlan1"], wish=places.wish, state=places.state, now=now)


def test_up_and_down(places: Places) -> None:
    point, manager = _point(places), NetworkManager()
    assert not places.wish.exists()
    before = os.umask(0o077)
    try:
        point.up()
    finally:
        os.umask(before)
    assert places.wish.stat().st_mode & 0o777 == 0o644  # a helper without capabilities reads it, whatever the umask
    told = carry_out(places, manager)
    assert told.up
    assert point.state == told
    assert point.trouble is None
    text = places.keyfile.read_text()
    first = network_of(SECRET, 0)
    assert f"ssid={first.name}\n" in text
    assert f"psk={first.passphrase}\n" in text
    assert places.keyfile.stat().st_mode & 0o077 == 0
    assert manager.asked == [["connection", "load", str(places.keyfile)], ["connection", "up", NAME]]
    assert first.passphrase not in json.dumps(manager.asked)  # command lines are open to everybody
    point.down()
    assert not carry_out(places, manager).up
    assert not places.keyfile.exists()
    assert point.trouble is None


def test_each_walk_has_another_name_and_a_walk_keeps_its_own(places: Places) -> None:
    point, manager, names = _point(places), NetworkManager(), []
    for _ in range(3):
        for wanted in (point.up, point.down, point.up):
            wanted()
            told = carry_out(places, manager)
        names.append(told.name)
        point.next_walk()
    assert names == [network_of(SECRET, number).name for number in range(3)]
    # A probe that starts anew is on another walk.
    other = _point(places)
    other.up()
    assert carry_out(places, manager).name == network_of(SECRET, 3).name


def test_a_network_that_does_not_start_is_told(places: Places) -> None:
    point, manager = _point(places), NetworkManager()
    manager.refuses = "Connection activation failed:\n no suitable device"
    point.up()
    told = carry_out(places, manager)
    assert not told.up
    assert point.trouble == "page-network-failed"
    assert point.detail == "Error: Connection activation failed: no suitable device"


def test_what_is_asked_while_the_helper_is_at_work_is_asked_once_more(places: Places) -> None:
    """systemd starts the helper at a change of the wish, and passes over what changes while it still runs."""
    now = [0.0]
    point, manager = _point(places, lambda: now[0]), NetworkManager()
    manager.meanwhile = point.down  # the walker is home again while the network still comes up
    point.up()
    assert carry_out(places, manager).up
    manager.meanwhile = lambda: None
    passed_over = places.wish.stat().st_ino
    point.down()
    assert places.wish.stat().st_ino == passed_over
    now[0] += AGAIN_S
    point.down()
    assert places.wish.stat().st_ino != passed_over, "else the network stays up in a hidden cell"
    assert not carry_out(places, manager).up
    done = places.wish.stat().st_ino
    now[0] += AGAIN_S
    point.down()
    assert places.wish.stat().st_ino == done
    manager.refuses = "no suitable device"
    point.up()
    carry_out(places, manager)
    refused = places.wish.stat().st_ino
    now[0] += AGAIN_S
    point.up()
    assert places.wish.stat().st_ino == refused, "what does not work is told, and not tried for ever"


def test_what_listens_carries_no_page() -> None:
    with pytest.raises(BadInput, match="wlan1 listens, so it cannot carry the page's network"):
        AccessPoint("wlan1", listening=["wlan1"])


def test_without_a_helper_there_is_a_sentence_and_no_fault(tmp_path: Path) -> None:
    point = AccessPoint("wlan0", wish=tmp_path / "nowhere" / "network", state=tmp_path / "state")
    point.up()
    assert point.trouble == "page-network-no-helper"


def test_a_helper_that_comes_later_is_asked_again(tmp_path: Path) -> None:
    point = AccessPoint("wlan0", wish=tmp_path / "later" / "network", state=tmp_path / "state")
    point.up()
    (tmp_path / "later").mkdir()
    point.up()
    assert point.trouble is None
    assert point.state is None


def test_a_kit_without_wifi_page_leaves_networkmanager_alone(places: Places) -> None:
    (places.kept / "network.json").write_text('{"interface": null, "address": "10.83.68.1/24"}')
    point, manager = _point(places), NetworkManager()
    point.up()
    assert not carry_out(places, manager).up
    assert manager.asked == []


@given(st.binary(max_size=200))
def test_the_helper_does_nothing_for_a_wish_that_is_none(data: bytes) -> None:
    try:
        wish = read_wish(data)
    except BadInput:
        return
    assert re.fullmatch("[0-9a-f]{32}", wish.walk)


@pytest.mark.parametrize("walk", ["", "../../etc", "A" * 32, "0" * 31, "0" * 33])
def test_a_walk_is_named_by_digits_alone(walk: str) -> None:
    with pytest.raises(BadInput):
        read_wish(json.dumps({"up": True, "walk": walk}).encode())


def test_a_wish_cut_anywhere() -> None:
    whole = json.dumps({"up": True, "walk": "0" * 32}).encode()
    for length in range(len(whole)):
        with pytest.raises(BadInput):
            read_wish(whole[:length])


@given(st.binary(min_size=16, max_size=16), st.integers(0, 1000))
def test_names_that_phones_and_radios_take(secret: bytes, walk: int) -> None:
    network = network_of(secret, walk)
    assert 1 <= len(network.name.encode()) <= 32
    assert 8 <= len(network.passphrase) <= 63
    assert re.fullmatch(r"[a-z ]+", network.name)
    assert re.fullmatch(r"[a-z-]+", network.passphrase)  # nothing that a keyfile or a phone's code would obey
    assert int(network.address[:2], 16) & 0b11 == 0b10  # by hand, for one
    assert network == network_of(secret, walk + WALKS)


def test_walks_of_a_kit_have_nothing_in_common() -> None:
    networks = [network_of(SECRET, number) for number in range(WALKS)]
    for part in ("name", "passphrase", "address"):
        assert len({getattr(one, part) for one in networks}) == WALKS
    with pytest.raises(ValueError, match="16 octets"):
        network_of(b"short", 0)


def test_a_keyfile_leads_nowhere() -> None:
    text = keyfile(network_of(SECRET, 0), Plan(interface="wlan0", address="10.83.68.1/24"))
    assert "mode=ap" in text
    assert "autoconnect=false" in text
    assert "gateway" not in text
