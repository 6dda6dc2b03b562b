"""What is heard at present, transmitter by transmitter, under keys that say nothing of their addresses.

A key is a keyed hash under a random key of this session, and no address is kept here. A second hash, under another key,
remembers of whom the walker was told, so that nobody is told of one camera twice; it outlives the wiping of the view.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from heapq import nlargest

from probe.detect.rule import Finding
from probe.listen.meter import Meter
from probe.session.reasons import is_bluetooth, is_sure, reasons_of, sure_vendor
from probe.session.view import Heard, Note, Trend
from probe.sweep.hearing import Pass

MOST_SHOWN = 40
MOST_FOLLOWED_UP = 200  # of a flood, those that were heard last
MOST_TOLD = 5_000
LET_GO_S = 20.0
NEAR_PHOTO_S = 15.0  # who was heard within these seconds may be what a photo shows
_STEPS_S = (5.0, 20.0)  # how old a hearing looks
_STEADY_DB = 3  # a level that has changed by less is shown as it was


@dataclass(slots=True)
class _Known:
    """One transmitter."""

    finding: Finding
    rule: str
    vendor: str | None
    sure: bool
    why: tuple[Note, ...]
    bluetooth: bool
    last_s: float
    mhz: int | None
    meter: Meter = field(default_factory=Meter)
    shown_dbm: int | None = None
    number: int = 0
    at_s: float = 0.0  # by the session's clock, when it was heard last


@dataclass(frozen=True, slots=True)
class New:
    """A transmitter that was not heard before on this walk."""

    key: str
    why: Note | None


class HeardBook:
    """Who is heard. `count` is how many there were on this walk; all of it is bounded."""

    def __init__(self) -> None:
        self.count = 0
        self.photographed = 0
        self.followed: str | None = None
        self._told_by = secrets.token_bytes(32)
        self._told: dict[bytes, bool] = {}  # of whom the walker was told, and whether a photo was taken near by
        self._numbers: dict[bytes, int] = {}
        self._last_number = 0
        self._named_by = secrets.token_bytes(32)
        self._known: dict[str, _Known] = {}
        self._told_of: dict[str, bytes] = {}

    def key(self, transmitter: bytes) -> str:
        """The name of a transmitter in this view."""
        return blake2b(transmitter, key=self._named_by, digest_size=8).hexdigest()

    def update(self, passes: Sequence[tuple[bytes, Pass]], now_s: float) -> list[New]:
        """Take in what is heard at present, at a time of the session's clock; returns who is new on this walk.

        The one that is followed stays, though nobody hears it, until it is lost.
        """
        if len(passes) > MOST_FOLLOWED_UP:
            passes = nlargest(MOST_FOLLOWED_UP, passes, key=lambda one: one[1].last_s)
        new, before = [], self._known
        told_of = self._told_of
        self._known, self._told_of = {}, {}
        for transmitter, heard in passes:
            key = self.key(transmitter)
            known = before.get(key)
            if known is None or known.finding is not heard.finding:
                known = _known_of(heard, Meter() if known is None else known.meter)
                known.last_s = -1.0
            self._known[key] = known
            if heard.last_s != known.last_s and heard.last_dbm is not None:
                known.meter.hear(heard.last_dbm, heard.last_s)
            if heard.last_s != known.last_s:
                known.at_s = now_s
            known.last_s, known.mhz = heard.last_s, heard.channel_mhz
            _steady(known)
            if self._tell(transmitter, key):
                new.append(New(key, known.why[0] if known.why else None))
            known.number = self._number(self._told_of[key])
        followed = self.followed
        if followed is not None and followed in before and followed not in self._known:
            self._known[followed] = before[followed]
            self._told_of[followed] = told_of[followed]
        return new

    def follow(self, key: str, now_s: float) -> bool:
        """Stay with one that is in the view; whether it is. It has some seconds from now on to be heard again."""
        known = self._known.get(key)
        if known is None:
            return False
        self.followed, known.at_s = key, now_s
        return True

    def _number(self, told: bytes) -> int:
        """Which one it is on this walk, in the order in which they were heard first."""
        if told not in self._numbers:
            if len(self._numbers) >= MOST_TOLD:
                del self._numbers[next(iter(self._numbers))]
            self._last_number += 1
            self._numbers[told] = self._last_number
        return self._numbers[told]

    def _tell(self, transmitter: bytes, key: str) -> bool:
        told = blake2b(transmitter, key=self._told_by, digest_size=16).digest()
        self._told_of[key] = told
        if told in self._told:
            return False
        if len(self._told) >= MOST_TOLD:
            del self._told[next(iter(self._told))]
        self._told[told] = False
        self.count += 1
        return True

    def photo_taken(self, now_s: float) -> None:
        """A photo was taken: who is heard now may be on it."""
        for key, known in self._known.items():
            told = self._told_of[key]
            if now_s - known.last_s <= NEAR_PHOTO_S and self._told.get(told) is False:
                self._told[told] = True
                self.photographed += 1

    def channel(self, key: str) -> int | None:
        """The channel of one, in MHz; None of Bluetooth, and of one that is not heard."""
        known = self._known.get(key)
        return None if known is None or known.bluetooth else known.mhz

    def is_lost(self, key: str, now_s: float) -> bool:
        """Whether, by the session's clock, one was not heard for so long that nobody would stay with it."""
        known = self._known.get(key)
        return known is None or now_s - known.at_s > LET_GO_S

    def shown(self, now_s: float, *, steady: bool = False) -> tuple[Heard, ...]:
        """Who is heard, in the order in which they were heard first, so that no row moves under a thumb; of a flood the
        loudest and the one that is followed. `steady` leaves out what only grows older."""
        known = sorted(
            self._known.items(),
            key=lambda item: (
                item[0] != self.followed,
                -(-999 if item[1].shown_dbm is None else item[1].shown_dbm),
                item[0],
            ),
        )
        rows = sorted(known[:MOST_SHOWN], key=lambda item: item[1].number)
        loudest = max((one.shown_dbm for _, one in rows if one.shown_dbm is not None), default=None)
        first = next((key for key, one in rows if loudest is not None and one.shown_dbm == loudest), None)
        return tuple(self._line(key, one, now_s, steady=steady, loudest=key == first) for key, one in rows)

    def _line(self, key: str, one: _Known, now_s: float, *, steady: bool, loudest: bool) -> Heard:
        ago_s = max(0.0, now_s - one.last_s)
        level = one.meter.level
        followed = key == self.followed
        return Heard(
            key=key,
            rule=one.rule,
            vendor=one.vendor,
            sure=one.sure,
            why=one.why,
            signal_dbm=round(level) if followed and level is not None else one.shown_dbm,
            trend=Trend(one.meter.trend(now_s)),
            ago_s=step_of(ago_s) if steady else round(ago_s, 1),
            bluetooth=one.bluetooth,
            followed=followed,
            number=one.number,
            loudest=loudest,
        )

    def nothing(self) -> None:
        """Nothing is heard: the walk is paused, or over."""
        self._known, self._told_of = {}, {}

    def wipe(self) -> None:
        """Forget who is heard, and all names: the same will have others. How many there were stays."""
        self.nothing()
        self.followed = None
        self._named_by = secrets.token_bytes(32)

    def forget(self) -> None:
        """Forget the walk."""
        self.wipe()
        self._numbers, self._last_number = {}, 0
        self._told, self._told_by = {}, secrets.token_bytes(32)
        self.count = self.photographed = 0


def step_of(ago_s: float) -> float:
    """How old something looks: of now, some seconds, long ago."""
    return 0.0 if ago_s < _STEPS_S[0] else 1.0 if ago_s < _STEPS_S[1] else 2.0


def _known_of(heard: Pass, meter: Meter) -> _Known:
    finding = heard.finding
    return _Known(
        finding=finding,
        rule=finding.rule,
        vendor=sure_vendor(finding),
        sure=is_sure(finding),
        why=reasons_of(finding),
        bluetooth=is_bluetooth(finding),
        last_s=heard.last_s,
        mhz=heard.channel_mhz,
        meter=meter,
    )


def _steady(known: _Known) -> None:
    level = known.meter.level
    if level is not None and (known.shown_dbm is None or abs(level - known.shown_dbm) >= _STEADY_DB):
        known.shown_dbm = round(level)
