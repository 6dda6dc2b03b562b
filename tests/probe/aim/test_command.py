"""`contrechamp-probe calibrate`: what it keeps, what it says, and what it refuses without touching what was kept."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from probe.aim.board import view_deg
from probe.aim.calibration import load, path_beside
from probe.cli.calibrate import calibrate
from probe.contract.geodesy import bearing_deg
from probe.errors import BadInput
from tests.probe.aim.board import LENS, views
from tests.probe.aim.turned import Held, csv_of, reading, turned

HERE, LANDMARK = (48.8605, 2.2940), (48.8705, 2.3090)


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "own" / "outbox.db"


def run(*words: object) -> Result:
    return CliRunner().invoke(calibrate, [str(word) for word in words])


def refused(*words: object) -> str:
    result = run(*words)
    assert isinstance(result.exception, BadInput), result.output
    assert "\n" not in str(result.exception)
    return str(result.exception)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("board")
    paths = []
    for number, grey in enumerate(views()):
        paths.append(folder / f"{number}.jpg")
        Image.fromarray(np.stack([grey] * 3, axis=-1)).save(paths[-1], quality=92)
    return paths


def test_a_lens_and_a_compass_are_calibrated_shown_and_forgotten(
    outbox: Path, photos: list[Path], tmp_path: Path
) -> None:
    assert "not calibrated" in run("show", "--outbox", outbox).output
    told = json.loads(run("lens", *photos, "--outbox", outbox, "--json").output)
    assert told["lens"]["photos"] == len(photos)
    assert told["lens"]["rms_px"] < 1
    assert told["lens"]["view_deg"] == pytest.approx(view_deg(LENS), abs=0.4)
    (tmp_path / "turned.csv").write_text(csv_of(turned()) + "nonsense\n")
    shown = run("compass", tmp_path / "turned.csv", "--outbox", outbox).output
    assert "600 readings lie 0." in shown
    assert "1 lines were no readings" in shown
    shown = run("show", "--outbox", outbox).output
    assert "pixels off (rms), 7 photos" in shown
    assert "A heading is known to 1." in shown
    known = json.loads(run("show", "--outbox", outbox, "--json").output)
    assert (known["problems"], known["lens"]["lens"]["width"]) == ([], 960)
    assert run("forget", "lens", "--outbox", outbox).output == "Forgotten: lens.\n"
    assert load(path_beside(outbox)).compass is not None
    assert json.loads(run("forget", "--outbox", outbox, "--json").output)["forgotten"] == ["compass"]
    assert "nothing was forgotten" in run("forget", "--outbox", outbox).output


def test_a_landmark_turns_the_headings(outbox: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    (tmp_path / "turned.csv").write_text(csv_of(turned()))
    (tmp_path / "aimed.csv").write_text(csv_of([reading(Held(50.0, 3, 1), rng) for _ in range(40)]))
    there = ",".join(map(str, HERE)), ",".join(map(str, LANDMARK))
    words = ("compass", tmp_path / "turned.csv", "--aimed", tmp_path / "aimed.csv", "--from", there[0])
    told = json.loads(run(*words, "--at", there[1], "--outbox", outbox, "--json").output)
    # The declination there is some 2 degrees.
    assert told["compass"]["compass"]["turned_deg"] == pytest.approx(bearing_deg(*HERE, *LANDMARK) - 2 - 50, abs=3)
    assert "too near" in refused(*words, "--at", "48.8606,2.2941", "--outbox", outbox)
    assert run(*words, "--outbox", outbox).exit_code == 2
    assert run(*words, "--at", "somewhere", "--outbox", outbox).exit_code == 2


def test_two_points_are_in_the_photos_own_pixels(outbox: Path, tmp_path: Path) -> None:
    Image.new("RGB", (3200, 1800), (90, 140, 200)).save(tmp_path / "two.jpg")
    words = ("lens", tmp_path / "two.jpg", "--point", "400,800", "--point", "2800,850", "--outbox", outbox)
    told = json.loads(run(*words, "--apart", 52, "--json").output)
    assert told["lens"]["view_deg"] == pytest.approx(66.1, abs=0.5)
    assert told["lens"]["rms_px"] is None
    assert run(*words).exit_code == 2
    assert run(*words[:4], "--apart", 52, "--outbox", outbox).exit_code == 2


def test_what_is_refused_leaves_what_was_kept(outbox: Path, photos: list[Path], tmp_path: Path) -> None:
    (tmp_path / "turned.csv").write_text(csv_of(turned()))
    run("compass", tmp_path / "turned.csv", "--outbox", outbox)
    before = path_beside(outbox).read_bytes()
    (tmp_path / "few.csv").write_text(csv_of(turned(20)))
    (tmp_path / "flat.csv").write_text(csv_of(turned(300, flat=True)))
    (tmp_path / "no.jpg").write_bytes(b"no photo")
    assert "too few" in refused("compass", tmp_path / "few.csv", "--outbox", outbox)
    assert "turn it over" in refused("compass", tmp_path / "flat.csv", "--outbox", outbox)
    assert "is it the right file" in refused("compass", tmp_path / "missing.csv", "--outbox", outbox)
    assert "in 2 of 2 photos" in refused("lens", *photos[:2], "--outbox", outbox)
    assert "not a picture" in refused("lens", *photos[:5], tmp_path / "no.jpg", "--outbox", outbox)
    for wrong in ("1,2", "1,1,3", "1,2,4", "a,b,c", "1,2,2.5"):
        assert run("compass", tmp_path / "turned.csv", "--axes", wrong, "--outbox", outbox).exit_code == 2
    for wrong in ("9", "2x6", "9x600"):
        assert run("lens", *photos, "--corners", wrong, "--outbox", outbox).exit_code == 2
    assert path_beside(outbox).read_bytes() == before
