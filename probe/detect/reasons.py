"""Why the rules take a transmission for a camera, or do not: rule by rule, by watching what each one looks at.

A rule is run as always; what it is given writes down what it is asked. So no rule says anything twice, and a new rule
is explained without a word more. What a rule looked at last is what it decided by.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from probe.contract.evidence import Role
from probe.detect.catalogue import Catalogue, Row, Status, bundled
from probe.detect.registry import Recogniser
from probe.detect.rule import Bluetooth, Finding, Rule, Setup, Transmission

_FIELDS = {
    "transmitter": "the address",
    "ssid": "the network name",
    "role": "its role",
    "order": "the order of its elements",
    "elements": "its vendor elements",
    "setup": "Wi-Fi Protected Setup",
    "bluetooth": "the Bluetooth advertisement",
    "intervals_ms": "the times between its requests",
}
_LONGEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One thing that was looked at: what, what was there (None for nothing), and whether the catalogue was asked."""

    at: str
    saw: str | None
    asked: bool = False

    def __str__(self) -> str:
        return f"{self.at}: {self.saw or ('no row' if self.asked else 'nothing')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAnswer:
    """What one rule makes of a transmission, what it looked at, and why it answers so, in a few words."""

    rule: str
    version: int
    finding: Finding | None
    looks: tuple[Look, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """What all rules make of a transmission. `finding` is what a walk would act on: None for everyone it forgets.

    `forgotten` says why something that a rule finds is forgotten all the same; `held_back` is whether the prefilter
    asks no rule (None where there is none, as for Bluetooth), `agree` that it holds back nothing which a rule finds.
    """

    finding: Finding | None
    answers: tuple[RuleAnswer, ...]
    forgotten: str | None
    held_back: bool | None
    agree: bool


class Explainer:
    """Asks the rules of a catalogue as a walk does, and says why they answer so."""

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        self._looks: list[tuple[Look, object]] = []
        self._catalogue = _Watched(catalogue or bundled(), self._looks)
        self._recogniser = Recogniser(self._catalogue)

    def reasons(self, heard: Transmission, glance: tuple[bytes, bytes | None, bytes] | None = None) -> Reasons:
        """Why. `glance` is what the prefilter is given of a Wi-Fi frame: address, name and elements, in octets."""
        answers = tuple(self._answer(rule, heard) for rule in self._recogniser.rules)
        self._looks.clear()
        finding = self._recogniser.examine(heard)
        rows = [answer for _, answer in self._looks if isinstance(answer, Row)]
        found = any(answer.finding for answer in answers)
        held_back = None if glance is None else not self._recogniser.prefilter.passes(*glance)
        return Reasons(
            finding=finding,
            answers=answers,
            forgotten=_forgotten(rows, heard) if found and finding is None else None,
            held_back=held_back,
            agree=not (held_back and finding),
        )

    def _answer(self, rule: Rule, heard: Transmission) -> RuleAnswer:
        self._looks.clear()
        finding = rule.examine(_watched(heard, self._looks), self._catalogue)
        looks = [look for look, _ in self._looks]
        return RuleAnswer(
            rule=rule.name,
            version=rule.version,
            finding=finding,
            looks=tuple(dict.fromkeys(looks)),
            why="it finds all that it looks for" if finding else _why_not(looks),
        )


def _forgotten(rows: list[Row], heard: Transmission) -> str:
    row = next((row for row in rows if row.status is Status.FORGET), None)
    if row is not None:
        why = "lives in homes, or is carried about" if row.kind != "drone" else "flies"
        return f"the catalogue's row {row.id} ({row.vendor or row.value}, {row.kind}) says that it {why}"
    if heard.bluetooth is not None and not heard.bluetooth.public:
        return "its Bluetooth address is one of those that change"
    return "the rules are not asked about such a transmission"


def _why_not(looks: list[Look]) -> str:
    """What it looked at last: the questions to the catalogue at the end, or one thing that the frame says."""
    if not looks:
        return "it looks at nothing here"
    asked: list[Look] = []
    for look in reversed(looks):
        if not look.asked:
            break
        asked.insert(0, look)
    missing = [look.at for look in asked if look.saw is None]
    if missing:
        return f"the catalogue has no row for {', nor for '.join(dict.fromkeys(missing))}"
    if asked:
        return f"what the catalogue has does not suffice: {'; '.join(look.saw or '' for look in asked)}"
    last = looks[-1]
    if last.saw is None:
        return f"{last.at} says nothing that it could go by"
    return f"{last.at} is not what it looks for: {last.saw}"


def _watched(heard: Transmission, looks: list[tuple[Look, object]]) -> Transmission:
    given = _Heard(**{item.name: getattr(heard, item.name) for item in fields(heard)})
    object.__setattr__(given, "looks", looks)
    return given


class _Heard(Transmission):
    """A transmission that writes down which of its parts are read."""

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        if name in Transmission.__dataclass_fields__:
            look = Look(at=_FIELDS.get(name, name.replace("_", " ")), saw=_part_text(name, value))
            # Before the list is there, the transmission is being made.
            getattr(self, "looks", []).append((look, value))
        return value


class _Watched(Catalogue):
    """A catalogue that writes down what it is asked and what it answers."""

    def __init__(self, catalogue: Catalogue, looks: list[tuple[Look, object]]) -> None:
        self.__dict__.update(vars(catalogue))
        self._looks = looks

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        return value if name.startswith("_") or not callable(value) else self._asked(name, value)

    def _asked(self, name: str, ask: Callable[..., Any]) -> Callable[..., Any]:
        looks = self._looks

        def asked(*about: Any, **more: Any) -> Any:
            answer = ask(*about, **more)
            # What was read only to be asked about is part of the question.
            while looks and not looks[-1][0].asked and any(part is looks[-1][1] for part in about):
                looks.pop()
            saw = _row(answer) if isinstance(answer, Row) else None
            looks.append((Look(at=_question(name, [*about, *more.values()]), saw=saw, asked=True), answer))
            return answer

        return asked


def _question(name: str, about: list[Any]) -> str:
    parts = ", ".join(_short(part.hex(":") if isinstance(part, bytes) else _text(part)) for part in about)
    return f"{ {'vendor_of': 'the address', 'name_of': 'the name'}.get(name, 'the value') } {parts}"


def _row(row: Row) -> str:
    parts = [row.status.value, "strong" if row.strong else "weak", row.kind]
    parts += [f"shared: {row.shared}"] if row.shared else []
    parts += [f"wants beside it: {row.beside}"] if row.beside else []
    parts += [f"confirmed {row.confirmed_on}"] if row.confirmed_on else []
    return f"row {row.id} ({row.vendor or 'no vendor'} {row.value}; {', '.join(parts)})"


def _part_text(name: str, value: object) -> str | None:
    """A part of a transmission as a text; None where it was not sent."""
    if value is None or value in ("", (), b""):
        return None
    if name == "transmitter" and isinstance(value, bytes):
        return f"{value.hex(':')} ({administered(value)})"
    return _short(_text(value))


def _text(value: object) -> str:
    if isinstance(value, Role):
        return "keeps a network open" if value is Role.NETWORK else "looks for a network"
    if isinstance(value, Setup | Bluetooth):
        parts = ((item.name.replace("_", " "), getattr(value, item.name)) for item in fields(value))
        return ", ".join(f"{name} {_text(part)}" for name, part in parts if part not in (None, ()))
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return str(value)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def administered(address: bytes) -> str:
    """Who gave an address of six octets."""
    if address[0] & 0b01:
        return "a group's address"
    return "locally administered" if address[0] & 0b10 else "given by a maker"


def claims(finding: Finding) -> Iterator[str]:
    """What a finding says of the device, claim by claim."""
    for claim in finding.claims:
        value = getattr(claim, "value", "")
        name = type(claim).__name__.removesuffix("Claim").lower()
        yield f"{name} {value} ({claim.strength.value})".replace("  ", " ")
