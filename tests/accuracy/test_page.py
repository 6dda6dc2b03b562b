"""The page, its pictures and the names of the figures."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.accuracy import __main__ as command
from tests.accuracy import aims, curves, locate, merge, page, parts, pole, real, tables, together
from tests.accuracy.frozen import locating
from tests.accuracy.keys import without_meaning
from tests.accuracy.streets_of_cameras import town
from tests.accuracy.walks import Setting


@pytest.fixture(scope="module")
def results() -> page.Results:
    """A run of very few."""
    found = page.Results(form="short")
    settings = [Setting("cctv", "4_3", law, 3) for law in ("grid", "smooth")]
    command.take_merging(found, "cctv_4_3", merge.measured(town(25), town(25, seed=8), settings))
    with pytest.MonkeyPatch.context() as patched:
        for key in ("small_count", "bound_count", "small_learn_count", "small_together_count"):
            patched.setitem(locating()["trials"], key, 2)
        found.locating = locate.measure(full=False)[0]
        found.figures |= locate.figures_of(found.locating) | together.measure(full=False)
    found.bounds = {"pass": 8.9}
    found.feup = {"5_ghz": found.locating["pass"]}
    found.pairs = [
        real.Judged(label=label, distance_m=metres, outcome=outcome)
        for label in ("one_deleted", "both_kept")
        for metres, outcome in ((0.2, "merged"), (4.0, "queued"), (20.0, "apart"))
    ]
    found.figures |= real.counted(found.pairs)
    costs = {"scale.10000.cpu_ms.p50": 3.25, "scale.10000.live.cpu_ms.p50": 4.5, "scale.10000.windows_cut": 0}
    found.others = {"scale": parts.Part(text=parts.costs(costs), figures={})}
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
    for name in (*tables.POLICIES.values(), *tables.METHODS.values(), *tables.SCENARIOS.values()):
        assert name in text
    assert f"{results.merging['cctv_4_3'][-1].f1:.3f}" in text
    assert "| 8.9 |" in text
    assert "| 10,000 | 3.25 |" in text
    assert "| 10,000, with store and deriver | 4.5 |" in text
    assert "nan" not in text
    assert "{" not in text
    assert max(map(len, text.splitlines())) < 400
    drawn = sorted(tmp_path.glob("*.svg"))
    assert [one.name for one in drawn] == ["accuracy-decided.svg", "accuracy-pole.svg", "accuracy.svg"]
    for one in drawn:
        assert one.name in text
        ElementTree.parse(one)  # noqa: S314 - written above
        assert one.stat().st_size < 30_000
        assert "nan" not in one.read_text()


def test_an_honest_region_lies_on_the_diagonal() -> None:
    reached = np.random.default_rng(1).rayleigh(1.0, 20_000) / np.sqrt(curves.CHI2_95)
    assert max(abs(level - held) for level, held in curves.reliability(curves.normal_levels(reached))) < 0.02


def test_a_picture_leaves_out_where_a_line_goes_straight_on() -> None:
    assert curves.without_straight([(0, 0), (1, 1), (2, 2), (3, 0)]) == [(0, 0), (2, 2), (3, 0)]
    closed = [(0.0, 0.0), (5.0, 5.0), (0.0, 0.0)]
    assert curves.without_straight(closed) == closed


def test_a_logarithmic_axis_puts_equal_factors_at_equal_distances_and_what_is_beyond_at_its_end() -> None:
    axis = curves.Axis(title="", low=0.001, high=0.1, ticks=(), logarithmic=True)
    assert [axis.share(value) for value in (0.0, 0.001, 0.01, 0.1, 1.0)] == pytest.approx([0, 0, 0.5, 1, 1])


def test_an_aim_is_reached_or_not_and_what_was_not_measured_is_no_aim(results: page.Results) -> None:
    figures = {**results.figures, "merge.cctv_4_3.closed_to_oracle": 0.65, "pairs.both_kept.merged": 0}
    found = {aim.what: aim for aim in aims.all_of(figures, results.locating)}
    assert found["CCTV 4/3: closed of the way to the oracle, from one-to-one"].reached
    assert found["Pairs that people kept, merged without asking"].reached
    worse = {**figures, "merge.cctv_4_3.closed_to_oracle": 0.649, "pairs.both_kept.merged": 1}
    found = {aim.what: aim for aim in aims.all_of(worse, results.locating)}
    assert not found["CCTV 4/3: closed of the way to the oracle, from one-to-one"].reached
    assert not found["Pairs that people kept, merged without asking"].reached
    assert aims.all_of({}, {}) == []


def test_the_pole_has_four_cameras_and_the_reports_of_these(results: page.Results) -> None:
    (drawn,) = results.poles.values()
    assert drawn.cameras.shape == (4, 2)
    assert set(drawn.camera.tolist()) <= {0, 1, 2, 3}
    assert len(drawn.reports) == len(drawn.walk) == len(drawn.camera)
    assert float(np.linalg.norm(drawn.cameras, axis=1).max()) < pole.NEXT_M * 3
    assert float(np.linalg.norm(drawn.reports - drawn.cameras[drawn.camera], axis=1).max()) < 30
    assert all(all(right) or len(set(drawn.made[name].tolist())) for name, right in drawn.right.items())


@pytest.mark.parametrize(
    ("share", "interval", "said"),
    [(0.95, (0.9, 0.99), "in"), (0.9, (0.88, 0.92), "**out**"), (0.98, (0.96, 1.0), "out, or by chance")],
)
def test_it_is_flagged_where_regions_hold_too_often_or_too_rarely(
    share: float, interval: tuple[float, float], said: str
) -> None:
    assert tables._flag(share, *interval) == said


def test_a_part_that_is_not_there_is_left_out() -> None:
    assert parts.module("no_such_part") is None
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(parts.PARTS, "gone", ("no_such_part", "Gone"))
        assert parts.measured("gone", full=False) is None


def test_a_part_alone_leaves_the_page_as_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "data_folder", lambda: tmp_path)
    monkeypatch.setattr(command, "measure", lambda *_, **asked: page.Results(form=str(asked["only"])))
    monkeypatch.setattr(
        "sys.argv",
        ["accuracy", "--only", "locate", "--json", str(tmp_path / "a.json"), "--page", str(tmp_path / "a.md")],
    )
    command.main()
    assert [one.name for one in tmp_path.iterdir()] == ["a.json"]
    assert "a.md" not in capsys.readouterr().out


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
