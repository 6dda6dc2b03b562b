"""MQTT packets as the guard reads them: any octets give a value or `Malformed`, and nothing else."""

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.broker import packets
from hub.broker.packets import Connect, Malformed, Publish
from tests.hub.broker import wire

Decode = Callable[[int, bytes], object]
DECODERS: tuple[Decode, ...] = (
    packets.decode_connect,
    packets.decode_publish,
    packets.decode_subscribe,
    packets.decode_puback,
)
WHOLE: dict[Decode, tuple[int, bytes]] = {
    packets.decode_connect: (0, wire.connect("user", "pass", "client", will=("t", b"w"))[2:]),
    packets.decode_publish: (2, wire.publish("a/b", b"said", number=7)[2:]),
    packets.decode_subscribe: (2, wire.subscribe("a/b", number=7)[2:]),
    packets.decode_puback: (0, b"\x00\x07"),
}


@given(st.sampled_from(DECODERS), st.integers(0, 15), st.binary(max_size=80))
def test_any_octets_are_a_value_or_malformed(decode: Decode, flags: int, body: bytes) -> None:
    with contextlib.suppress(Malformed):
        decode(flags, body)


@pytest.mark.parametrize("decode", DECODERS, ids=lambda decode: decode.__name__)
def test_what_is_cut_anywhere_is_malformed_or_shorter(decode: Decode) -> None:
    flags, body = WHOLE[decode]
    whole = decode(flags, body)
    for end in range(len(body)):
        with contextlib.suppress(Malformed):
            assert decode(flags, body[:end]) != whole


def test_what_is_said_is_read() -> None:
    said = wire.connect("us\u00e9r", "p\u00e4ss", "me", will=("t", b"w"), keep_alive_s=30)
    read = Connect(client="me", user="us\u00e9r", password="p\u00e4ss", will=True, keep_alive_s=30)
    assert packets.decode_connect(0, said[2:]) == read
    message = Publish(topic="a/b", payload=b"said", retain=True, number=9)
    assert packets.decode_publish(3, wire.publish("a/b", b"said", number=9)[2:]) == message
    assert packets.decode_subscribe(2, wire.subscribe("a/#", number=9, qos=2)[2:]) == (9, [("a/#", 2)])
    for size in (0, 1, 122, 123, 16_379, 16_380, 70_000):
        assert packets.number_of_publish(wire.publish("a/b", b"x" * size, number=513)) == 513
        assert packets.number_of_publish(wire.publish("a/b", b"x" * size, qos=0)) is None


@pytest.mark.parametrize(
    ("decode", "flags", "body"),
    [
        (packets.decode_connect, 1, WHOLE[packets.decode_connect][1]),
        (packets.decode_connect, 0, WHOLE[packets.decode_connect][1] + b"x"),
        (packets.decode_connect, 0, wire.text("MQTT") + b"\x04\x43\x00\x00\x00\x00\x00\x01x"),  # a password of nobody's
        (
            packets.decode_connect,
            0,
            wire.text("MQTT") + b"\x04\x22\x00\x00\x00\x00",
        ),  # retains a will that is not there
        (packets.decode_publish, 4, WHOLE[packets.decode_publish][1]),  # QoS 2
        (packets.decode_publish, 0, wire.text("a/+/b")),
        (packets.decode_publish, 0, wire.text("")),
        (packets.decode_publish, 0, wire.text(b"a\x00b")),
        (packets.decode_publish, 0, wire.text(b"\xff")),
        (packets.decode_publish, 2, wire.text("a") + b"\x00\x00"),  # the number 0
        (packets.decode_subscribe, 0, WHOLE[packets.decode_subscribe][1]),
        (packets.decode_subscribe, 2, b"\x00\x01"),
        (packets.decode_subscribe, 2, b"\x00\x01" + wire.text("a") + b"\x03"),
        (packets.decode_subscribe, 2, b"\x00\x01" + wire.text("a" * 300) + b"\x01"),
        (packets.decode_puback, 0, b"\x00"),
        (packets.decode_puback, 2, b"\x00\x01"),
    ],
)
def test_what_mqtt_forbids_is_malformed(decode: Decode, flags: int, body: bytes) -> None:
    with pytest.raises(Malformed):
        decode(flags, body)
