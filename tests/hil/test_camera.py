"""Cameras: the probe's own adapters on a simulated sensor (libcamera, picamera2) and a simulated V4L2 camera."""

import pytest

from tests.hil.bench import Bench
from tests.hil.protocols import Running
from tests.hil.town import Hub

pytestmark = pytest.mark.hil


def look(bench: Bench, kind: str, count: int = 3) -> Running:
    """Start to take pictures with the probe's adapter."""
    return bench.stimulus("eye", kind, str(count))
