"""The choice is SciPy's own, and takes no more of SciPy than it needs."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.merge import solver

LOADED = """
import sys
import numpy as np
from hub.merge.solver import cheapest
assert cheapest(np.array([[2.0, 1.0, 9.0], [1.0, 9.0, 9.0]])) == [(0, 1), (1, 0)]
print([name for name in ("scipy.optimize", "scipy.sparse", "scipy.linalg", "scipy.spatial") if name in sys.modules])
"""


def test_it_loads_the_one_solver_and_not_the_fifty_megabytes_beside_it() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr[-2000:]


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 1 << 32))
def test_it_chooses_as_scipy_does_by_its_public_name(rows: int, more: int, seed: int) -> None:
    from scipy.optimize import linear_sum_assignment

    matrix = np.random.default_rng(seed).integers(0, 9, (rows, rows + more)).astype(float)
    chosen, columns = linear_sum_assignment(matrix)
    assert solver.cheapest(matrix) == list(zip(chosen.tolist(), columns.tolist(), strict=True))


@pytest.mark.parametrize("damage", ["no such file", "not to be loaded", "without the function"])
def test_a_scipy_that_keeps_it_elsewhere_is_asked_by_the_public_name(
    monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    import scipy.optimize

    def unloadable(_spec: object) -> object:
        if damage == "not to be loaded":
            raise ImportError(damage)
        return object()

    class Loader:
        def exec_module(self, _module: object) -> None: ...

    class Spec:
        loader = Loader()

    found = None if damage == "no such file" else Spec()
    monkeypatch.setattr("hub.merge.solver.PathFinder.find_spec", lambda *_: found)
    monkeypatch.setattr("hub.merge.solver.module_from_spec", unloadable)
    assert solver._linear_sum_assignment.__wrapped__() is scipy.optimize.linear_sum_assignment
