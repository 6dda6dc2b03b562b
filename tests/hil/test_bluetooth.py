"""Bluetooth LE: adverts are heard, and the controller was never told to ask."""

import json

import pytest

from tests.hil.bench import VirtualBench

pytestmark = pytest.mark.hil


def test_an_advert_is_heard_by_a_passive_scan(bench: VirtualBench) -> None:
    bench.run("modprobe", "-a", "bluetooth", "hci_vhci")
    air = bench.stimulus("adverts", "FS Ext Battery", "F0:F1:F2:F3:F4:F5")
    ended = bench.probe("listen", "--bluetooth", "hci0", "--for", "10", "--json")
    last = json.loads(ended.out.splitlines()[-1])
    assert last["sources"][0]["frames"] > 3, (ended.out[-500:], ended.err)
    assert air.wait().out.strip() == "passive"
