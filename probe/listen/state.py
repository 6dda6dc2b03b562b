"""What the live view shows, taken from a walk at one moment. It holds nothing of anyone that no rule knows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from probe.contract.evidence import BleEvidence, BssidEvidence, CatalogueEvidence, SsidEvidence
from probe.contract.readable import for_terminal
from probe.contract.sighting import Strength, VendorClaim
from probe.listen.meter import Meter
from probe.position.fix import PositionSource
from probe.radio.channels import channel_of
from probe.radio.source import FrameSource
from probe.sweep.hearing import Pass
from probe.sweep.sweep import Sweep
from probe.walk.sources import SourceSupervisor

RATE_S = 2.0
FRESH_S = 3.0  # a signal that is older is no news
_RECEIVER = "gnss"  # its sentences are no frames


class WatchedWalk(Protocol):
    """A walk, live or recorded."""

    @property
    def sources(self) -> Sequence[SourceSupervisor] | Sequence[FrameSource]: ...

    @property
    def sweep(self) -> Sweep: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One source. `share` is its part of all frames; `rate` frames per second of late; `channel` a number."""

    name: str
    kind: str
    health: str
    channel: int | None
    mhz: int | None
    rate: float
    frames: int
    share: float
    lost: int
    malformed: int
    trouble: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraLine:
    """One recognised transmitter. `key` identifies it for the lock; the texts are fit for a terminal."""

    key: bytes
    name: str
    rule: str
    why: str
    confirmed: str
    signal_dbm: int | None
    channel: int | None
    mhz: int | None
    ago_s: float


@dataclass
class Watcher:
    """Looks at a walk from time to time and works out rates and trends. `now_s` is the walk's own time."""

    walk: WatchedWalk
    selected: int = 0
    locked: bytes | None = None
    _frames: dict[str, tuple[float, int, float]] = field(default_factory=dict)
    _meter: Meter = field(default_factory=Meter)

    def sources(self, now_s: float) -> list[SourceLine]:
        """The sources, with their rates since a moment ago."""
        counted = [(source, source.counts) for source in self.walk.sources]
        total = sum(counts.frames for source, counts in counted if source.kind != _RECEIVER) or 1
        lines = []
        for source, counts in counted:
            mhz = source.channel_mhz if isinstance(source, SourceSupervisor) else None
            lines.append(
                SourceLine(
                    name=for_terminal(source.name),
                    kind=source.kind,
                    health=str(source.health) if isinstance(source, SourceSupervisor) else "listening",
                    channel=None if mhz is None else channel_of(mhz),
                    mhz=mhz,
                    rate=self._rate(source.name, counts.frames, now_s),
                    frames=counts.frames,
                    share=0.0 if source.kind == _RECEIVER else counts.frames / total,
                    lost=counts.dropped,
                    malformed=counts.malformed + counts.bad_fcs,
                    trouble=_shown(source.trouble) if isinstance(source, SourceSupervisor) else None,
                )
            )
        return lines

    def _rate(self, name: str, frames: int, now_s: float) -> float:
        at_s, before, rate = self._frames.get(name, (now_s, frames, 0.0))
        if now_s - at_s >= RATE_S or now_s < at_s:
            rate = max(0.0, (frames - before) / (now_s - at_s)) if now_s > at_s else 0.0
            at_s, before = now_s, frames
        self._frames[name] = (at_s, before, rate)
        return rate

    def cameras(self, now_s: float) -> list[CameraLine]:
        """What is recognised at present, the loudest first."""
        passes = list(self.walk.sweep.passes.items())
        lines = [_camera(key, known, now_s) for key, known in passes]
        return sorted(lines, key=lambda line: (-(line.signal_dbm or -999), line.name, line.key))

    def lock(self, lines: Sequence[CameraLine]) -> CameraLine | None:
        """Lock on the chosen transmitter, or unlock where one is locked. Only what is recognised can be chosen."""
        self._meter = Meter()
        if self.locked is not None or not lines:
            self.locked = None
            return None
        chosen = lines[min(self.selected, len(lines) - 1)]
        self.locked = chosen.key
        return chosen

    def trend(self, line: CameraLine, now_s: float) -> str:
        """`warmer`, `colder` or `same`, against some seconds ago."""
        if line.signal_dbm is not None and line.ago_s < FRESH_S:
            self._meter.hear(line.signal_dbm, now_s)
        return self._meter.trend(now_s)

    def fix(self, now_s: float) -> tuple[float, float] | None:
        """Accuracy in metres and age in seconds of the position, None where there is none."""
        position: PositionSource | None = self.walk.sweep.position
        found = None if position is None else position.at(now_s)
        return None if found is None else (found.accuracy_m or 0.0, max(0.0, now_s - found.at_s))


def _camera(key: bytes, known: Pass, now_s: float) -> CameraLine:
    evidence = known.finding.evidence
    vendor = next((_vendor(claim) for claim in known.finding.claims if isinstance(claim, VendorClaim)), "?")
    row = next((item for item in evidence if isinstance(item, CatalogueEvidence)), None)
    signs = []
    for item in evidence:
        if isinstance(item, SsidEvidence):
            signs.append(item.ssid)
        elif isinstance(item, BleEvidence):
            signs.append(item.name or " ".join((*item.companies, *item.services, *item.services_128)))
        elif isinstance(item, BssidEvidence):
            signs.append(f"…{item.bssid[-8:]}")
    return CameraLine(
        key=key,
        name=for_terminal(vendor),
        rule=known.finding.rule,
        why=for_terminal(" ".join(signs))[:48],
        confirmed=str(row.confirmed_on) if row is not None and row.confirmed_on else "-",
        signal_dbm=known.last_dbm,
        channel=None if known.channel_mhz is None else channel_of(known.channel_mhz),
        mhz=known.channel_mhz,
        ago_s=max(0.0, now_s - known.last_s),
    )


def _shown(text: str | None) -> str | None:
    return None if text is None else for_terminal(text)


def _vendor(claim: VendorClaim) -> str:
    """The maker, with a question mark where only weak evidence names one."""
    return claim.value if claim.strength is Strength.STRONG else f"{claim.value}?"
