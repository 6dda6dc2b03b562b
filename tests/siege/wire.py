"""MQTT 3.1.1 packets, made by hand: what no library would send."""


def varint(number: int) -> bytes:
    """A remaining length as it travels."""
    octets = bytearray()
    while True:
        number, octet = divmod(number, 128)
        octets.append(octet | (0x80 if number else 0))
        if not number:
            return bytes(octets)


def text(value: str | bytes) -> bytes:
    """A string with its length before it."""
    octets = value.encode() if isinstance(value, str) else value
    return len(octets).to_bytes(2, "big") + octets


def packet(first: int, body: bytes) -> bytes:
    """A packet with its header."""
    return bytes([first]) + varint(len(body)) + body


def connect(
    *,
    user: str | None = None,
    password: str | None = None,
    client: str = "",
    will: tuple[str, bytes] | None = None,
    will_retain: bool = False,
    clean: bool = True,
    keepalive_s: int = 60,
) -> bytes:
    """A CONNECT."""
    flags = (0x02 if clean else 0) | (0x80 if user is not None else 0) | (0x40 if password is not None else 0)
    body = text(client)
    if will is not None:
        flags |= 0x04 | 0x08 | (0x20 if will_retain else 0)
        body += text(will[0]) + text(will[1])
    body += text(user) if user is not None else b""
    body += text(password) if password is not None else b""
    return packet(0x10, text("MQTT") + bytes([4, flags]) + keepalive_s.to_bytes(2, "big") + body)


def publish(topic: str, payload: bytes, *, retain: bool = False, qos: int = 0, number: int = 1) -> bytes:
    """A PUBLISH."""
    identifier = number.to_bytes(2, "big") if qos else b""
    return packet(0x30 | (qos << 1) | int(retain), text(topic) + identifier + payload)


def subscribe(*filters: str, number: int = 1) -> bytes:
    """A SUBSCRIBE at QoS 1."""
    return packet(0x82, number.to_bytes(2, "big") + b"".join(text(one) + b"\x01" for one in filters))
