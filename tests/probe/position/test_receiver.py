"""A receiver on a port, or on a board, as the walk goes on: the same sentences, found behind anything."""

from datetime import date

import pytest

from probe.position.live import LivePosition
from probe.position.receiver import Receiver
from tests.probe.position.test_epoch import AT_S, BETWEEN, BY_HDOP, dtm, gga, gll, gsa, rmc


class Port:
    """A serial port that gives some octets at a time, and then is gone."""

    def __init__(self, data: bytes, size: int) -> None:
        self._data, self._size = data, size

    def read(self, _size: int = 1, /) -> bytes:
        data, self._data = self._data[: self._size], self._data[self._size :]
        if not data:
            raise OSError("gone")
        return data

    def write(self, data: bytes, /) -> int:
        return len(data)

    def close(self) -> None:
        """Nothing to close."""


@pytest.mark.parametrize("between", BETWEEN)
@pytest.mark.parametrize("size", [1, 7, 64, 4096])
def test_live_a_sentence_behind_anything_is_found(between: bytes, size: int) -> None:
    position = LivePosition(lambda: 0.0, not_before=date(2026, 5, 1))
    data = between + rmc().encode() + between + gga().encode()
    receiver = Receiver("a port", Port(data, size), position)
    with pytest.raises(OSError, match="unplugged"):
        list(receiver.events())
    fix = position.at(0.0)
    assert fix is not None
    assert (fix.lat, fix.accuracy_m) == (48.1, BY_HDOP)
    assert position.offset_s == pytest.approx(AT_S, abs=1.0)


def live(*parts: str) -> LivePosition:
    position = LivePosition(lambda: 0.0, not_before=date(2026, 5, 1))
    for part in parts:
        position.take(part.encode())
    return position


def test_live_a_place_without_a_date_counts_as_what_is_here_now() -> None:
    position = live(gll(), gsa())
    fix = position.at(0.0)
    assert fix is not None
    assert fix.accuracy_m == pytest.approx(BY_HDOP)
    assert position.offset_s is None


def test_live_what_a_later_sentence_takes_back_is_no_place() -> None:
    assert live(gga(), rmc(status="V")).at(0.0) is None
    assert live(gga(), dtm("P90")).at(0.0) is None
    kept = live(rmc(0), gga(0), gga(1), rmc(1, status="V"))
    assert kept.at(0.0) is None, "the place of the second before was given up for one that was none"
    assert live(rmc(0), rmc(1, status="V")).at(0.0) is not None, "the place of the second before"


def test_live_two_sentences_in_one_line_of_a_board() -> None:
    fix = live("\ufffd\ufffd" + rmc().strip() + gga().strip()).at(0.0)
    assert fix is not None
    assert fix.accuracy_m == pytest.approx(BY_HDOP)
