"""From what a person writes after --to, to a way to a hub."""

from pathlib import Path

from probe.contract.address import BrokerAddress
from probe.contract.envelope import ContractError
from probe.errors import BadInput
from probe.uplink.uplink import Uplink


def uplink_to(to: str, patience_s: float) -> Uplink:
    """The uplink for `mqtt://…`, `mqtts://…` or `folder:DIR`. Raises BadInput for anything else."""
    from probe.uplink.folder import FolderUplink
    from probe.uplink.mqtt import MqttUplink

    if to.startswith("folder:"):
        if not to.removeprefix("folder:"):
            raise BadInput("--to folder: lacks the folder's name; write folder:DIR")
        return FolderUplink(Path(to.removeprefix("folder:")))
    try:
        address = BrokerAddress.parse(to)
    except ContractError as problem:
        raise BadInput(f"--to: {problem}") from problem
    return MqttUplink(address, patience_s=patience_s)
