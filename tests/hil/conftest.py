"""The bench's fixtures. `pytest -m hil tests/hil --bench FILE`; `make hil` takes the virtual one."""

import itertools
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hil.bench import HERE, Bench
from tests.hil.description import described
from tests.hil.hardware import hardware
from tests.hil.protocols import Absent
from tests.hil.report import Report
from tests.hil.town import Hub
from tests.hil.virtual import virtual

_numbers = itertools.count(1)
_report = Report()


def pytest_addoption(parser: pytest.Parser) -> None:
    results = HERE.parents[1] / "build" / "hil.json"
    parser.addoption("--bench", type=Path, default=HERE / "benches" / "virtual.yaml", help="a bench's description")
    parser.addoption("--bench-results", type=Path, default=results, help="where the bench's figures are written")
    parser.addoption("--cuts", type=int, default=3, help="how many times the power is cut at random")


@pytest.fixture(scope="session")
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """The bench, powered up, with the probe's wheel installed."""
    began_s = time.monotonic()
    try:
        description = described(request.config.getoption("--bench"))
        open_it = virtual if description.kind == "virtual" else hardware
        with (
            tempfile.TemporaryDirectory(prefix="bench-") as folder,
            open_it(description, Path(folder)) as bench,
        ):
            _report.on(bench, ready_s=time.monotonic() - began_s)
            yield bench
    except Absent as problem:
        pytest.skip(f"no bench: {problem}")


@pytest.fixture(scope="session")
def figures() -> dict[str, int | float | str]:
    """Where a test writes down what it measured, under a dotted name; it ends in build/hil.json."""
    return _report.figures


@pytest.fixture(autouse=True)
def tidy(request: pytest.FixtureRequest) -> Iterator[None]:
    """Nothing of one test is still under way in the next."""
    yield
    if "bench" in request.fixturenames:
        bench = request.getfixturevalue("bench")
        bench.command.tidy()


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
        _report.note(report, (item.function.__doc__ or "") if isinstance(item, pytest.Function) else "")
    return report


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    _report.write(config.getoption("--bench-results"), terminalreporter)
