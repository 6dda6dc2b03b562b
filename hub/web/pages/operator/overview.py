"""The first of the operator's pages: three steps for a new hub, and then how it is."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from typing import Any

from hub.errors import StillReading
from hub.log.events import Counts, DiskUse
from hub.log.pictures import Backup
from hub.review.queue import questions
from hub.store.store import Store
from hub.web.pages import Html
from hub.web.pages.operator.commands import ELSEWHERE
from hub.web.pages.operator.ground import Ground, Section
from probe import __version__
from probe.contract.base import ContractError
from probe.contract.envelope import decode_sighting
from probe.contract.readable import readable

NUDGE_DAYS = 7
SOFTWARE_OF_LAST = 1000  # sightings: what was walked with lately
MOST_SOFTWARE = 8
PARTS = {  # the parts of a running hub in the page's words
    "broker": "hub_part_broker",
    "intake by MQTT": "hub_part_intake",
    "camera derivation": "hub_part_derivation",
    "second pass": "hub_part_second",
    "page": "hub_part_page",
    "shared map": "hub_part_shared",
    "uploads": "hub_part_uploads",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the first three steps: the key of its words, where it is taken, and whether it is."""

    key: str
    path: str
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupState:
    """When the hub was copied last, and whether it is time: it has more than that copy, which is a week old or none."""

    last: Backup | None
    news: int
    due: bool


class Overview(Section):
    """`/hub`."""

    path, template = "/hub", "hub_overview.html"

    def __init__(self, ground: Ground, html: Html) -> None:
        super().__init__(ground, html)
        self._software, self._disk = _Software(ground.folder.store), _DiskUse(ground.folder.store)
        self._questions = _Questions(ground)

    def values(self) -> dict[str, Any]:
        ground, folder = self.ground, self.ground.folder
        counts, passed = folder.store.counts(), folder.store.pictures.looked_through()
        return {
            "steps": steps(ground),
            "parts": [(PARTS.get(name, ""), name, well) for name, well in ground.parts().items()],
            "counts": counts,
            "passed": passed,
            "disk": self._disk.now(counts),
            "free": folder.store.free_bytes(),
            "backup": backup_state(folder.store, folder.keys.day),
            "doubt": folder.keys.doubt,
            "today": folder.keys.day,
            "version": __version__,
            "software": self._software.lately(),
            "questions": self._questions.waiting(),
            "unlooked": folder.store.pictures.new(),
            "complaints": len(folder.store.complaints.listed()),
            "elsewhere": ELSEWHERE,
        }


def steps(ground: Ground) -> list[Step]:
    """The first three steps of a hub, each ticked by what is true. Raises StoreError."""
    folder = ground.folder
    came = bool(folder.registry.probes()) or folder.store.count() > 0
    return [
        Step(key="hub_step_probe", path="/hub/probes#invite", done=came),
        Step(key="hub_step_streets", path="/streets", done=ground.has_streets()),
        Step(key="hub_step_review", path="/review", done=folder.store.decisions.version() > 0),
    ]


def backup_state(store: Store, today: date) -> BackupState:
    """How old the last copy is. Raises StoreError."""
    last = store.complaints.last_backup()
    now = store.version() + store.decisions.version()
    news = now - (0 if last is None else last.sightings + last.decisions)
    old = last is None or today - last.day > timedelta(days=NUDGE_DAYS)
    return BackupState(last=last, news=max(0, news), due=old and news > 0)


class _Software:
    """With which software the last sightings were made; read again where the log has grown."""

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, Lock()
        self._version: tuple[int, int] | None = None
        self._counted: list[tuple[str, int]] = []

    def lately(self) -> list[tuple[str, int]]:
        with self._lock:
            version = self._store.version(), self._store.generation()
            if version != self._version:
                self._counted, self._version = self._count(version[0]), version
            return self._counted

    def _count(self, last: int) -> list[tuple[str, int]]:
        found: Counter[str] = Counter()
        for row in self._store.read(max(0, last - SOFTWARE_OF_LAST), SOFTWARE_OF_LAST):
            try:
                found[readable(decode_sighting(row.body).made.software)] += 1
            except ContractError:
                continue  # written by a later version of the contract
        return found.most_common(MOST_SOFTWARE)


class _Questions:
    """How many questions wait at the desk; counted again where the cameras are others."""

    def __init__(self, ground: Ground) -> None:
        self._ground, self._lock = ground, Lock()
        self._counted: tuple[int, int] | None = None

    def waiting(self) -> int | None:
        """None where the hub has not derived its cameras yet."""
        with self._lock:
            revision = self._ground.source.status().revision
            if self._counted is None or self._counted[0] != revision:
                try:
                    self._counted = revision, len(questions(self._ground.every.cameras()))
                except StillReading:
                    return None
            return self._counted[1]


class _DiskUse:
    """How much of the disk the log takes, counted once for each number of sightings and pictures."""

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, Lock()
        self._counted: tuple[Counts, DiskUse] | None = None

    def now(self, counts: Counts) -> DiskUse:
        """As it was when there were so many of everything."""
        with self._lock:
            if self._counted is None or self._counted[0] != counts:
                self._counted = counts, self._store.disk_use()
            return self._counted[1]
