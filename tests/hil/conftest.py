"""The bench's fixtures. `pytest -m hil tests/hil --bench FILE`; `make hil` takes the virtual one."""

import itertools
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.hil.bench import HERE, Bench
from tests.hil.description import Description, described
from tests.hil.hardware import hardware
from tests.hil.protocols import Absent
from tests.hil.report import FIGURES, Report, about
from tests.hil.town import Hub
from tests.hil.virtual import virtual

_numbers = itertools.count(1)
_report = Report()
_figures: dict[str, int | float | str] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    results = HERE.parents[1] / "build" / "hil.json"
    parser.addoption("--bench", type=Path, default=HERE / "benches" / "virtual.yaml", help="a bench's description")
    parser.addoption("--bench-results", type=Path, default=results, help="where the bench's figures are written")
    parser.addoption("--cuts", type=int, default=3, help="how many times the power is cut at random")
    parser.addoption("--aborts", type=int, default=8, help="how many times a card is given up in mid-writing")
    parser.addoption("--kills", type=int, default=12, help="how many times a probe is killed while it takes a photo")
    parser.addoption("--asks", type=int, default=1, help="how many tiles of a photo the real network is asked about")


@pytest.fixture(scope="session")
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """The bench, powered up, with the probe's wheel installed."""
    began_s = time.monotonic()
    try:
        description = described(request.config.getoption("--bench"))
        with tempfile.TemporaryDirectory(prefix="bench-") as folder, _opened(description, Path(folder)) as bench:
            _figures.update(about(bench, ready_s=time.monotonic() - began_s))
            yield bench
    except Absent as problem:
        pytest.skip(f"no bench: {problem}")


def _opened(description: Description, folder: Path) -> AbstractContextManager[Bench]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    if description.kind == "virtual":
        return virtual(description, folder, number=int(worker.removeprefix("gw")) + 1)
    if description.kind == "hardware" and worker != "gw0":
        raise Absent("a bench of real things serves one worker: leave -n out")
    return hardware(description, folder)


@pytest.fixture(scope="session")
def figures() -> dict[str, int | float | str]:
    """Where a test writes down what it measured, under a dotted name; it ends in build/hil.json."""
    return _figures


@pytest.fixture(autouse=True)
def end_commands(request: pytest.FixtureRequest) -> Iterator[None]:
    """Nothing of one test is still under way in the next."""
    yield
    if "bench" in request.fixturenames:
        bench = request.getfixturevalue("bench")
        bench.end_commands()


@pytest.fixture(scope="session")
def hub(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A real hub on this machine, where the probe reaches it."""
    with Hub(tmp_path_factory.mktemp("hub") / "data", bench.host) as running:
        yield running


@pytest.fixture
def paired(bench: Bench, hub: Hub) -> Bench:
    """The bench with a freshly paired probe, whose outbox is empty."""
    bench.pair(hub.process, f"probe {next(_numbers)}")
    return bench


@pytest.fixture
def radios(bench: Bench) -> Iterator[Bench]:
    """The bench with Wi-Fi radios: the probe's ears, and the bench's own that speak and hear."""
    with bench.radio.up():
        yield bench


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report: pytest.TestReport = yield
    if item.get_closest_marker("hil") is not None:
        report.user_properties.append((FIGURES, dict(_figures)))
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if any(name == FIGURES for name, _ in report.user_properties):
        _report.note(report)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if _report.results:
        _report.write(config.getoption("--bench-results"), terminalreporter)
