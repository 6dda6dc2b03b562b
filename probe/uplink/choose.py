"""From what a person writes after --to, to a way to a hub."""

from pathlib import Path

from probe.contract.address import BrokerAddress
from probe.contract.base import ContractError
from probe.errors import BadInput
from probe.uplink.folder import FolderUplink
from probe.uplink.uplink import Uplink


def uplink_to(to: str, patience_s: float, bytes_per_s: float | None = None) -> Uplink:
    """The uplink for `mqtt://…`, `mqtts://…` or `folder:DIR`. Raises BadInput for anything else."""
    from probe.uplink.mqtt import MqttUplink

    if to.startswith("folder:"):
        return FolderUplink(folder_of(to))
    return MqttUplink(broker_of(to), patience_s=patience_s, bytes_per_s=bytes_per_s)


def folder_of(to: str) -> Path:
    """The folder in `folder:DIR`. Raises BadInput."""
    if not to.removeprefix("folder:"):
        raise BadInput("folder: lacks the folder's name; write folder:DIR")
    return Path(to.removeprefix("folder:"))


def broker_of(to: str, what: str = "--to") -> BrokerAddress:
    """The broker in a URL, which stands in `what`. Raises BadInput."""
    try:
        return BrokerAddress.parse(to)
    except ContractError as problem:
        raise BadInput(f"{what}: {problem}") from problem
