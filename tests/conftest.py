"""Shared by all tests: where the real data lies, and how hard hypothesis tries."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.browser import Watch, opened, started

if TYPE_CHECKING:
    from playwright.sync_api import Browser

settings.register_profile("quick", max_examples=60, deadline=None)
settings.register_profile("long", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_xdist_auto_num_workers() -> int:
    """One and a half for each core: the tests of brokers and probes wait for half of their time."""
    cores = len(os.sched_getaffinity(0))
    return cores + cores // 2


@pytest.fixture(scope="session")
def testdata() -> Path:
    """The folder of real captures and logs, which is never part of the project."""
    named = os.environ.get("CONTRECHAMP_TESTDATA")
    if not named:
        pytest.skip("no real data: CONTRECHAMP_TESTDATA is not set")
    folder = Path(named)
    if not folder.is_dir():
        pytest.skip(f"no real data: CONTRECHAMP_TESTDATA={named} is not a folder")
    return folder


@pytest.fixture(scope="session")
def _chromium() -> Iterator["Browser"]:
    """One Chromium for all tests of this process that need one."""
    with started() as browser:
        yield browser


@pytest.fixture
def watch(_chromium: "Browser") -> Watch:
    """Opens a page in Chromium, for a reader who has never been there."""
    return partial(opened, _chromium)
