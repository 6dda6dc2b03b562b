"""The cheapest one-to-one choice, as SciPy solves it, without the rest of its optimisation.

`scipy.optimize` brings 50 MB of solvers along; the choice needs one, which has a file of its own. A hub holds what it
has loaded for as long as it runs, and a small one has 512 MB for all that it does.
"""

from functools import cache
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from typing import Any


def cheapest(matrix: Any) -> list[tuple[int, int]]:
    """Each row of a cost matrix (NumPy, no more rows than columns) with the column chosen for it, so that the sum of
    the costs is the least."""
    rows, columns = _linear_sum_assignment()(matrix)
    return list(zip(rows.tolist(), columns.tolist(), strict=True))


@cache
def _linear_sum_assignment() -> Any:
    """SciPy's. Where a version of it keeps this elsewhere, the same by its public name, at the price of the memory."""
    import scipy

    spec = PathFinder.find_spec("_lsap", [f"{folder}/optimize" for folder in scipy.__path__])
    if spec is not None and spec.loader is not None:
        try:
            module = module_from_spec(spec)
            spec.loader.exec_module(module)
            return module.linear_sum_assignment
        except (ImportError, AttributeError):
            pass
    from scipy.optimize import linear_sum_assignment

    return linear_sum_assignment
