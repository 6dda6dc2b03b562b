"""What is a whole extract and what is not: cut at every offset, and fuzzed."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.basemap.pbf import check_extract, read_head
from hub.errors import BadInput, StoreError
from tests.hub.basemap.town import Composer


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    town = Composer()
    town.way([(0, 0), (1, 1)], {"highway": "residential", "name": "Rue"})
    return town.write(tmp_path_factory.mktemp("small") / "small.osm.pbf").read_bytes()


def test_a_whole_extract_is_counted(small: bytes, town: Path, tmp_path: Path) -> None:
    path = tmp_path / "small.osm.pbf"
    path.write_bytes(small)
    found = check_extract(path)
    assert found.octets == len(small)
    assert found.blocks == 3, "a header, the nodes, the ways"
    assert check_extract(town).blocks == 4


def test_cut_at_every_offset_it_is_refused_in_a_sentence(small: bytes, tmp_path: Path) -> None:
    """All but at the end of a block, where nothing in the format says that more is to come."""
    path = tmp_path / "cut.osm.pbf"
    passed = []
    for length in range(len(small)):
        path.write_bytes(small[:length])
        try:
            check_extract(path)
            passed.append(length)
        except BadInput as problem:
            assert "download it again" in str(problem)
    assert len(passed) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_with_octets_changed_it_is_whole_or_refused(small: bytes, tmp_path: Path, data: st.DataObject) -> None:
    octets = bytearray(small)
    for at in data.draw(st.lists(st.integers(0, len(small) - 1), min_size=1, max_size=4)):
        octets[at] = data.draw(st.integers(0, 255))
    path = tmp_path / "changed.osm.pbf"
    path.write_bytes(octets)
    with suppress(BadInput):
        assert check_extract(path).octets == len(small)


@given(st.binary(max_size=80))
def test_a_head_is_read_or_none(data: bytes) -> None:
    found = read_head(data)
    assert found is None or 0 <= found[1] <= 32 << 20


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_anything_else_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.osm.pbf"
    path.write_bytes(data)
    with pytest.raises(BadInput):
        check_extract(path)


def test_what_is_not_there_or_too_large_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no such file; name an extract"):
        check_extract(tmp_path / "nowhere.osm.pbf")
    with pytest.raises(BadInput, match="a folder, not a file"):
        check_extract(tmp_path)
    with pytest.raises(StoreError, match="cannot be read"):
        check_extract(tmp_path / ("long" * 99))
    huge = tmp_path / "planet.osm.pbf"
    with huge.open("wb") as file:
        file.truncate(80 << 30)
    with pytest.raises(BadInput, match=r"80\.0 GB are more than this makes a map of"):
        check_extract(huge)
