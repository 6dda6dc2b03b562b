"""The torture in short, and its controls: without the safety it must fail.

The long form, of at least 500 kills, is run by hand: `python -m tests.torture.rig 300`.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.torture.rig import FAKETIME, in_2019, run

WRONG = ("missing", "doubled", "invented", "set_aside", "gave_way")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.skipif(not FAKETIME.exists(), reason="needs libfaketime: apt install faketime")
def test_a_program_that_wakes_up_in_2019_lives_there() -> None:
    """It can sleep, too: else it is only killed once more, and a hub's link that dies alone leaves the hub deaf."""
    program = "import time; time.sleep(0.01); print(time.gmtime().tm_year)"
    told = subprocess.run([sys.executable, "-c", program], env=in_2019(), capture_output=True, text=True, check=False)
    assert (told.stdout.strip(), told.stderr) == ("2019", "")


@pytest.mark.parametrize("broker", ["mosquitto", "embedded"])
def test_whatever_is_killed_all_arrives_once(broker: str, tmp_path: Path) -> None:
    verdict = run(tmp_path, broker, kills=25, seed=4)
    print(verdict)
    assert verdict["written"] > 500
    assert verdict["pictures"] > 10
    assert {word: verdict[word] for word in WRONG} == dict.fromkeys(WRONG, 0)


@pytest.mark.parametrize(("unsafe", "wrong"), [("early", "missing"), ("doubles", "doubled")])
def test_control_without_the_safety_it_goes_wrong(unsafe: str, wrong: str, tmp_path: Path) -> None:
    verdict = run(tmp_path, "mosquitto", kills=15, seed=5, unsafe=unsafe)
    print(verdict)
    assert verdict[wrong] > 0


@pytest.mark.parametrize("broker", ["mosquitto", "embedded"])
def test_a_hub_that_is_lost_and_restored_has_all_once_whatever_is_repeated(broker: str, tmp_path: Path) -> None:
    verdict = run(tmp_path, broker, kills=10, seed=6, restores=True)
    print(verdict)
    assert verdict["written"] > 200
    assert verdict["repeated"] > 20
    assert {word: verdict[word] for word in WRONG} == dict.fromkeys(WRONG, 0)


def test_control_a_probe_that_believes_any_epoch_forgets_what_the_hub_lacks(tmp_path: Path) -> None:
    verdict = run(tmp_path, "mosquitto", kills=4, seed=7, unsafe="serials", restores=True)
    print(verdict)
    assert verdict["missing"] > 0
