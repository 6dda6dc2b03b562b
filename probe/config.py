"""Where a probe keeps its things when nobody says otherwise."""

import os
from pathlib import Path

OWN_FOLDER = "contrechamp"


def default_outbox() -> Path:
    """`$CONTRECHAMP_OUTBOX`, else `contrechamp/outbox.db` in the user's data folder."""
    named = os.environ.get("CONTRECHAMP_OUTBOX")
    if named:
        return Path(named)
    data = os.environ.get("XDG_DATA_HOME")
    base = Path(data) if data else Path.home() / ".local" / "share"
    return base / OWN_FOLDER / "outbox.db"
