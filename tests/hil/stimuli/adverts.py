"""A Bluetooth adapter, hci0, and a device in the air that advertises a name. Runs where the probe is.

adverts.py NAME ADDRESS    until its input ends; then says how it was scanned: active or passive
"""

import asyncio
import sys

from bumble.controller import Controller
from bumble.core import AdvertisingData
from bumble.device import Device
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport import open_transport
from bumble.transport.common import AsyncPipeSink


async def speak(name: str, address: str) -> None:
    link = LocalLink()
    async with await open_transport("vhci") as hci:
        adapter = Controller(
            "adapter", public_address="00:AA:01:00:00:23", host_source=hci.source, host_sink=hci.sink, link=link
        )
        other = Controller("device", link=link)
        device = Device(name, address=address, host=Host(other, AsyncPipeSink(other)))
        device.advertising_data = bytes(AdvertisingData([(AdvertisingData.COMPLETE_LOCAL_NAME, name.encode())]))
        await device.power_on()
        await device.start_advertising(auto_restart=True)
        print("ready", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        print("active" if adapter.le_scan_type else "passive", flush=True)


if __name__ == "__main__":
    asyncio.run(speak(*sys.argv[1:3]))
