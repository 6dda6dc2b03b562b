from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.data import make_hub
from tests.hub.photo.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with make_hub(tmp_path / "hub") as folder:
        yield World(folder)
