"""What `broker-config mosquitto` writes, run as it is written: by root, as the user mosquitto, without a complaint."""

import json
import os
import pwd
import stat
import subprocess
from pathlib import Path

import pytest

from hub.broker.mosquitto import USER, config
from probe.outbox.outbox import Outbox
from tests.examples import look
from tests.paired import made_hub, pair
from tests.processes import (
    PROGRAM,
    HubProcess,
    answers,
    enterable_folder,
    free_port,
    hub,
    needs_mosquitto,
    probe,
    until,
)

ROOT_ONLY = "only root can give files away, and only to somebody: run it as root where mosquitto is installed"


def may_give() -> bool:
    return os.geteuid() == 0 and any(one.pw_name == USER for one in pwd.getpwall())


def written(data: Path, target: Path, *more: str | Path) -> Path:
    """The folder with a configuration for a free port."""
    told = hub("broker-config", "mosquitto", "--to", target, "--data", made_hub(data), *more, "--json")
    assert told.returncode == 0, told.stderr
    return Path(json.loads(told.stdout)["files"][0]).parent


@needs_mosquitto
def test_as_it_is_written_it_starts_and_carries_a_sighting(tmp_path: Path) -> None:
    port, data = free_port(), tmp_path / "hub"
    folder = written(data, enterable_folder() / "broker", "--bind", "127.0.0.1", "--port", str(port))
    log = (tmp_path / "mosquitto.log").open("wb")
    mosquitto = subprocess.Popen([PROGRAM or "", "-c", str(folder / "mosquitto.conf")], stdout=log, stderr=log)
    running = HubProcess(data, broker=f"mqtts://127.0.0.1:{port}")
    try:
        until(lambda: answers(port) or mosquitto.poll() is not None, "mosquitto")
        assert mosquitto.poll() is None, (tmp_path / "mosquitto.log").read_text()
        if may_give():
            assert Path(f"/proc/{mosquitto.pid}").stat().st_uid == pwd.getpwnam(USER).pw_uid
        running.start()
        pair(tmp_path / "o.db", data)
        with Outbox(tmp_path / "o.db") as box:
            box.add([look()])
        sent = probe("send", "--outbox", tmp_path / "o.db", "--to", running.mqtt_url, "--json")
        assert sent.returncode == 0, sent.stderr
        assert json.loads(sent.stdout)["stored"] == 1
    finally:
        running.kill()
        mosquitto.kill()
        mosquitto.wait()
        log.close()
    # Whoever only looks whether the port is open breaks a handshake off; all else would be about what was written.
    complaints = [line for line in (tmp_path / "mosquitto.log").read_text().splitlines() if "OpenSSL Error" not in line]
    assert complaints == []


@pytest.mark.skipif(not may_give(), reason=ROOT_ONLY)
def test_what_root_writes_is_mosquittos_and_nobody_elses(tmp_path: Path) -> None:
    owner = pwd.getpwnam(USER)
    target = enterable_folder() / "broker"
    for _ in range(2):  # the second time over the first
        folder = written(tmp_path / "hub", target)
        for path in (folder, *folder.iterdir()):
            state = path.stat()
            assert (state.st_uid, state.st_gid) == (owner.pw_uid, owner.pw_gid), path
            assert not stat.S_IMODE(state.st_mode) & 0o077, path
        (folder / "rights").chmod(0o666)


@pytest.mark.skipif(not may_give(), reason=ROOT_ONLY)
def test_a_folder_that_mosquitto_cannot_enter_is_refused(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for words in (("--to", closed / "broker"), ()):
        done = hub("broker-config", "mosquitto", *words, "--data", made_hub(closed / "hub"))
        assert done.returncode == 2
        assert "cannot enter" in done.stderr
        assert "--to /etc/mosquitto/" in done.stderr
        assert not (closed / "broker").exists()


def test_for_mosquitto_2_1_its_plugins_look_after_passwords_and_rights(tmp_path: Path) -> None:
    target = enterable_folder() / "broker"
    text = (written(tmp_path / "hub", target, "--plugins", "/opt/mosquitto/lib") / "mosquitto.conf").read_text()
    new, old = _options(text), _options(config(target, "0.0.0.0", 8883, None))
    assert not {"password_file", "acl_file", "per_listener_settings"} & {name for name, _ in new}
    for name, file in (("password", "passwords"), ("acl", "rights")):
        assert new.index(("global_plugin", f"/opt/mosquitto/lib/mosquitto_{name}_file.so")) == (
            new.index((f"plugin_opt_{name}_file", str(target / file))) - 1
        )
        assert (f"{name}_file", str(target / file)) in old


def _options(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(name, value) for name, _, value in (line.partition(" ") for line in lines)]
