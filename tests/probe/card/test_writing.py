"""What `card` writes onto a stock card, and what it refuses."""

import hashlib
import json
from pathlib import Path

import pytest

from probe.card.cloud import check_keys
from probe.card.kit import read_secrets
from probe.card.partition import BootPartition
from probe.card.writing import write_card
from probe.errors import BadInput
from tests.probe.card.cards import STOCK_CMDLINE, STOCK_CONFIG, plan, stock_card


def test_a_stock_card_gets_all_that_a_first_start_needs(tmp_path: Path) -> None:
    card = stock_card(tmp_path / "boot")
    written = write_card(BootPartition(card), plan(tmp_path / "wheels"))
    ours = card / "contrechamp"
    lines = (ours / "MANIFEST").read_text().splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    there = {path.relative_to(ours).as_posix() for path in ours.rglob("*") if path.is_file()} - {"MANIFEST"}
    assert sums.keys() == there
    for name, digest in sums.items():
        assert hashlib.sha256((ours / name).read_bytes()).hexdigest() == digest
    assert "wheels/contrechamp-0.1.0-py3-none-any.whl" in there
    assert (ours / "wheels-cp313.txt").read_text().split() == [
        "contrechamp-0.1.0-py3-none-any.whl",
        "click-8.5.1-py3-none-any.whl",
    ]
    assert written.changed == written.files - 1  # the list of sums is not counted among those that changed
    user_data = json.loads((card / "user-data").read_text().split("card; ", 1)[1].split("\n", 1)[1])
    assert user_data["bootcmd"] == [["sh", "/boot/firmware/contrechamp/first-boot.sh"]]


def test_the_root_is_not_grown_and_the_country_is_told(tmp_path: Path) -> None:
    card = stock_card(tmp_path / "boot")
    write_card(BootPartition(card), plan(tmp_path / "wheels"))
    words = (card / "cmdline.txt").read_text().split()
    assert "resize" not in words
    assert words[-1] == "cfg80211.ieee80211_regdom=FR"
    assert [word for word in STOCK_CMDLINE.split() if word != "resize"] == words[:-1]
    assert (card / "cmdline.txt").read_text().count("\n") == 1


def test_a_second_run_changes_nothing_and_a_third_one_what_is_new(tmp_path: Path) -> None:
    card = BootPartition(stock_card(tmp_path / "boot"))
    first = write_card(card, plan(tmp_path / "wheels"))
    before = {path: path.read_bytes() for path in card.folder.rglob("*") if path.is_file()}
    again = write_card(card, plan(tmp_path / "wheels"))
    assert again.changed == 0
    assert again.kit == first.kit  # a kit's card that is printed stays right
    assert {path: path.read_bytes() for path in card.folder.rglob("*") if path.is_file()} == before
    write_card(card, plan(tmp_path / "wheels", country="DE", pairing="ABCD"))
    write_card(card, plan(tmp_path / "wheels", country="DE"))
    assert (card.folder / "cmdline.txt").read_text().split().count("cfg80211.ieee80211_regdom=DE") == 1
    assert "FR" not in (card.folder / "cmdline.txt").read_text()
    assert not (card.folder / "contrechamp" / "pairing-code").exists()
    assert (card.folder / "config.txt").read_text().startswith(STOCK_CONFIG.rstrip("\n"))
    assert (card.folder / "config.txt").read_text().count("dtparam=watchdog=on") == 1


@pytest.mark.parametrize("lacking", ["cmdline.txt", "config.txt"])
def test_a_folder_that_is_no_boot_partition_is_refused_and_left_alone(tmp_path: Path, lacking: str) -> None:
    card = stock_card(tmp_path / "boot")
    (card / lacking).unlink()
    with pytest.raises(BadInput, match=f"no boot partition of a Raspberry Pi .*{lacking}"):
        BootPartition(card)
    assert len(list(card.iterdir())) == 1


def test_other_things_that_are_no_boot_partition(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such folder"):
        BootPartition(tmp_path / "nowhere")
    card = stock_card(tmp_path / "boot")
    (card / "cmdline.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="is no text"):
        BootPartition(card)
    (card / "cmdline.txt").write_text("quiet\n")
    with pytest.raises(BadInput, match="where the root is"):
        BootPartition(card)
    (card / "cmdline.txt").write_bytes(b"root=" + b"x" * 100_000)
    with pytest.raises(BadInput, match="too long"):
        BootPartition(card)


def test_a_card_that_is_a_probe_already_is_refused(tmp_path: Path) -> None:
    card = BootPartition(stock_card(tmp_path / "boot"))
    write_card(card, plan(tmp_path / "wheels"))
    (card.folder / "contrechamp" / "done").touch()
    with pytest.raises(BadInput, match="is a probe already"):
        write_card(card, plan(tmp_path / "wheels"))


def test_what_the_card_gives_back_is_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = BootPartition(stock_card(tmp_path / "boot"))
    monkeypatch.setattr("probe.card.partition._from_the_card", lambda path: path.read_bytes()[:-1])
    with pytest.raises(BadInput, match="use another card"):
        write_card(card, plan(tmp_path / "wheels"))
    # Nothing that changes how the card starts has been written.
    assert (card.folder / "cmdline.txt").read_text() == STOCK_CMDLINE
    assert not (card.folder / "user-data").exists()


def test_a_full_card_is_refused_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = BootPartition(stock_card(tmp_path / "boot"))
    monkeypatch.setattr(BootPartition, "free_bytes", lambda _card: 1 << 20)
    with pytest.raises(BadInput, match="1 MiB are free"):
        write_card(card, plan(tmp_path / "wheels"))
    assert not (card.folder / "contrechamp").exists()


def test_the_listening_radio_carries_no_page(tmp_path: Path) -> None:
    card = BootPartition(stock_card(tmp_path / "boot"))
    with pytest.raises(BadInput, match="what listens never sends"):
        write_card(card, plan(tmp_path / "wheels", listening=("wlan0",)))
    write_card(card, plan(tmp_path / "wheels", listening=("wlan1",)))
    assert (
        "unmanaged-devices=interface-name:wlan1;" in (card.folder / "contrechamp" / "networkmanager.conf").read_text()
    )
    write_card(card, plan(tmp_path / "wheels", listening=("wlan0",), page="usb"))
    assert "modules-load=dwc2,g_ether" in (card.folder / "cmdline.txt").read_text()
    assert json.loads((card.folder / "contrechamp" / "network.json").read_text())["interface"] is None


def test_secrets_of_a_kit_are_read_back_or_drawn_anew(tmp_path: Path) -> None:
    card = BootPartition(stock_card(tmp_path / "boot"))
    kit = write_card(card, plan(tmp_path / "wheels")).kit
    assert read_secrets((kit.page + "\n").encode(), kit.network) == kit
    (card.folder / "contrechamp" / "network-secret").write_bytes(b"short")
    assert write_card(card, plan(tmp_path / "wheels")).kit.network != kit.network


def test_a_word_that_cloud_init_does_not_know_is_refused() -> None:
    with pytest.raises(BadInput, match="does not know rpi"):
        check_keys({"bootcmd": [], "rpi": {}})
