"""What cloud-init is told: start our own program once, and otherwise leave the card alone.

Raspberry Pi OS (trixie) reads `user-data`, `meta-data` and `network-config` from the card's boot partition. cloud-init
does little here, so that little can differ between its versions; `probe/card/files/first-boot.sh` does the rest. It is
started by `bootcmd`, which comes again at the next start where the power was cut in between.
"""

import json
from typing import Any

from probe.errors import BadInput

FOLDER = "/boot/firmware/contrechamp"
# All that we say. cloud-init's own schema lets unknown words at the top pass (22.4 does), so a slip would go unnoticed.
KEYS = frozenset(
    (
        "bootcmd",
        "growpart",
        "resize_rootfs",
        "package_update",
        "package_upgrade",
        "ssh_pwauth",
        "disable_root",
        "timezone",
    )
)
_HEAD = "#cloud-config\n# Written by contrechamp-probe card; firmware/pi/README.md says what becomes of it.\n"


def user_data() -> str:
    """The text of `user-data`: YAML, as JSON, which is YAML as well."""
    told: dict[str, Any] = {
        "bootcmd": [["sh", f"{FOLDER}/first-boot.sh"]],
        "growpart": {"mode": "off"},  # what is free becomes a part of its own
        "resize_rootfs": False,
        "package_update": False,
        "package_upgrade": False,
        "ssh_pwauth": False,
        "disable_root": True,
        "timezone": "Etc/UTC",
    }
    check_keys(told)
    return _HEAD + json.dumps(told, indent=2) + "\n"


def meta_data(instance: str) -> str:
    """The text of `meta-data`; another instance than the last lets cloud-init begin anew."""
    return json.dumps({"instance-id": instance}) + "\n"


def network_config() -> str:
    """The text of `network-config`: a cable may be plugged in, and nobody waits for one."""
    ethernet = {"match": {"name": "e*"}, "dhcp4": True, "optional": True}
    return json.dumps({"version": 2, "ethernets": {"cable": ethernet}}, indent=2) + "\n"


def check_keys(told: dict[str, Any]) -> None:
    """Raises BadInput where a word at the top is none of ours."""
    unknown = sorted(set(told) - KEYS)
    if unknown:
        raise BadInput(f"user-data: cloud-init does not know {', '.join(unknown)}")
