"""A probe without a hub that a service manager has started: it waits, says so once, and begins when it is paired."""

import pytest

from probe.device.notify import Notifier
from probe.errors import BadInput, NotPaired
from probe.run.pairing import once_paired


class Heard(Notifier):
    """Keeps what is told."""

    def __init__(self) -> None:
        super().__init__(None)
        self.told: list[str] = []

    def _tell(self, *lines: str) -> None:
        self.told += lines


def test_it_waits_alive_and_begins_once_it_is_paired() -> None:
    tries, told, heard = iter([False, False, True]), list[str](), Heard()

    def make() -> str:
        if not next(tries):
            raise NotPaired("no hub")
        return "walk"

    assert once_paired(make, heard, told.append, lambda _s: False) == "walk"
    assert told == ["no hub. It waits until then."]
    assert heard.told[0] == "READY=1"
    assert heard.told.count("WATCHDOG=1") == 2


def test_it_ends_when_it_is_told_and_another_trouble_is_one() -> None:
    def unpaired() -> str:
        raise NotPaired("no hub")

    def wrong() -> str:
        raise BadInput("no such radio")

    heard = Heard()
    assert once_paired(unpaired, heard, lambda _s: None, lambda _s: True) is None
    assert heard.told[-1] == "STOPPING=1"
    with pytest.raises(BadInput, match="no such radio"):
        once_paired(wrong, heard, lambda _s: None, lambda _s: True)
