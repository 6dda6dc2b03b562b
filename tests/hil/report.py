"""What a bench saw: a table for people, one flat object for machines. A virtual pass never counts as hardware's."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.hil.bench import Bench

FIGURES = "figures"  # what reports carry
WITHOUT = "without."  # parts of the bench that could not be built, and why


def about(bench: Bench, *, ready_s: float) -> dict[str, int | float | str]:
    """The figures of a bench itself."""
    told = {"name": bench.name, "kind": bench.kind, "ready_s": round(ready_s, 1), **bench.told}
    return {f"bench.{name}": value for name, value in told.items()} | {
        f"{WITHOUT}{part}": why for part, why in bench.missing.items()
    }


@dataclass(slots=True)
class Result:
    """How one test ended, and why where it was skipped."""

    outcome: str
    seconds: float
    why: str | None = None


@dataclass
class Report:
    """Collects results and figures over a run, also where several workers share it: each report carries its figures."""

    figures: dict[str, int | float | str] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    began_s: float = field(default_factory=time.monotonic)

    def note(self, report: pytest.TestReport) -> None:
        """A test's setup, call or end."""
        for name, value in report.user_properties:
            if name == FIGURES and isinstance(value, dict):
                self.figures |= value
        if report.when == "setup" and report.outcome == "passed":
            self.results[report.nodeid] = Result("passed", report.duration)
            return
        known = self.results.get(report.nodeid)
        seconds = report.duration + (known.seconds if known is not None else 0.0)
        why = report.longrepr[2] if report.skipped and isinstance(report.longrepr, tuple) else None
        if report.outcome != "passed" or known is None:
            self.results[report.nodeid] = Result(report.outcome, seconds, why)
        else:
            known.seconds = seconds

    def write(self, path: Path, terminal: Any) -> None:
        """The table, and the file. Nothing where no test of the bench ran."""
        if not self.results:
            return
        kind = str(self.figures.get("bench.kind", "virtual"))
        self._count(kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.figures, indent=1, sort_keys=True) + "\n")
        terminal.section(f"bench: {self.figures.get('bench.name', 'none')}")
        other = {"hardware": "virtual: see CI"}.get(kind, "hardware: not yet run")
        for node, result in self.results.items():
            seen = result.outcome if result.why is None else result.why.replace("Skipped: ", "skipped: ")
            terminal.write_line(f"{capability(node):<96.96} {kind}: {seen}, {result.seconds:.0f} s; {other}")
        for name in sorted(self.figures):
            if not name.startswith((f"{kind}.", WITHOUT)):
                terminal.write_line(f"  {name} = {self.figures[name]}")
        for name in sorted(self.figures):
            if name.startswith(WITHOUT):
                terminal.write_line(f"without {name.removeprefix(WITHOUT)}: {self.figures[name]}")

    def _count(self, kind: str) -> None:
        for outcome in ("passed", "failed", "skipped"):
            self.figures[outcome] = sum(result.outcome == outcome for result in self.results.values())
        self.figures["suite_s"] = round(time.monotonic() - self.began_s, 1)
        self.figures["tests_s"] = round(sum(result.seconds for result in self.results.values()), 1)
        for node, result in self.results.items():
            self.figures[f"{kind}.{capability(node).replace(': ', '.').replace(' ', '_')}"] = result.outcome


def capability(node: str) -> str:
    """A test's name as words: `radio: another channel is not heard`."""
    return node.rsplit("/", maxsplit=1)[-1].removeprefix("test_").replace(".py::test_", ": ").replace("_", " ")
