"""Asks the probe around a session. Whatever of it raises, the rest of the view comes, with that part in trouble."""

import threading
import traceback
from collections.abc import Callable
from typing import TypeVar

from probe.errors import BadInput, ProbeError
from probe.session.refused import Refused
from probe.session.view import Note, Part, PartHealth, PartName

_T = TypeVar("_T")

# Which part a walker is told of where a question or a command fails.
_PARTS = {
    "fix": PartName.POSITION,
    "find_stands": PartName.POSITION,
    "make_pin": PartName.POSITION,
    "heading_deg": PartName.HEADING,
    "calibrating": PartName.HEADING,
    "calibrate": PartName.HEADING,
    "passes": PartName.RADIO,
    "now_s": PartName.RADIO,
    "hold_channel": PartName.RADIO,
    "take_photo": PartName.CAMERA,
    "preview": PartName.CAMERA,
    "power": PartName.POWER,
    "sign": PartName.SIGNALS,
    "waiting": PartName.DELIVERY,
    "older": PartName.DELIVERY,
    "places": PartName.DELIVERY,
    "hidden": PartName.OUTBOX,
    "kept_back": PartName.OUTBOX,
    "lost": PartName.OUTBOX,
    "keep": PartName.OUTBOX,
    "withdraw": PartName.OUTBOX,
    "machine": PartName.OUTBOX,
}


class Asker:
    """Asks, and remembers what of the probe fails at present. Safe from any thread."""

    def __init__(self) -> None:
        self._troubles: dict[str, str] = {}
        self._seen: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def ask(self, name: str, question: Callable[[], _T], otherwise: _T) -> _T:
        """The answer, or what stands for it where the question fails."""
        try:
            answer = question()
        except Exception as problem:  # noqa: BLE001 (one part never stops the others)
            self._note(name, problem)
            return otherwise
        self._well(name)
        return answer

    def command(self, name: str, do: Callable[[], _T]) -> _T:
        """What comes of a command. Raises BadInput, with a sentence for the walker, whatever fails."""
        try:
            answer = do()
        except Refused:
            self._well(name)  # it cannot be done now, which is no fault
            raise
        except BadInput as problem:
            self._well(name)  # its own sentence is in one language, and for a log
            raise Refused(str(problem), problem.code or "refused-failed") from problem
        except Exception as problem:
            said = self._note(name, problem)
            raise Refused(f"that did not work: {said}", "refused-failed") from problem
        self._well(name)
        return answer

    def parts(self, known: tuple[Part, ...]) -> tuple[Part, ...]:
        """The parts as they are said to be, those that fail in trouble."""
        with self._lock:
            failing = {_PARTS.get(name, PartName.PAGE): said for name, said in self._troubles.items()}
        if not failing:
            return known
        parts = [part for part in known if part.name not in failing]
        for name, said in failing.items():
            note = Note(code="part-silent", detail=said)
            parts.append(Part(name=name, health=PartHealth.TROUBLE, note=note))
        return tuple(sorted(parts, key=lambda part: list(PartName).index(part.name)))

    def _note(self, name: str, problem: Exception) -> str:
        # What a fault of this program says of itself may hold a place or an address; its kind does not.
        said = (
            str(problem) if isinstance(problem, ProbeError) else f"a fault of this program ({type(problem).__name__})"
        )
        with self._lock:
            first = (name, type(problem).__name__) not in self._seen and not isinstance(problem, ProbeError)
            self._seen.add((name, type(problem).__name__))
            self._troubles[name] = said
        if first:
            traceback.print_tb(problem.__traceback__)
        return said

    def _well(self, name: str) -> None:
        if name in self._troubles:
            with self._lock:
                self._troubles.pop(name, None)
