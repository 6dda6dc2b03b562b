"""`python -m hardware.site.shots build/kit/shots`: the pictures alone, to look at while pages are written."""

import sys
from pathlib import Path

from hardware.site.shots.make import make_shots

for path in make_shots(Path(sys.argv[1])):
    sys.stdout.write(f"{path}\n")
