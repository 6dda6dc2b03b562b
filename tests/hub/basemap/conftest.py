"""The composed extract, written once, and a hub's folder."""

from pathlib import Path

import pytest

from hub.data import make_hub
from tests.hub.basemap.town import composed


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The composed extract."""
    return composed(tmp_path_factory.mktemp("extract") / "town.osm.pbf")


@pytest.fixture(scope="session")
def monaco(testdata: Path) -> Path:
    """A real extract."""
    path = testdata / "osm" / "monaco.osm.pbf"
    if not path.is_file():
        pytest.skip(f"no real extract: {path} is not there")
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folder of a hub that has no street map."""
    folder = tmp_path / "hub"
    with make_hub(folder):
        pass
    return folder
