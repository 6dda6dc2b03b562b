"""Once no phone was there for ten minutes the view is wiped, and after the end of a walk the network goes as well."""

import time
from pathlib import Path

import pytest

from probe.run import gear
from probe.service import Phase, ProbeService
from tests.probe.run.test_workbench import OnBoard, started
from tests.processes import until


def wiped(service: ProbeService) -> bool:
    return not service.gear.session._watched


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gear, "GONE_S", 0.5)


def looks(on: OnBoard) -> None:
    """A phone looks."""
    page = on.service.gear.page
    assert page is not None
    page.last_seen_s = time.monotonic()
    assert on.view().serial
    assert not wiped(on.service)


def test_a_view_is_wiped_soon_after_the_phone_has_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, soon: None
) -> None:
    with started(tmp_path, monkeypatch) as on:
        until(lambda: on.service.gear.page is not None, "the page")
        looks(on)
        until(lambda: wiped(on.service), "the view to be wiped")
        looks(on)
        until(lambda: wiped(on.service), "it to be wiped once more")


def test_a_view_is_wiped_also_where_the_page_began_anew_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, soon: None
) -> None:
    with started(tmp_path, monkeypatch) as on:
        until(lambda: on.service.gear.page is not None, "the page")
        before = on.service.gear.page
        looks(on)
        assert before is not None
        before.trouble = "it has ended"  # the page's part begins anew
        until(lambda: on.service.gear.page not in (None, before), "the page, once more")
        until(lambda: wiped(on.service), "the view to be wiped: no phone has come since")


def test_after_the_end_the_network_goes_with_the_phone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, soon: None
) -> None:
    with started(tmp_path, monkeypatch, show_ends=True) as on:
        until(lambda: on.wants_network, "the network, which has to be there on the street")
        until(lambda: on.service.gear.page is not None, "the page")
        time.sleep(1.0)
        assert on.wants_network, "on a walk it waits for a phone"
        on.session.end()
        until(lambda: on.view().phase is Phase.ENDED, "the end")
        until_s = time.monotonic() + 1.5
        while time.monotonic() < until_s:
            looks(on)
            assert on.wants_network, "its walker reads what came of the walk"
            time.sleep(0.05)
        until(lambda: not on.wants_network, "the network to go: nobody knows whose home the kit is carried to")
