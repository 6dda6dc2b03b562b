"""Bluetooth LE: adverts are heard, and the controller was never told to ask."""

import json

import pytest

from tests.hil.bench import Bench
from tests.hil.protocols import Done

pytestmark = pytest.mark.hil


def scanned(bench: Bench, without: str | None = None) -> tuple[dict[str, int], Done]:
    """Listen beside an advertising device; what the probe says of its adapter, and how the adapter was told to scan."""
    bench.part("vhci")
    bench.run("modprobe", "-a", "bluetooth", "hci_vhci")
    air = bench.stimulus("adverts", "FS Ext Battery", "F0:F1:F2:F3:F4:F5")
    ended = bench.probe("listen", "--bluetooth", "hci0", "--for", "8", "--json", without=without)
    told: dict[str, int] = json.loads(ended.out.splitlines()[-1])["sources"][0]
    return told, air.wait()


def test_an_advert_is_heard_by_a_passive_scan(bench: Bench, figures: dict[str, int | float | str]) -> None:
    told, adapter = scanned(bench)
    figures["bluetooth.adverts"] = told["frames"]
    assert told["frames"] > 3, told
    assert adapter.out.strip() == "passive"


def test_control_an_active_scan_is_noticed(bench: Bench) -> None:
    _, adapter = scanned(bench, without="quiet")
    assert adapter.out.strip() == "active"
