"""Pairing, with real processes: by code, by picture and by stick; and everything that must not work."""

import json
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.broker.tls import certificate
from hub.data import HubFolder, make_hub, open_hub
from probe.contract.address import BrokerAddress
from probe.contract.code import PairingCode, make_code, new_token
from probe.contract.pairing import Account
from probe.errors import BadInput, UplinkError
from probe.outbox.outbox import Outbox
from probe.pairing.mqtt import pair_over_mqtt
from probe.uplink.tls import hub_of, pinned
from tests.examples import look
from tests.hub.broker.test_broker import Client
from tests.paired import database_of, pairing_of
from tests.probe.pairing.scene import photographed
from tests.processes import HubProcess, hub, probe, until


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """A hub whose broker is reached by TLS alone."""
    process = HubProcess(tmp_path_factory.mktemp("hub"), host="0.0.0.0")
    process.start()
    yield process
    process.kill()


@pytest.fixture
def folder(running: HubProcess) -> Iterator[HubFolder]:
    with open_hub(running.data) as folder:
        yield folder


def invited(folder: HubFolder, running: HubProcess, name: str) -> PairingCode:
    return pairing_of(folder).invite(name, running.mqtt_url)[1]


def here(running: HubProcess) -> BrokerAddress:
    return BrokerAddress.parse(running.mqtt_url)


def lets_in(running: HubProcess, account: Account) -> bool:
    client = Client(running.mqtt_url, account.mailbox, account.password, account.client)
    client.close()
    return client.let_in is True


def test_enroll_shows_a_code_and_both_sides_the_same_words(running: HubProcess, tmp_path: Path) -> None:
    shown = hub("enroll", "Anna's probe", "--data", running.data, "--json")
    code = json.loads(shown.stdout)
    assert code["address"].startswith("mqtts://")
    paired = probe("pair", code["qr"], "--outbox", tmp_path / "o.db", "--json")
    assert paired.returncode == 0, paired.stderr
    told = json.loads(paired.stdout)
    with open_hub(running.data) as folder:
        enrolment = next(one for one in folder.registry.enrolments(time.time()) if one.name == "Anna's probe")
        assert enrolment.words == told["words"]
        assert folder.registry.named("Anna's probe").id == told["probe"]
    with Outbox(tmp_path / "o.db") as box:
        box.add([look()])
    sent = probe("send", "--outbox", tmp_path / "o.db", "--patience", "15", "--json")
    assert json.loads(sent.stdout)["stored"] == 1
    listed = json.loads(hub("probes", "--data", running.data, "--json").stdout)
    assert {"name": "Anna's probe", "revoked": False}.items() <= listed[0].items()


def test_a_code_for_a_terminal_is_drawn_and_typed_codes_work(
    running: HubProcess, folder: HubFolder, tmp_path: Path
) -> None:
    shown = hub("enroll", "Typed", "--data", running.data, "--no-wait")
    assert "█" in shown.stdout or "▄" in shown.stdout
    line = next(line for line in shown.stdout.splitlines() if "contrechamp-probe pair" in line)
    typed = line.split()[-1]
    paired = probe("pair", typed.lower(), "--to", running.mqtt_url, "--outbox", tmp_path / "o.db")
    assert paired.returncode == 0, paired.stderr
    assert folder.registry.named("Typed").revoked is False


def test_a_photographed_code_is_enough(running: HubProcess, tmp_path: Path) -> None:
    code = json.loads(hub("enroll", "Photo", "--data", running.data, "--json").stdout)["qr"]
    photographed(code, tilt_deg=35, turn_deg=8, blur_px=1.2, noise=15, contrast=0.7).save(tmp_path / "photo.jpg")
    paired = probe("pair", tmp_path / "photo.jpg", "--outbox", tmp_path / "o.db")
    assert paired.returncode == 0, paired.stderr


def test_a_code_works_once_and_for_minutes(running: HubProcess, folder: HubFolder) -> None:
    code = invited(folder, running, "once")
    first = pair_over_mqtt(code, here(running))
    assert pair_over_mqtt(code, here(running), known=first).account == first.account, "the same probe may ask again"
    with pytest.raises(BadInput, match="used already"):
        pair_over_mqtt(code, here(running))
    late = invited(folder, running, "late")
    with database_of(folder).transaction() as db:
        db.execute("UPDATE enrolment SET ends_s = 1 WHERE name = 'late'")
    with pytest.raises(BadInput, match="expired"):
        pair_over_mqtt(late, here(running))
    with pytest.raises(BadInput, match="does not know this code"):
        pair_over_mqtt(make_code(folder.keys.hub_id, new_token(), None), here(running))


def test_another_hub_is_told_nothing(running: HubProcess, folder: HubFolder, tmp_path: Path) -> None:
    with make_hub(tmp_path) as other:
        code = make_code(other.keys.hub_id, new_token(), None)
    with pytest.raises(UplinkError, match="not your hub's"):
        pair_over_mqtt(code, here(running), patience_s=2.0)
    plain = HubProcess(tmp_path / "plain")
    plain.start()
    try:
        with pytest.raises(BadInput, match="not the code's"):
            pair_over_mqtt(code, BrokerAddress.parse(plain.mqtt_url), patience_s=5.0)
    finally:
        plain.kill()


def test_a_paired_probe_sends_nothing_to_another_hubs_broker(running: HubProcess, tmp_path: Path) -> None:
    elsewhere = HubProcess(tmp_path / "hub", host="0.0.0.0")
    elsewhere.start()
    try:
        code = json.loads(hub("enroll", "mine", "--data", elsewhere.data, "--json").stdout)["qr"]
        probe("pair", code, "--outbox", tmp_path / "o.db")
        with Outbox(tmp_path / "o.db") as box:
            box.add([look()])
        lost = probe("send", "--outbox", tmp_path / "o.db", "--to", running.mqtt_url, "--patience", "2")
        assert lost.returncode == 2
        assert "not your hub's" in lost.stderr
        assert "1 sightings stay" in lost.stderr
    finally:
        elsewhere.kill()


def test_a_hub_that_listens_on_loopback_alone_says_so(tmp_path: Path) -> None:
    never = hub("enroll", "early", "--data", tmp_path / "hub", "--json")
    assert "has not run yet" in never.stderr
    alone = HubProcess(tmp_path / "hub")
    alone.start()
    alone.kill()
    assert "loopback only" in hub("enroll", "near", "--data", tmp_path / "hub", "--json").stderr


def test_names_are_taken_once_and_revoked_ones_can_come_again(running: HubProcess, folder: HubFolder) -> None:
    pair_over_mqtt(invited(folder, running, "twice"), here(running))
    again = hub("enroll", "twice", "--data", running.data, "--json")
    assert (again.returncode, "already" in again.stderr) == (2, True)
    assert hub("revoke", "twice", "--data", running.data, "--lost-on", "2026-05-09", "--json").returncode == 0
    assert hub("enroll", "twice", "--data", running.data, "--json").returncode == 0
    assert "no probe is called" in hub("revoke", "nobody", "--data", running.data).stderr


def test_a_revoked_probe_is_held_at_its_next_message(running: HubProcess, folder: HubFolder, tmp_path: Path) -> None:
    with Outbox(tmp_path / "o.db") as box:
        identity = pair_over_mqtt(invited(folder, running, "lost"), here(running))
        box.pair(identity)
        box.add([look()])
        # What is under way already: by hand, as the broker lets nobody in who was revoked.
        assert hub("revoke", "lost", "--data", running.data).returncode == 0
    account = identity.account
    assert account is not None
    until(lambda: not lets_in(running, account), "the broker to follow")
    refused = probe("send", "--outbox", tmp_path / "o.db", "--to", running.mqtt_url, "--patience", "2")
    assert "does not let this probe in" in refused.stderr
    assert "was it revoked?" in refused.stderr
    stick = tmp_path / "stick"
    stick.mkdir()
    probe("send", "--outbox", tmp_path / "o.db", "--to", f"folder:{stick}")
    taken = json.loads(hub("ingest", stick, "--data", running.data, "--json").stdout)
    assert (taken["held"], taken["stored"]) == (1, 1)
    assert "lost: 1 sightings" in hub("held", "--data", running.data).stdout
    assert hub("held", "--release", "lost", "--data", running.data).returncode == 0
    assert "Nothing is held" in hub("held", "--data", running.data).stdout


def test_by_stick_there_and_back_without_ever_being_on_line(tmp_path: Path) -> None:
    stick, data, outbox = tmp_path / "stick", tmp_path / "hub", tmp_path / "o.db"
    stick.mkdir()
    card = hub("enroll", "shy", "--to", f"folder:{stick}", "--data", data)
    assert card.returncode == 0, card.stderr
    paired = json.loads(probe("pair", f"folder:{stick}", "--outbox", outbox, "--json").stdout)
    with Outbox(outbox) as box:
        box.add([look() for _ in range(150)])
    assert "150 wait for a receipt" in probe("send", "--outbox", outbox, "--to", f"folder:{stick}").stdout
    before = sorted(stick.iterdir())
    probe("send", "--outbox", outbox, "--to", f"folder:{stick}")
    assert sorted(stick.iterdir()) == before, "what lies there is not written again"
    taken = json.loads(hub("ingest", stick, "--data", data, "--json").stdout)
    assert (taken["paired"], taken["stored"], taken["troubles"]) == (1, 150, [])
    assert json.loads(hub("ingest", stick, "--data", data, "--json").stdout)["doubles"] == 150
    home = json.loads(probe("send", "--outbox", outbox, "--to", f"folder:{stick}", "--json").stdout)
    assert (home["queued"], home["stored"]) == (0, 150)
    assert not list(stick.glob("*.parcel")), "what is done with is taken away"
    with open_hub(data) as folder, Outbox(outbox) as box:
        assert folder.registry.named("shy").id == paired["probe"]
        assert box.paired().account is not None, "it may come on line from now on"


def test_half_a_parcel_on_a_stick_is_told_and_the_rest_taken(tmp_path: Path) -> None:
    stick, data, outbox = tmp_path / "stick", tmp_path / "hub", tmp_path / "o.db"
    stick.mkdir()
    hub("enroll", "one", "--to", f"folder:{stick}", "--data", data)
    probe("pair", f"folder:{stick}", "--outbox", outbox)
    with Outbox(outbox) as box:
        box.add([look() for _ in range(100)])
    probe("send", "--outbox", outbox, "--to", f"folder:{stick}")
    first = sorted(stick.glob("*.parcel"))[0]
    first.write_bytes(first.read_bytes()[:-20])
    taken = hub("ingest", stick, "--data", data, "--json")
    assert taken.returncode == 2
    told = json.loads(taken.stdout)
    assert told["stored"] in (36, 64)
    assert first.name in told["troubles"][0]


def test_a_card_that_was_tampered_with_is_refused(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    hub("enroll", "one", "--to", f"folder:{stick}", "--data", tmp_path / "hub")
    whole = (stick / "hub.card").read_bytes()
    for at in range(0, len(whole), 7):
        (stick / "hub.card").write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        from probe.pairing.folder import pair_by_folder

        try:
            identity = pair_by_folder(stick)
        except BadInput:
            continue
        assert identity.hub.public in whole, "only the token may have been hit"


def test_a_certificate_is_known_by_the_hubs_word_alone(tmp_path: Path) -> None:
    with make_hub(tmp_path) as one:
        der = ssl.PEM_cert_to_DER_cert(certificate(one.keys)[0].read_text())
        assert hub_of(der) == one.keys.hub_id
    from probe.contract.base import ContractError

    refused = 0
    for at in range(len(der)):
        damaged = bytearray(der)
        damaged[at] ^= 4
        try:
            assert hub_of(bytes(damaged)) == one.keys.hub_id
        except ContractError:
            refused += 1
    assert refused > 180, "what the hub vouches for, and what says so"
    for end in range(0, len(der)):
        with pytest.raises(ContractError):
            hub_of(der[:end])
    assert pinned(lambda _hub: True).verify_mode is ssl.CERT_NONE
