"""What a module marked `engines` tests, it tests twice: the hub in `tmp_path / "hub"` keeps its log in SQLite, and in
PostgreSQL. `engines("sqlite")` on a test of such a module is for what is SQLite's alone, and the reverse.
`make postgres` runs what is on PostgreSQL."""

from pathlib import Path

import pytest

from tests.postgres import server


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marker = metafunc.definition.get_closest_marker("engines")
    if marker is not None and "tmp_path" in metafunc.fixturenames:
        both = {"sqlite": pytest.param("sqlite"), "postgres": pytest.param("postgres", marks=pytest.mark.postgres)}
        metafunc.parametrize("tmp_path", [both[name] for name in marker.args or both], indirect=True)


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if getattr(request, "param", None) == "postgres":
        server().give(tmp_path / "hub")
    return tmp_path
