"""What the tests' own patience does on a slow machine."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests import patience
from tests.patience import Patience, finished, ran, slowness
from tests.processes import until

ROOT = Path(__file__).parents[1]


@pytest.fixture
def very_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "slowness", lambda: 10_000.0)


@pytest.fixture
def as_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "slowness", lambda: 1.0)


def test_a_machine_is_never_faster_than_usual() -> None:
    assert 1.0 <= slowness() <= patience.MOST


def test_a_slow_machine_is_waited_for(very_slow: None) -> None:
    waiting = Patience(0.05)
    asked = iter(range(1_000_000))
    until(lambda: next(asked) >= 5, "the fifth time", 0.05)  # takes twice the time
    assert not waiting.over()


def test_in_the_end_it_is_over(as_usual: None) -> None:
    with pytest.raises(pytest.fail.Exception, match="in vain for what never comes"):
        until(lambda: False, "what never comes", 0.05)


def test_a_slow_program_is_waited_for(very_slow: None) -> None:
    done = ran([sys.executable, "-c", "import time; time.sleep(0.3); print('done')"], 0.2)
    assert (done.returncode, done.stdout) == (0, "done\n")


def test_a_program_that_never_ends_is_ended(as_usual: None) -> None:
    command = [sys.executable, "-c", "import signal; print('here', flush=True); signal.pause()"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with pytest.raises(AssertionError, match="did not end"):
        finished(process, 0.3)
    assert process.returncode == -9


def test_what_is_said_to_a_slow_program_reaches_it(very_slow: None) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(0.4); print(input())"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert finished(process, 0.1, "hello\n") == ("hello\n", "")


def test_what_a_browser_waits_for_is_a_function() -> None:
    """Our pages forbid `eval`: an expression that is not true at once fails when it is looked at again."""
    for path in sorted(ROOT.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "wait_for_function":
                said = ast.unparse(call.args[0])
                function = "=>" in said or isinstance(call.args[0], ast.Name)  # a name was given one elsewhere
                assert function, f"{path.relative_to(ROOT)}:{call.lineno} waits for an expression: {said}"
