"""paho's client, with an end to how long a message may be: paho itself takes 256 MB from any broker, into memory."""

from paho.mqtt.client import Client

from probe.contract.parcel import MAX_PARCEL_BYTES

MAX_MESSAGE_BYTES = MAX_PARCEL_BYTES + 1024  # what a hub's own broker passes on


class BoundedClient(Client):
    """A client that hangs up on a broker that announces a longer message, and connects again later."""

    def _sock_recv(self, bufsize: int) -> bytes:
        """As paho reads: what is left of a message, all at once, so `bufsize` is its length at first."""
        if bufsize > MAX_MESSAGE_BYTES:
            raise ConnectionError("a message that is longer than any of a hub's")
        return super()._sock_recv(bufsize)
