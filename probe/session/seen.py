"""The probe around a session at one moment, asked once a second."""

from dataclasses import dataclass, field

from probe.position.fix import Fix
from probe.session.around import Around
from probe.session.asking import Asker
from probe.session.view import Calibrating, Check, Machine, Note, Part, Phase, Power
from probe.sweep.hearing import Pass

WORKBENCH = "workbench"  # why nothing is kept where the probe was started to be looked at
UNKNOWN = "no-fix-yet"  # why a place is taken for hidden where nobody can say whether it is


@dataclass(slots=True)
class Seen:
    """What was answered; where a question failed, what does no harm. `now_s` is the walk's clock."""

    now_s: float
    phase: Phase
    composed: bool = False
    hidden: str | None = UNKNOWN
    fix: Fix | None = None
    heading_deg: float | None = None
    passes: list[tuple[bytes, Pass]] = field(default_factory=list)
    parts: tuple[Part, ...] = ()
    power: Power | None = None
    machine: Machine = field(default_factory=Machine)
    waiting: int | None = None
    delivered: int = 0
    older: tuple[Note, ...] = ()
    kept_back: int = 0
    never: int = 0
    lost: int = 0
    checks: tuple[Check, ...] = ()
    calibrating: Calibrating | None = None
    advice: tuple[Note, ...] = ()


def look(around: Around, asker: Asker, *, paused: bool, before: Seen) -> Seen:
    """Ask for all of it. While it is paused nobody is heard, and there is no place."""
    phase = asker.ask("phase", lambda: around.phase, before.phase)
    paused = paused or phase is Phase.PAUSED
    nowhere: tuple[int | None, int] = None, before.delivered
    unknown: str | None = UNKNOWN
    over = phase in (Phase.ENDING, Phase.ENDED)
    waiting, delivered = asker.ask("waiting", around.waiting, nowhere)
    kept_back, never = asker.ask("kept_back", around.kept_back, (before.kept_back, before.never))
    blind = paused or over
    return Seen(
        now_s=asker.ask("now_s", around.now_s, before.now_s),
        phase=Phase.PAUSED if paused and not over else phase,
        composed=asker.ask("composed", lambda: around.composed, before.composed),
        hidden=asker.ask("hidden", lambda: around.hidden, unknown),
        fix=None if blind else asker.ask("fix", around.fix, None),
        heading_deg=None if blind else asker.ask("heading_deg", around.heading_deg, None),
        passes=[] if blind else asker.ask("passes", lambda: list(around.passes()), []),
        parts=asker.ask("parts", around.parts, before.parts),
        power=asker.ask("power", around.power, None),
        machine=asker.ask("machine", around.machine, Machine()),
        waiting=waiting,
        delivered=delivered,
        older=asker.ask("older", around.older, before.older),
        kept_back=kept_back,
        never=never,
        lost=asker.ask("lost", around.lost, before.lost),
        checks=asker.ask("checks", around.checks, ()),
        calibrating=asker.ask("calibrating", around.calibrating, None),
        advice=asker.ask("advice", around.advice, ()) if over else (),
    )
