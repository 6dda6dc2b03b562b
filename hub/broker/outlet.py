"""What amqtt writes to one client, bounded: who does not take what it asked for is cut off, and may come again."""

import asyncio
import ssl

from amqtt.adapters import WriterAdapter

from hub.broker.packets import Kind, number_of_publish

SLOW_BYTES = 1 << 20


class Outlet(WriterAdapter):  # type: ignore[misc]  # amqtt has no types
    """amqtt's writer for a client. `patient` is for the hub, which is never cut off: the guard takes no more messages
    than it has acknowledged."""

    def __init__(self, writer: asyncio.StreamWriter, *, patient: bool) -> None:
        self._writer, self._patient = writer, patient
        self._sizes: dict[int, int] = {}
        self.owed = 0  # octets that were sent and are not acknowledged

    def write(self, data: bytes) -> None:
        """Send a whole packet. The answer to the client's CONNECT was the guard's."""
        kind = data[0] >> 4
        if kind == Kind.CONNACK or self._writer.is_closing():
            return
        if kind == Kind.PUBLISH and (number := number_of_publish(data)) is not None:
            self.acknowledged(number)  # amqtt gave up waiting, and takes the number again
            self._sizes[number] = len(data)
            self.owed += len(data)
        self._writer.write(data)
        if not self._patient and self.owed + self._writer.transport.get_write_buffer_size() > SLOW_BYTES:
            self.abort()

    def acknowledged(self, number: int) -> bool:
        """Note that the client has a message; whether it was sent one with this number."""
        size = self._sizes.pop(number, None)
        self.owed -= size or 0
        return size is not None

    def abort(self) -> None:
        """Cut the client off."""
        self._writer.transport.abort()

    async def drain(self) -> None:
        """Waits for nobody: messages that wait for one client would pile up unseen in amqtt."""

    def get_peer_info(self) -> tuple[str, int] | None:
        """Whom it leads to, for amqtt's log."""
        return "guard", 0

    def get_ssl_info(self) -> ssl.SSLObject | None:
        """TLS is the guard's."""
        return None

    async def close(self) -> None:
        """Send what is left, then hang up."""
        self._writer.close()
