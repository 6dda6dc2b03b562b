"""A shell on a bench: `python -m tests.hil.shell [BENCH.yaml]`. Powers it up as tests do, and stays until you leave.

With --hold it prints the command for a shell instead, and stays until its input ends.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.hil.bench import HERE
from tests.hil.description import described
from tests.hil.drivers.ssh import SshCommand
from tests.hil.hardware import hardware
from tests.hil.protocols import Absent
from tests.hil.virtual import virtual


def main(words: list[str]) -> None:
    hold, files = "--hold" in words, [word for word in words if not word.startswith("-")]
    try:
        description = described(Path(files[0]) if files else HERE / "benches" / "virtual.yaml")
        open_it = virtual if description.kind == "virtual" else hardware
        with tempfile.TemporaryDirectory(prefix="bench-") as folder, open_it(description, Path(folder)) as bench:
            assert isinstance(bench.command, SshCommand)
            if hold:
                print(bench.command.line(), flush=True)
                sys.stdin.read()
            else:
                subprocess.run([*bench.command.words, "-t", "exec sh -l"], check=False)
    except Absent as problem:
        print(problem, file=sys.stderr)
        raise SystemExit(2) from problem


if __name__ == "__main__":
    main(sys.argv[1:])
