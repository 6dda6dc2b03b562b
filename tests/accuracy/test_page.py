"""The page, its picture and the names of the figures."""

from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.accuracy import __main__ as command
from tests.accuracy import curves, locate, merge, page
from tests.accuracy.frozen import locating
from tests.accuracy.keys import without_meaning
from tests.accuracy.streets_of_cameras import town
from tests.accuracy.walks import Setting


@pytest.fixture(scope="module")
def results() -> page.Results:
    """A run of very few."""
    found = page.Results(form="short")
    settings = [Setting("cctv", "4_3", law, 3) for law in ("grid", "smooth")]
    found.merging["cctv_4_3"], found.figures = merge.measured(town(25), town(25, seed=8), settings)
    with pytest.MonkeyPatch.context() as patched:
        for key in ("small_count", "small_learn_count", "small_together_count"):
            patched.setitem(locating()["trials"], key, 2)
        found.locating, figures = locate.measure(full=False)
    found.figures |= figures
    found.feup = {"5_ghz": found.locating["pass"]}
    found.pairs = {label: Counter(merged=1, apart=2) for label in ("one_deleted", "both_kept")}
    return found


def test_every_name_is_explained(results: page.Results) -> None:
    assert without_meaning(results.figures) == []
    assert without_meaning(["merge.cctv_4_3.closed_to_oracle", "locate.pass.ours.surprise"]) == [
        "locate.pass.ours.surprise"
    ]
    assert "merge.cctv_4_3.closed_to_oracle" in results.figures


def test_the_page_has_all_tables_and_says_how_they_came_about(results: page.Results, tmp_path: Path) -> None:
    page.write(tmp_path / "accuracy.md", results)
    text = (tmp_path / "accuracy.md").read_text()
    for name in (*page.POLICIES.values(), *page.METHODS.values(), *page.SCENARIOS.values()):
        assert name in text
    assert f"{results.merging['cctv_4_3'][-1].f1:.3f}" in text
    assert "nan" not in text
    assert "{" not in text
    assert max(map(len, text.splitlines())) < 400
    ElementTree.parse(tmp_path / "accuracy.svg")  # noqa: S314 - written above


def test_an_honest_region_lies_on_the_diagonal() -> None:
    import numpy as np

    reached = np.random.default_rng(1).rayleigh(1.0, 20_000) / np.sqrt(curves.CHI2_95)
    assert max(abs(level - held) for level, held in curves.reliability(reached)) < 0.02


def test_without_real_positions_it_says_so_and_stops(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONTRECHAMP_TESTDATA", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["accuracy", "--json", str(tmp_path / "a.json"), "--page", str(tmp_path / "a.md")])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("accuracy: nothing was measured")
    assert said.count("\n") == 1
    assert not list(tmp_path.iterdir())
