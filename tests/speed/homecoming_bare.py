"""The bare loop's end as a process of its own: see `homecoming`."""

import sys
from pathlib import Path

from tests.speed.homecoming import bare_hub

if __name__ == "__main__":
    bare_hub(Path(sys.argv[1]), sys.argv[2])
