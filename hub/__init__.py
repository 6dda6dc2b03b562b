"""The hub: where an operator gathers the sightings of many walks into one map of cameras."""

import os

# Before NumPy is loaded. The merge's matrices are small: threads that wait for each other cost twenty times the sums,
# more so where the machine is busy, and the order of a sum is to be the same on every machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
