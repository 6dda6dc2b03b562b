"""A rule is one file plus nothing: a file dropped into a copy of the package works everywhere."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from probe.detect.registry import rules
from tests.probe.radio.compose import beacon, element, pcap, radiotap

ROOT = Path(__file__).parents[3]
STRANGER, CHOSEN = bytes.fromhex("001daa102030"), bytes.fromhex("021daa102030")
RULE = '''
"""Cameras of the Acme company, by a vendor element or by the network that they open."""

from datetime import date

from probe.contract.evidence import ElementsEvidence, SsidEvidence
from probe.contract.sighting import PresentClaim, Strength
from probe.detect.catalogue import Catalogue
from probe.detect.rule import Finding, Glance, Rule, Texts, Transmission, address_of


class Acme(Rule):
    name = "acme-beep"
    version = 1
    revised = date(2026, 11, 25)
    rank = 15
    english = Texts(finds="Beeps of Acme.", fooled_by="Road runners.", why="It beeps as Acme's cameras do.")
    french = Texts(finds="Bips d’Acme.", fooled_by="Les géocoucous.", why="Elle fait bip comme celles d’Acme.")

    def glance(self, catalogue: Catalogue) -> Glance:
        return Glance(names_anywhere=("^ACME-[0-9]{1,9}$",))

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        if heard.ssid is None or not heard.ssid.startswith("ACME-"):
            return None
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(SsidEvidence(ssid=heard.ssid), address_of(heard)),
            claims=(PresentClaim(strength=Strength.WEAK, evidence=(0, 1)),),
        )


RULE = Acme()
'''
ASK = """
import json, sys
from hub.publish.describe import describe
from hub.merge.cameras import derive
from hub.merge.observe import observe
from hub.web.words import words
from probe.contract.envelope import decode_sighting
from probe.detect.registry import Recogniser, unjustified
from tests.house.documents import rules_page

sighting = decode_sighting(sys.stdin.buffer.readline())
reasons = [e.reason for camera in derive([observe(1, sighting, None)])[0] for e in describe(camera).evidence]
(reason,) = reasons
print(json.dumps({
    "unjustified": unjustified(sighting, Recogniser()),
    "words": [words(code)(reason.code, **reason.params) for code in ("en", "fr")],
    "documented": "## acme-beep" in rules_page(),
}))
"""


def test_no_rule_is_named_outside_its_own_file() -> None:
    """Not in code, templates or messages: what knows one rule would have to know the next one too."""
    names = [rule.name for rule in rules()]
    for path in sorted([*(ROOT / "probe").rglob("*"), *(ROOT / "hub").rglob("*")]):
        if (
            path.suffix not in (".py", ".toml", ".html", ".js")
            or "vendor" in path.parts
            or "node_modules" in path.parts
        ):
            continue
        if path.parent.name == "rules" and path.parent.parent.name == "detect":
            continue
        text = path.read_text(encoding="utf-8")
        for name in names:
            assert name not in text, f"{path.relative_to(ROOT)} names the rule {name}"
            assert name.replace("-", "_") not in text, f"{path.relative_to(ROOT)} names the rule {name}"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs and what tests need of themselves, with one file more."""
    there = tmp_path_factory.mktemp("copy")
    away = shutil.ignore_patterns("__pycache__", "node_modules", "vendor", "data")
    for room in ("probe", "hub", "tests/house", "tests/hub/broker"):
        shutil.copytree(ROOT / room, there / room, ignore=away)
    for package in ("tests", "tests/hub"):
        (there / package / "__init__.py").touch()
    (there / "docs").mkdir()
    (there / "probe" / "detect" / "rules" / "acme_beep.py").write_text(RULE, encoding="utf-8")
    return there


def run(copy: Path, *words: str | Path, said: bytes = b"") -> bytes:
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *map(str, words)], cwd=copy, env=environment, input=said, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_a_new_rule_finds_is_listed_documented_and_explained(copy: Path, tmp_path: Path) -> None:
    frames = [radiotap(beacon(address, b"ACME-7", element(48, bytes(20)))) for address in (STRANGER, CHOSEN)]
    (tmp_path / "air.pcap").write_bytes(pcap([*frames, radiotap(beacon(STRANGER, b"ACME-x"))]))
    (tmp_path / "track.nmea").write_bytes(b"")
    start = "from probe.cli.main import main; main()"
    lines = run(copy, "-c", start, "replay", "--frames", tmp_path / "air.pcap").splitlines()
    assert [json.loads(line)["made"]["rule"] for line in lines] == ["acme-beep"] * 2
    listed = json.loads(run(copy, "-c", start, "rules", "--json"))["rules"]
    assert [rule["name"] for rule in listed][:3] == ["flock-suffix", "acme-beep", "flock-probe"]
    placed = json.loads(lines[0]) | {"subject": {"how": "log-estimate", "place": {"lat": 47.0, "lon": -17.0}}}
    told = json.loads(run(copy, "-c", ASK, said=json.dumps(placed).encode()))
    assert told == {
        "unjustified": None,
        "words": ["It beeps as Acme's cameras do.", "Elle fait bip comme celles d’Acme."],
        "documented": True,
    }
