"""The operator's exports: their ids, and why fictional cameras are in none."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from hub.log.public import PublicRow
from hub.publish.view import CameraDetail
from tests.hub.publish.cameras import camera
from tests.hub.web.operated import Operated, operated


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Operated]:
    with operated(tmp_path / "hub") as world:
        yield world


class Decided:
    """Cameras as they are once somebody has decided about them."""

    def __init__(self, *details: CameraDetail) -> None:
        self._details = details

    def cameras(self) -> Sequence[CameraDetail]:
        return self._details


def test_an_export_has_the_public_ids(world: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.cameras, "cameras", Decided(camera("a" * 32), camera("b" * 32, east_m=40.0)).cameras)
    world.folder.store.public.save(
        [PublicRow(id=id * 16, sightings=frozenset({id * 32})) for id in "ab"], world.folder.store.public.sharing()
    )
    told = world.browser().get("/hub/copies/cameras.csv").text
    assert told.startswith("id,lat,lon,")
    assert [line.split(",")[0] for line in told.splitlines()[1:]] == ["a" * 16, "b" * 16]


@pytest.mark.parametrize(("language", "why"), [("en", "a hub that has real cameras never shows them"),
                                               ("fr", "un hub qui a de vraies caméras ne montre jamais")])  # fmt: skip
def test_it_says_why_fictional_cameras_are_in_no_export(
    world: Operated, monkeypatch: pytest.MonkeyPatch, language: str, why: str
) -> None:
    decided = Decided(camera(), *(camera(composed=True, east_m=40.0 * one) for one in range(1, 4)))
    monkeypatch.setattr(world.cameras, "cameras", decided.cameras)
    assert why in world.browser(language=language).get("/hub/copies").text
