"""The README's commands, run as they are written, in the order in which they stand, in a network of their own.

They use the usual ports, the usual folders and /media/stick, so they run in name spaces of their own: nothing of this
machine is touched, and nothing leaves it.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.demo.run import DATA

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
OWN_NETWORK = ["unshare", "--net", "--mount", "--map-root-user"]
# What has to go on while later commands run: the hub, and the code that waits for its probe.
GO_ON = ("contrechamp-hub serve", 'contrechamp-hub enroll "Probe 1"')
WIGLE = """\
WigleWifi-1.4,appRelease=2.78,model=,release=,device=,display=,board=,brand=
MAC,SSID,AuthMode,FirstSeen,Channel,RSSI,CurrentLatitude,CurrentLongitude,AltitudeMeters,AccuracyMeters,Type
70:c9:4e:0a:0b:01,Flock-0A0B01,[WPA2-PSK-CCMP][ESS],2026-05-09 08:02:10,6,-61,-47.5012,-17.0105,10,4,WIFI
"""


def commands() -> list[str]:
    """The commands of the README, without their comments."""
    lines = re.findall(r"^ {4,}(contrechamp-\S+ .*)$", README, re.MULTILINE)
    return [line.split("   #", maxsplit=1)[0].rstrip() for line in lines]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A person's working folder with the files that the README speaks of."""
    walk = DATA / "walk-1"
    shutil.copy(walk / "frames.pcap", tmp_path / "walk.pcap")
    shutil.copy(walk / "track.nmea", tmp_path / "walk.nmea")
    shutil.copytree(walk / "photos", tmp_path / "photos")
    (tmp_path / "wigle.csv").write_text(WIGLE)
    for name in ("home", "media"):
        (tmp_path / name).mkdir()
    return tmp_path


def test_the_readmes_commands_run_one_after_the_other(place: Path) -> None:
    if subprocess.run([*OWN_NETWORK, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no name spaces here (unshare --net --mount): the README's commands cannot run apart")
    environment = {
        **os.environ,
        "HOME": str(place / "home"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "CONTRECHAMP_PASSPHRASE": "a passphrase for the test",
        "PYTHONPATH": str(ROOT),
    }
    for name in ("XDG_DATA_HOME", "CONTRECHAMP_DATA", "CONTRECHAMP_OUTBOX"):
        environment.pop(name, None)
    script = place / "readme.sh"
    script.write_text("\n".join(_script(place)))
    done = subprocess.run(
        [*OWN_NETWORK, "bash", str(script)], cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    log = (place / "log").read_text()
    assert done.returncode == 0, f"{done.stderr}\n{log[-4000:]}"
    assert "Paired" in log
    assert (place / "cameras.geojson").stat().st_size > 1000
    assert (place / "hub.backup").stat().st_size > 1000


def _script(place: Path) -> Iterator[str]:
    """One shell script of all commands; each must end well. What goes on is waited for by what it says."""
    yield "set -eu -o pipefail"
    yield "ip link set lo up"
    yield f"mount --bind {shlex.quote(str(place / 'media'))} /media && mkdir -p /media/stick"
    yield "exec > log 2>&1"
    yield "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT"
    yield 'says() { for _ in $(seq 600); do grep -q "$2" "$1" && return 0; sleep 0.1; done; cat "$1"; exit 1; }'
    for number, command in enumerate(commands()):
        out = f"out.{number}"
        yield f"echo '$ '{shlex.quote(command)}"
        if command.startswith(GO_ON):
            yield f"{command} > {out} 2>&1 &"
            yield f"says {out} " + ("'The map'" if " serve" in command else "'contrechamp-probe pair '")
            if " enroll" in command:
                yield f"{shlex.quote(sys.executable)} -m tests.house.code_picture {out} photo-of-the-code.jpg"
        else:
            yield command


def test_each_of_the_two_blocks_has_commands() -> None:
    programs = {command.split()[0] for command in commands()}
    assert programs == {"contrechamp-probe", "contrechamp-hub"}
    assert len(commands()) >= 10
