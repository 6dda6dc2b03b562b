"""The cameras as they were saved last: for commands that have no time to derive them."""

import msgspec

from hub.publish.view import CameraDetail
from hub.store.store import Store

_decoder = msgspec.json.Decoder(CameraDetail)


def saved_cameras(store: Store) -> list[CameraDetail]:
    """The cameras that the map of this hub shows, as it last derived them; what another version has saved otherwise is
    left out. Raises StoreError."""
    found = []
    for body in store.cameras().values():
        try:
            found.append(_decoder.decode(body))
        except msgspec.MsgspecError:
            continue
    return found
