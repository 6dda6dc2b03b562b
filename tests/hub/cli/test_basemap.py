"""The command that makes the street map: what it tells, and how it refuses."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.basemap import STREETS, TILES
from hub.cli.basemap import basemap, read_area
from hub.data import make_hub
from hub.errors import BadInput
from tests.hub.basemap.town import composed
from tests.processes import hub


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with make_hub(tmp_path / "hub"):
        pass
    return tmp_path / "hub"


def test_it_tells_before_and_after_what_it_takes(data: Path, tmp_path: Path) -> None:
    town = composed(tmp_path / "town.osm.pbf")
    done = CliRunner().invoke(basemap, [str(town), "--data", str(data)], catch_exceptions=False)
    assert "The street map will take about 1 s, on a small board 5 s, and 1 MB (67 MB while it is made)." in done.stderr
    assert "The street map is there: 5 streets, 2 house numbers, 0." in done.stdout
    assert "© OpenStreetMap contributors, ODbL" in done.stdout
    again = CliRunner().invoke(basemap, [str(town), "--data", str(data), "--json"], catch_exceptions=False)
    told = json.loads(again.stdout)
    assert told["streets"] == 5
    assert told["tiles_octets"] == (data / TILES).stat().st_size
    assert not again.stderr
    gone = CliRunner().invoke(basemap, ["--remove", "--data", str(data)], catch_exceptions=False)
    assert gone.stdout.startswith("The street map is gone. A hub that runs places its cameras again")
    assert not (data / STREETS).exists()
    none = CliRunner().invoke(basemap, ["--remove", "--json", "--data", str(data)], catch_exceptions=False)
    assert json.loads(none.stdout) == {"removed": False}


def test_a_slip_is_one_sentence_and_2(data: Path, tmp_path: Path) -> None:
    """The whole program once; its sentences below."""
    done = hub("basemap", str(tmp_path / "nowhere.osm.pbf"), "--data", str(data))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "there is no such file; name an extract" in done.stderr


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "name an extract"),
        (["x.osm.pbf", "--remove"], "--remove takes no extract"),
        (["x.osm.pbf", "--area", "1,2,3"], "give west,south,east,north"),
        (["x.osm.pbf", "--area", "7.45,43.7,7.40,43.8"], "west must be less than east"),
        (["x.osm.pbf", "--area", "nan,43.7,7.40,43.8"], "west must be less than east"),
    ],
)
def test_what_cannot_be_meant_is_refused(data: Path, words: list[str], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        CliRunner().invoke(basemap, [*words, "--data", str(data)], catch_exceptions=False)


def test_without_a_hub_there_is_no_street_map(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no hub is there"):
        CliRunner().invoke(basemap, ["x.osm.pbf", "--data", str(tmp_path)], catch_exceptions=False)


def test_an_area_is_read_in_degrees() -> None:
    assert read_area("7.40,43.72, 7.45,43.76") == (7.40, 43.72, 7.45, 43.76)
