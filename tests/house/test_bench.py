"""What of the bench can be looked at without one: its files, its words, its controls, its sky."""

import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from probe.position.epoch import Sentences
from probe.position.sentence import NmeaCounts
from tests.hil.arm64.machine import GuestRun, follow
from tests.hil.description import Description, described
from tests.hil.drivers import nmea
from tests.hil.drivers.cables import switched
from tests.hil.protocols import Absent
from tests.hil.report import Report, capability

HIL = Path(__file__).parents[1] / "hil"


@pytest.mark.parametrize("path", sorted((HIL / "benches").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_files_of_benches_describe_some(path: Path) -> None:
    assert described(path).kind in ("virtual", "hardware")


def test_the_example_shows_everything_that_a_bench_can_have() -> None:
    example = described(HIL / "benches" / "pi-example.yaml")
    assert all(getattr(example, each.name) is not None for each in msgspec.structs.fields(Description))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x", "missing required field"),
        ("name: x\nkind: real\nmachine: {driver: qemu}", "Invalid enum value 'real' - at `$.kind`"),
        ("name: x\nkind: virtual\nmachine: {driver: qemu}\nlaser: {}", "unknown field `laser`"),
        ("name: x\nkind: virtual\nmachine: {driver: qemu}\npower: {'on': a, 'off': b, no: c}", "at"),
        ("name: x\nkind: hardware\nmachine: {driver: ssh, host: a}", "missing required field `python`"),
        ("name: [", "see tests/hil/benches"),
        ("\xff", "see tests/hil/benches"),
    ],
)
def test_a_file_that_describes_no_bench_is_refused_in_a_sentence(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "bench.yaml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(Absent, match=re.escape(said)):
        described(path)


def test_a_bench_that_is_not_there_is_said_to_be() -> None:
    with pytest.raises(Absent, match="No such file"):
        described(HIL / "benches" / "none.yaml")


def test_every_defence_that_can_be_taken_out_has_its_control() -> None:
    defences = set(re.findall(r"^def (\w+)\(\) -> None:", (HIL / "stimuli" / "without.py").read_text(), re.MULTILINE))
    tests = "".join(path.read_text() for path in HIL.glob("test_*.py"))
    unused = {name for name in defences if f'"{name}"' not in tests and f'"without={name}"' not in tests}
    assert not unused
    assert len(defences) > 10


def test_commands_turn_a_switch(tmp_path: Path) -> None:
    there = tmp_path / "on"
    turn = switched(f"touch {there}", f"rm {there}")
    assert turn is not None
    turn(True)
    assert there.exists()
    turn(False)
    assert not there.exists()
    assert switched(None, "true") is None


def test_the_probe_reads_what_the_benchs_sky_says() -> None:
    counts = NmeaCounts()
    sentences, at = Sentences(counts), datetime(2026, 5, 9, 10, 30, 15, tzinfo=UTC)

    def read(said: bytes) -> list[object]:
        return [sentences.take(line) for line in said.splitlines()]

    first, second = read(nmea.fix(at, -47.5, 179.25))
    fix = first or second
    assert fix is not None
    assert (fix.at_s, round(fix.lat, 6), round(fix.lon, 6)) == (at.timestamp(), -47.5, 179.25)  # type: ignore[attr-defined]
    assert read(nmea.no_fix(at)) == read(nmea.no_fix()) == [None, None]
    assert read(nmea.leap_second(at, 47.0, 8.0)) == [None]
    assert counts.bad == 0


@dataclass
class Lines:
    """A terminal."""

    said: list[str] = field(default_factory=list)

    def section(self, title: str) -> None:
        self.said.append(title)

    def write_line(self, line: str) -> None:
        self.said.append(line)


def _test(name: str, outcome: str, why: str | None = None) -> list[pytest.TestReport]:
    where, longrepr = ("tests/hil/test_x.py", 1, ""), None if why is None else ("", 1, f"Skipped: {why}")
    first = "skipped" if why is not None else "passed"
    reports = [pytest.TestReport(name, where, {}, first, longrepr, "setup", duration=1.0)]  # type: ignore[arg-type]
    if why is None:
        reports.append(pytest.TestReport(name, where, {}, outcome, None, "call", duration=2.0))  # type: ignore[arg-type]
    return reports


def test_a_virtual_pass_never_counts_as_one_on_hardware(tmp_path: Path) -> None:
    report, terminal = Report(), Lines()
    for one in (
        *_test("tests/hil/test_radio.py::test_a_b", "passed"),
        *_test("tests/hil/test_radio.py::test_c", "failed"),
        *_test("tests/hil/test_radio.py::test_d", "skipped", "no power"),
    ):
        report.note(one)
    report.figures |= {"passive.frames_sent": 0, "without.vimc": "no compiler"}
    report.write(tmp_path / "build" / "hil.json", terminal)
    written = msgspec.json.decode((tmp_path / "build" / "hil.json").read_bytes(), type=dict[str, int | float | str])
    assert (written["passed"], written["failed"], written["skipped"], written["tests_s"]) == (1, 1, 1, 7.0)
    assert written["virtual.radio.a_b"] == "passed"
    assert not any(name.startswith("hardware") for name in written)
    said = "\n".join(terminal.said)
    assert "virtual: skipped: no power" in said
    assert said.endswith("without vimc: no compiler")
    assert said.count("hardware: not yet run") == 3
    assert capability("tests/hil/test_radio.py::test_a_b[x]") == "radio: a b[x]"


def followed(program: str, silent_cpu_s: float) -> tuple[GuestRun, int]:
    """What a program said that stands for a machine, and how it ended."""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    guest_run = GuestRun()
    follow(process, guest_run, time.monotonic(), silent_cpu_s)
    return guest_run, process.wait()


def test_a_machine_that_computes_and_says_nothing_is_ended() -> None:
    guest_run, code = followed("print('@up', flush=True)\nwhile True: pass", 0.5)
    assert (guest_run.whole, code) == (False, -9)


def test_a_machine_that_goes_on_saying_something_is_listened_to() -> None:
    """However long it takes by the clock, and much more processor time in all than it may have between two lines."""
    program = "import time\nfor n in range(6):\n  print(n, flush=True)\n  while time.process_time() < n * 0.5: pass\n"
    guest_run, code = followed(program + "print('@done', flush=True)", 1.5)
    assert (guest_run.whole, code) == (True, 0)
