"""`make accuracy`: which camera, and where: how near today's product comes, beside every baseline, in one run."""

import hub as hub  # before NumPy is loaded: it is to sum in one thread, as it does in a hub
