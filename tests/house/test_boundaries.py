"""Who may import whom: the rooms of the house, read from the code."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.rooms import HARDWARE, HUB, PROBE

ROOT = Path(__file__).parents[2]
FILES = sorted(path for room in ("probe", "hub", "hardware") for path in (ROOT / room).rglob("*.py"))
PURE = ("probe/detect", "hub/merge", "hub/review")
# The rooms of a house from the ground up. A room may use those that stand before it in its list, and no other.
ORDER = {
    house: [*(room.name for room in rooms), "__main__"]
    for house, rooms in (("probe", PROBE), ("hub", HUB), ("hardware", HARDWARE))
}
# What may lie loose at the root of a house; all else has a room.
LOOSE = {
    "probe": {"__init__", "__main__", "config", "errors", "service"},
    "hub": {"__init__", "__main__", "backup", "config", "data", "errors", "move", "service"},
    "hardware": {"__init__", "build"},
}
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
            assert not within(module, "hub", "hardware"), where
        elif place.startswith("hardware/"):  # a kit is of the probe
            assert not within(module, "hub"), where
        elif within(module, "probe") and module not in ("probe", "probe.__version__"):
            assert within(module, "probe.contract", "probe.detect", "probe.files", "probe.redact"), where
        if place.startswith("probe/contract/"):
            top = module.split(".")[0]
            assert (
                top in sys.stdlib_module_names
                or top == "msgspec"
                or within(module, "probe.contract")
                or module == "probe"
            ), where
        if place.startswith("probe/files/"):  # for both, so it rests on neither
            assert module.split(".")[0] in sys.stdlib_module_names, where
        if place.startswith(PURE):
            assert module.split(".")[0] not in IMPURE, where
        if place != "probe/radio/dissection.py":  # an optional extra, for makers at a desk
            assert not within(module, "scapy"), f"{where}: scapy costs a second and 40 MB on a Pi"
        assert not within(module, "tests"), where


def backwards(place: str, imported: list[tuple[str, int]]) -> list[str]:
    """The imports of a file that run back up, each with its line; `place` is the file's path in the project."""
    house, *way = place.removesuffix(".py").split("/")
    order, room = ORDER[house], way[0]
    if room == "__init__":
        return [f"{place}:{line} imports {module}" for module, line in imported if within(module, house)]
    assert room in order, f"{place}: {room} has no place in the order of the rooms of {house}"
    wrong = []
    for module, line in imported:
        other = module.split(".")[1] if module.startswith(f"{house}.") else ""
        if other in order and order.index(other) > order.index(room):
            wrong.append(f"{place}:{line} imports {module}, but {room} stands below {other}")
    return wrong


def test_no_import_runs_back_up() -> None:
    wrong = []
    for path in FILES:
        place = path.relative_to(ROOT).as_posix()
        if place.split("/")[0] in ORDER:
            wrong += backwards(place, list(imports(path)))
    assert not wrong, "\n".join(wrong)


def test_an_import_that_runs_back_up_is_found_and_named() -> None:
    assert backwards("probe/uplink/folder.py", [("probe.outbox.outbox", 3), ("probe.pairing.folder", 4)]) == [
        "probe/uplink/folder.py:4 imports probe.pairing.folder, but uplink stands below pairing"
    ]
    with pytest.raises(AssertionError, match="no place in the order"):
        backwards("probe/utils/text.py", [])


@pytest.mark.parametrize("house", LOOSE)
def test_nothing_lies_loose_at_the_root_of_a_house(house: str) -> None:
    loose = {path.stem for path in FILES if path.parent == ROOT / house} - LOOSE[house]
    assert not loose, f"{house}/: {', '.join(sorted(loose))} should be in a room"


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
