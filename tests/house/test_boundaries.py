"""Who may import whom: the rooms of the house, read from the code."""

import ast
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.house.rooms import HUB

ROOT = Path(__file__).parents[2]
FILES = sorted(path for room in ("probe", "hub") for path in (ROOT / room).rglob("*.py"))
PURE = ("probe/detect", "hub/merge")
IMPURE = {
    "os",
    "sys",
    "io",
    "pathlib",
    "time",
    "socket",
    "subprocess",
    "threading",
    "asyncio",
    "random",
    "sqlite3",
    "logging",
}


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Each module that a file imports, with its line; of `from a import b` both `a` and `a.b`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def within(module: str, *rooms: str) -> bool:
    return any(module == room or module.startswith(room + ".") for room in rooms)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_keeps_to_its_room(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    for module, line in imports(path):
        where = f"{place}:{line} imports {module}"
        if place.startswith("probe/"):
            assert not within(module, "hub"), where
        elif within(module, "probe") and module not in ("probe", "probe.__version__"):
            assert within(module, "probe.contract", "probe.detect", "probe.redact"), where
        if place.startswith("probe/contract/"):
            top = module.split(".")[0]
            assert (
                top in sys.stdlib_module_names
                or top == "msgspec"
                or within(module, "probe.contract")
                or module == "probe"
            ), where
        if place.startswith(PURE):
            assert module.split(".")[0] not in IMPURE, where
        if place != "probe/radio/dissection.py":  # an optional extra, for makers at a desk
            assert not within(module, "scapy"), f"{where}: scapy costs a second and 40 MB on a Pi"
        assert not within(module, "tests"), where


def room_of(module: str, top: str) -> str | None:
    """The room of `probe` or `hub` that a module stands in: the first word after the house's."""
    house, _, rest = module.partition(".")
    return rest.split(".")[0] if house == top and rest else None


def upward(top: str, order: Sequence[str]) -> Iterator[str]:
    """Each import that runs back up, as file, line and module."""
    height = {name: floor for floor, name in enumerate(order)}
    for path in FILES:
        place = path.relative_to(ROOT).as_posix()
        here = room_of(place.removesuffix(".py").replace("/", "."), top)
        if here not in height:  # the house's own __init__ and __main__
            continue
        for module, line in imports(path):
            there = room_of(module, top)
            if there in height and height[there] > height[here]:
                yield f"{place}:{line} imports {module}, which stands above it"


def test_no_import_of_the_hub_runs_back_up() -> None:
    assert list(upward("hub", [room.name for room in HUB])) == []


def test_there_are_no_import_cycles() -> None:
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in FILES}
    graph = {name: {m for m, _ in imports(path) if m in names and m != name} for name, path in names.items()}
    done: set[str] = set()

    def walk(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join((*way, name))
        if name not in done:
            for other in sorted(graph[name]):
                walk(other, (*way, name))
            done.add(name)

    for name in sorted(graph):
        walk(name, ())


def test_files_and_functions_stay_small() -> None:
    for path in [*FILES, *sorted((ROOT / "tests").rglob("*.py"))]:
        text = path.read_text()
        assert text.count("\n") < 400, f"{path.relative_to(ROOT)} has {text.count(chr(10))} lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                assert node.end_lineno - node.lineno < 60, (
                    f"{path.relative_to(ROOT)}:{node.lineno} {node.name} is too long"
                )
