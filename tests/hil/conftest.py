"""The bench's fixtures and its report. `pytest -m hil tests/hil --bench FILE`; `make hil` takes the virtual one."""

import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hil.bench import HERE, VirtualBench, opened
from tests.hil.protocols import Absent
from tests.hil.town import Hub

RESULTS = HERE.parents[1] / "build" / "hil.json"
_told: dict[str, Any] = {"bench": None, "tests": {}}
_numbers = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bench", type=Path, default=HERE / "benches" / "virtual.yaml", help="a bench's description")


@pytest.fixture(scope="session")
def bench(request: pytest.FixtureRequest) -> Iterator[VirtualBench]:
    """The bench, powered up, with the probe's wheel installed."""
    began_s = time.monotonic()
    try:
        with opened(request.config.getoption("--bench")) as bench:
            _told["bench"] = {
                "name": bench.name,
                "kind": bench.kind,
                "image_s": round(bench.image_s),
                "boot_s": round(bench.machine.boot_s, 1),
                "ready_s": round(time.monotonic() - began_s, 1),
                "missing": bench.missing,
            }
            yield bench
    except Absent as problem:
        pytest.skip(f"no bench: {problem}")


@pytest.fixture(autouse=True)
def tidy(bench: VirtualBench) -> Iterator[None]:
    """Nothing of one test is still under way in the next."""
    yield
    bench.machine.command.tidy()


@pytest.fixture(scope="session")
def hub(bench: VirtualBench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A real hub on this machine, where the probe reaches it."""
    with Hub(tmp_path_factory.mktemp("hub") / "data", bench.machine.host) as running:
        yield running


@pytest.fixture
def paired(bench: VirtualBench, hub: Hub) -> VirtualBench:
    """The bench with a freshly paired probe, whose outbox is empty."""
    bench.pair(hub.process, f"probe {next(_numbers)}")
    return bench


@pytest.fixture
def radios(bench: VirtualBench) -> Iterator[VirtualBench]:
    """The bench with Wi-Fi radios: wlan0 and wlan1 are the probe's; the bench speaks by wlan2 and hears by wlan3."""
    with bench.radios(4):
        yield bench


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.outcome != "passed":
        why = report.longrepr[2] if report.skipped and isinstance(report.longrepr, tuple) else None
        _told["tests"][report.nodeid.split("/")[-1]] = {
            "outcome": report.outcome,
            "why": why,
            "seconds": round(report.duration, 1),
        }


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """A line for each capability: where it was seen to work. A virtual pass never counts as one on hardware."""
    if not _told["tests"]:
        return
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(_told, indent=1))
    at = _told["bench"] or {"name": "none", "kind": "virtual"}
    write = terminalreporter.write_line
    terminalreporter.section(f"bench: {at['name']}")
    for name, told in _told["tests"].items():
        seen = told["outcome"] if not told["why"] else f"skipped: {told['why']}"
        other = "hardware: not yet run" if at["kind"] == "virtual" else "virtual: see CI"
        capability = name.removeprefix("test_").replace(".py::test_", ": ").replace("_", " ")
        write(f"{capability:<90} {at['kind']}: {seen} ({told['seconds']:.0f} s); {other}")
    if "image_s" in at:
        suite_s = sum(told["seconds"] for told in _told["tests"].values())
        write(f"image {at['image_s']} s when it was made; boot {at['boot_s']} s; suite {suite_s:.0f} s")
        for part, why in at["missing"].items():
            write(f"without {part}: {why}")
