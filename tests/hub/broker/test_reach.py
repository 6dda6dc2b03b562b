"""How a hub is reached: by IPv6 as by IPv4, and by which address where it listens on every one."""

import json
import socket
from pathlib import Path

import pytest

from hub.broker.reach import addresses_of, bracketed, host_from_here
from probe.contract.address import BrokerAddress
from probe.contract.base import ContractError
from probe.outbox.outbox import Outbox
from tests.examples import look
from tests.processes import HubProcess, hub, probe
from tests.visiting import Visitor


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not _has_ipv6(), reason="this machine has no IPv6 loopback")
@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_a_probe_pairs_and_delivers_over_ipv6(host: str, tmp_path: Path) -> None:
    running = HubProcess(tmp_path / "hub", host=host)
    outbox = tmp_path / "o.db"
    try:
        ready = running.start()
        assert ready["url"] == f"http://[::1]:{running.port}/"
        assert ready["mqtt"] == f"mqtt://[::1]:{running.mqtt_port}"
        told = Visitor(running.data, str(ready["url"])).get("api/status", timeout_s=60)
        assert json.loads(told)["sightings"] == 0
        code = json.loads(hub("enroll", "six", "--no-wait", "--json", "--data", running.data).stdout)["qr"]
        paired = probe("pair", code, "--outbox", outbox)
        assert paired.returncode == 0, paired.stderr
        with Outbox(outbox) as box:
            box.add([look()])
        sent = probe("send", "--outbox", outbox, "--json")
        assert sent.returncode == 0, sent.stderr
        assert json.loads(sent.stdout)["stored"] == 1
    finally:
        running.kill()


def test_where_it_listens_everywhere_it_says_addresses_that_open(tmp_path: Path) -> None:
    running = HubProcess(tmp_path / "hub", host="0.0.0.0")
    try:
        ready = running.start()
        urls = ready["urls"]
        assert isinstance(urls, list)
        assert urls
        for url in [ready["url"], *urls]:
            assert "0.0.0.0" not in url
            assert url.startswith("https://")
            assert Visitor(running.data, url).get("api/status", timeout_s=60)
        assert "0.0.0.0" not in str(ready["mqtt"])
    finally:
        running.kill()


def test_every_address_has_a_way_from_here_and_one_from_elsewhere() -> None:
    assert host_from_here("0.0.0.0") == "127.0.0.1"
    assert host_from_here("::") == "::1"
    assert host_from_here("hub.local") == "hub.local"
    assert [way.host for way in addresses_of("192.0.2.7")] == ["192.0.2.7"]
    for host in ("0.0.0.0", "::"):
        assert addresses_of(host)
        assert host not in [way.host for way in addresses_of(host)]
    assert (bracketed("::1"), bracketed("10.0.0.1")) == ("[::1]", "10.0.0.1")


@pytest.mark.parametrize("url", ["mqtt://[::1]:1891", "mqtts://[fd00::2]:8883", "mqtt://10.0.0.1:1883"])
def test_a_brokers_address_is_written_as_it_is_read(url: str) -> None:
    assert str(BrokerAddress.parse(url)) == url


@pytest.mark.parametrize("url", ["mqtt://host:0", "mqtt://::1:1883", "mqtt://[::1", "mqtt://[nowhere]:1883"])
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(ContractError, match="broker's address"):
        BrokerAddress.parse(url)


@pytest.mark.parametrize("words", [("serve", "--port"), ("serve", "--mqtt-port"), ("demo", "--port")])
def test_a_port_that_is_none_is_told(words: tuple[str, str]) -> None:
    done = hub(*words, "80000")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "65535" in done.stderr
