"""Sums are done in one thread: helpers that spin for small matrices took more of a machine than the merge itself."""

import os
import subprocess
import sys

import pytest

SUMMED = """
import os
import hub.merge.which.resolve
import numpy as np
matrix = np.random.default_rng(1).normal(size=(400, 400))
np.linalg.solve(matrix, matrix @ matrix)
print(len(os.listdir("/proc/self/task")))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="where threads are counted otherwise")
def test_the_merge_starts_no_helpers() -> None:
    around = {key: value for key, value in os.environ.items() if not key.endswith("_NUM_THREADS")}
    done = subprocess.run([sys.executable, "-c", SUMMED], env=around, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "1"), done.stderr[-2000:]
