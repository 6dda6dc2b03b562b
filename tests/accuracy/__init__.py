"""`make accuracy`: which camera, and where: how near today's product comes, beside every baseline, in one run."""
