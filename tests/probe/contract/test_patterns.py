"""No pattern takes more than it seems to: an end of line behind the end, or the digits of other scripts."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import jsonschema
import msgspec
import pytest
from msgspec import Meta
from msgspec.inspect import Metadata, multi_type_info

import hub
import probe
from hub.broker.rights import Action, Login, Rights
from hub.data import make_hub
from probe.contract import topics
from probe.contract.base import bssid_octets
from probe.contract.document import FOLDER
from probe.contract.sighting import Survey

# How `re` itself reads a pattern: not a promised interface, but of every Python since 3.11.
c: Any = importlib.import_module("re._constants")
parser: Any = importlib.import_module("re._parser")

OTHERS = (
    "٠١٢٣٤٥٦٧٨٩",
    "०१२३४५६७८९",
    "０１２３４５６７８９",
    "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
)  # Arabic, Devanagari, full width, mathematical
# What reads nothing from a text but looks into it, and so may take more.
LOOKS = {
    "probe.detect.words._CAMERA": "whether a name says camera; what follows is passed over",
    "probe.importer.netxml._OPEN_END": "where a reference is not closed yet at the end of a piece",
    "probe.radio.interface._CHANNEL": "lines of `iw`, each by itself",
}


@cache
def modules() -> tuple[ModuleType, ...]:
    """All modules of probe and hub that can be loaded here."""
    found = []
    for package in (probe, hub):
        for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if one.name.endswith("__main__"):
                continue
            try:
                found.append(importlib.import_module(one.name))
            except ModuleNotFoundError:
                continue  # an extra that is not here
    return tuple(found)


def _patterns_in(kind: object) -> Iterator[str]:
    """Every pattern in what msgspec makes of a type, however deep."""
    seen: set[int] = set()
    waiting: list[Any] = [kind]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, list | tuple):
            waiting += one
        elif isinstance(one, Metadata):
            waiting.append(one.type)
        elif isinstance(one, msgspec.Struct) and type(one).__module__ == "msgspec.inspect":
            if (pattern := getattr(one, "pattern", None)) is not None:
                yield pattern
            waiting += [getattr(one, name) for name in one.__struct_fields__]


@cache
def type_patterns() -> tuple[str, ...]:
    """The patterns of the types of all structs, those of the contract among them."""
    structs = {
        kind
        for module in modules()
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, msgspec.Struct)
        and kind.__module__.split(".")[0] in ("probe", "hub")
    }
    infos = multi_type_info(sorted(structs, key=lambda kind: f"{kind.__module__}.{kind.__qualname__}"))
    return tuple(sorted(set(_patterns_in(infos))))


def compiled() -> Iterator[tuple[str, re.Pattern[str]]]:
    """The patterns for text that modules keep, in whatever holds them."""
    for module in modules():
        for name, value in vars(module).items():
            held = value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list) else (value,)
            for one in held:
                if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
                    yield f"{module.__name__}.{name}", one


def _reads_too_much(pattern: str, flags: int) -> str | None:
    """What is wrong with a pattern, by its parts."""

    def parts(of: Any) -> Iterator[tuple[Any, Any]]:
        for one in of:
            if isinstance(one, tuple) and len(one) == 2:
                yield one
            if isinstance(one, tuple | list | parser.SubPattern):
                yield from parts(one)

    for what, value in parts(parser.parse(pattern, flags)):
        if what is c.AT and value is c.AT_END:
            return "`$` takes an end of line behind the end: say \\Z, or use fullmatch"
        if what is c.CATEGORY and value in (c.CATEGORY_DIGIT, c.CATEGORY_NOT_DIGIT) and not flags & re.ASCII:
            return "\\d takes the digits of every script: say [0-9], or re.ASCII"
    return None


def _shortest(parsed: Any) -> str:
    """A shortest text that a pattern takes, with 0 where that may stand."""
    text = ""
    for what, value in parsed:
        if what is c.LITERAL:
            text += chr(value)
        elif what is c.IN:
            kind, first = value[0]
            text += chr(first[0] if kind is c.RANGE else first)
        elif what is c.MAX_REPEAT:
            text += value[0] * _shortest(value[2])
        elif what is c.SUBPATTERN:
            text += _shortest(value[3])
        else:
            assert what is c.AT, f"{what} is new here: say what it takes"
    return text


def test_there_are_patterns_to_try() -> None:
    assert len(type_patterns()) >= 8
    assert {"probe.contract.topics._UP", "hub.broker.rights._PAIR_DOWN", "probe.contract.base._ADDRESS"} <= {
        name for name, _ in compiled()
    }


def test_the_type_patterns_take_no_end_of_line_and_no_other_digits() -> None:
    for pattern in type_patterns():
        kind = Annotated[str, Meta(pattern=pattern)]
        good = _shortest(parser.parse(pattern))
        assert "0" in good
        assert msgspec.convert(good, kind) == good
        wrong = [good + "\n", "\n" + good, good + "\r", good + "\u2028", good + "\0", good + " "]
        wrong += [good.translate({ord(str(digit)): other[digit] for digit in range(10)}) for other in OTHERS]
        for text in wrong:
            with pytest.raises(msgspec.ValidationError):
                msgspec.convert(text, kind)


def test_no_pattern_that_is_kept_takes_more_than_it_seems() -> None:
    told = {name: _reads_too_much(one.pattern, one.flags) for name, one in compiled()}
    assert {name: why for name, why in told.items() if why and name not in LOOKS} == {}
    assert all(told[name] for name in LOOKS), "what is excepted needs it"


def test_no_pattern_within_a_function_and_no_digit_test_takes_more_than_it_seems() -> None:
    found = []
    for module in modules():
        path = Path(module.__file__ or "")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            name, first = node.func.attr, node.args[0] if node.args else None
            in_re = (
                isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and name not in ("compile", "escape")
            )
            if in_re and isinstance(first, ast.Constant) and isinstance(first.value, str):
                why = _reads_too_much(first.value, 0)
                if why and "re.MULTILINE" not in ast.unparse(node):
                    found.append(f"{path}:{node.lineno}: {why}")
            if name in ("isdigit", "isnumeric"):
                found.append(
                    f"{path}:{node.lineno}: {name} is true of ² and of other scripts: say isascii and isdecimal"
                )
    assert [one for one in found if "camera/tags.py" not in one] == []  # whether a remark has any digit in it


def test_topics_and_addresses_are_whole(tmp_path: Path) -> None:
    box, meeting, user = "0" * 32, "f" * 32, topics.PAIR_USERS[-1]
    assert topics.mailbox_of(topics.up(box)) == box
    assert topics.rendezvous_of(topics.pair_up(meeting)) == meeting
    with make_hub(tmp_path) as folder:
        rights = Rights(folder.registry, Login())
        assert rights.may_use(user, topics.pair_up(meeting), Action.WRITE)
        assert rights.may_use(user, topics.pair_down(meeting), Action.READ)
        for end in ("\n", "\0", "/"):
            assert topics.mailbox_of(topics.up(box) + end) is None
            assert topics.rendezvous_of(topics.pair_up(meeting) + end) is None
            assert not rights.may_use(user, topics.pair_up(meeting) + end, Action.WRITE)
            assert not rights.may_use(user, topics.pair_down(meeting) + end, Action.READ)
    for text in ("aa:bb:cc:dd:ee:ff\n", "aa:bb:cc:dd:ee:0٠"):
        with pytest.raises(ValueError, match="six octets"):
            bssid_octets(text)


@pytest.mark.parametrize("day", ["2026-05-09\n", "٢٠٢٦-٠٥-٠٩", "２０２６-05-09"])
def test_days_are_of_plain_digits(day: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"day": day}, Survey)


def test_the_published_schemas_say_the_same_to_other_peoples_validators() -> None:
    """In ECMA's dialect, which has no \\Z and whose `$` is the end of the text."""
    published = {
        text
        for path in FOLDER.glob("*.json")
        for text in re.findall(r'"pattern": "(.*)"', path.read_text(encoding="utf-8"))
    }
    assert published
    for pattern in published:
        assert pattern.startswith("^")
        assert pattern.endswith("$")
        assert not re.search(r"\\[^/]", pattern), "no escape means the same in every dialect"
    wanted = {pattern.removesuffix("\\Z") + "$" for pattern in type_patterns()}
    assert published <= wanted
    schema = {"type": "string", "pattern": next(iter(published))}
    jsonschema.Draft202012Validator.check_schema(schema)
