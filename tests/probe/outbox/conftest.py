"""A hub for the tests of a module, and an outbox of a probe that is paired with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.probe.outbox.walks import Bench, bench


@pytest.fixture(scope="module")
def hub() -> Iterator[Bench]:
    with bench() as made:
        yield made


@pytest.fixture
def path(hub: Bench) -> Iterator[Path]:
    with hub.outbox() as path:
        yield path
