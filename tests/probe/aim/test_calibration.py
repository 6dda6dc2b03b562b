"""What is calibrated is kept for this user alone, whole or not at all, and no damage reaches further than its part."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.aim.calibration import CompassPart, LensPart, decode, forget, known_or_told, lens_of, load, path_beside, save
from probe.aim.compass import Compass
from probe.aim.lens import LensModel, lens_of_view, usual_lens
from probe.errors import BadInput

DAY = date(2026, 5, 9)
LENS = LensPart(v=1, day=DAY, how="board 9x6", lens=lens_of_view(66, 2304, 1296), rms_px=0.31, photos=9)
COMPASS = CompassPart(
    v=1,
    day=DAY,
    compass=Compass(
        offset=(38.0, -22.0, 11.0), matrix=((0.02, 0, 0), (0, 0.02, 0), (0, 0, 0.02)), residual_deg=0.5, dip_deg=0.6,
        heading_sd_deg=1.2, readings=600, spread=0.3,
    ),
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return path_beside(tmp_path / "own" / "outbox.db")


def test_it_is_kept_beside_the_outbox_part_by_part_and_forgotten(path: Path) -> None:
    assert path.name == "outbox.calibration"
    assert load(path) == decode(b"")
    save(path, lens=LENS)
    save(path, compass=COMPASS)
    assert (load(path).lens, load(path).compass, load(path).problems) == (LENS, COMPASS, ())
    better = msgspec.structs.replace(LENS, rms_px=0.2)
    save(path, lens=better)
    assert (load(path).lens, load(path).compass) == (better, COMPASS)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert forget(path, "lens") == ("lens",)
    assert (load(path).lens, load(path).compass) == (None, COMPASS)
    assert forget(path) == ("compass",)
    assert not path.exists()
    assert forget(path) == ()


def test_what_cannot_be_written_leaves_what_was_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(path, lens=LENS)
    before = path.read_bytes()

    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            save(path, compass=COMPASS)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_one_bad_part_never_takes_the_good(path: Path) -> None:
    save(path, lens=LENS)
    save(path, compass=COMPASS)
    lens, compass = path.read_bytes().splitlines(keepends=True)
    for at in range(len(lens) - 1):
        for changed in (lens[:at] + b"\x00" + lens[at + 1 :], lens[:at] + b"\n" + lens[at + 1 :]):
            found = decode(changed + compass)
            assert found.compass == COMPASS
            assert found.lens is None
            assert found.problems
    path.write_bytes(lens.replace(b"1296", b"1297") + compass)
    assert "its lens is damaged" in load(path).problems[0]
    # Keeping another part does not throw it away; keeping this one does.
    save(path, compass=COMPASS)
    assert "its lens is damaged" in load(path).problems[0]
    save(path, lens=LENS)
    assert (load(path).lens, load(path).problems) == (LENS, ())


def test_a_later_version_and_parts_that_are_not_known_are_left_alone(path: Path) -> None:
    save(path, compass=COMPASS, lens=msgspec.structs.replace(LENS, v=2))
    path.write_bytes(path.read_bytes() + b"barometer abc {}\n")
    found = load(path)
    assert (found.lens, found.compass) == (None, COMPASS)
    assert "later version" in found.problems[0]
    save(path, compass=COMPASS)
    assert b"barometer abc {}" in path.read_bytes()
    assert b'"v":2' in path.read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        lambda lens: replace(lens, fx=0.0),
        lambda lens: replace(lens, fy=1e9),
        lambda lens: replace(lens, width=0),
        lambda lens: replace(lens, k1=-0.9),
        lambda lens: replace(lens, cx=-5000.0),
        lambda lens: replace(lens, focal_sd_share=0.0),
        lambda lens: replace(lens, width=10**9, fx=10.0**9, fy=10.0**9),
    ],
)
def test_a_lens_that_there_cannot_be_is_not_used(path: Path, change: Callable[[LensModel], LensModel]) -> None:
    save(path, lens=msgspec.structs.replace(LENS, lens=change(LENS.lens)), compass=COMPASS)
    assert (load(path).lens, load(path).compass) == (None, COMPASS)
    assert "none that there can be" in load(path).problems[0]


def test_cut_anywhere_it_is_read_or_told(path: Path) -> None:
    save(path, lens=LENS)
    save(path, compass=COMPASS)
    whole = path.read_bytes()
    first = whole.index(b"\n")
    for end in range(len(whole)):
        found = decode(whole[:end])
        assert found.lens == (LENS if end >= first else None)
        assert found.compass == (COMPASS if end >= len(whole) - 1 else None)
        assert (found.problems == ()) == (end in (0, first, first + 1, len(whole) - 1))


_numbers = st.one_of(st.integers(), st.floats(), st.text(max_size=3), st.none(), st.lists(st.floats(), max_size=4))


@given(st.binary(max_size=400))
def test_no_octets_break_it(data: bytes) -> None:
    found = decode(data)
    assert (found.lens, found.compass) == (None, None)


@given(st.dictionaries(st.sampled_from([*LensModel.__dataclass_fields__, "other"]), _numbers))
def test_no_values_break_it(values: dict[str, object]) -> None:
    from hashlib import sha256

    told = {**msgspec.to_builtins(LENS), "lens": {**msgspec.to_builtins(LENS.lens), **values}}
    body = msgspec.json.encode(told)
    found = decode(b"lens " + sha256(body).hexdigest().encode() + b" " + body)
    if found.lens is not None:
        lens = found.lens.lens
        assert lens.ray(0, 0)
        assert lens.ray(lens.width - 1, lens.height - 1)


def test_pictures_of_another_shape_are_not_by_the_calibrated_lens(path: Path) -> None:
    save(path, lens=msgspec.structs.replace(LENS, lens=replace(LENS.lens, fx=1800.0)))
    known = load(path)
    assert lens_of(known, 1152, 648, 66.0).fx == 900.0
    assert lens_of(known, 1296, 2304, 40.0) == lens_of_view(40.0, 1296, 2304)
    assert lens_of(decode(b""), 1152, 648, 66.0) == lens_of_view(66.0, 1152, 648)
    assert lens_of(decode(b""), 1152, 648, None) == usual_lens(1152, 648)


def test_what_is_no_file_of_ours_is_refused(path: Path, tmp_path: Path) -> None:
    save(path, lens=LENS)
    link = tmp_path / "link.calibration"
    link.symlink_to(path)
    with pytest.raises(BadInput):
        load(link)
    with pytest.raises(BadInput):
        save(link, lens=LENS)
    path.write_bytes(b"x" * 100_000)
    with pytest.raises(BadInput, match="larger"):
        load(path)


def test_a_calibration_that_cannot_be_read_is_told_and_stops_no_photo(tmp_path: Path) -> None:
    path_beside(tmp_path / "outbox.db").mkdir()
    told: list[str] = []
    known = known_or_told(tmp_path / "outbox.db", told.append)
    assert (known.lens, known.compass, len(told)) == (None, None, 1)
