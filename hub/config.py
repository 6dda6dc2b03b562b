"""Where a hub keeps its things when nobody says otherwise."""

import os
from pathlib import Path

PORT = 8787
MQTT_PORT = 1883
MQTTS_PORT = 8883
HOST = "127.0.0.1"
SPARE_ACCOUNTS = 50  # made in advance for a broker of the operator's, so that its files need not be written each time


def default_data() -> Path:
    """`$CONTRECHAMP_DATA`, else `contrechamp/hub` in the user's data folder."""
    named = os.environ.get("CONTRECHAMP_DATA")
    if named:
        return Path(named)
    data = os.environ.get("XDG_DATA_HOME")
    base = Path(data) if data else Path.home() / ".local" / "share"
    return base / "contrechamp" / "hub"
