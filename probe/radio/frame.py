"""What a source gives: frames and adverts with an identity, and the stretches of listening between them."""

from typing import NamedTuple

# A signal by its octet, in dBm. Receivers measure less than a milliwatt; 0, 127 and -128 are how drivers say that they
# do not know, and what lies above 0 is a number of another kind.
DBM: tuple[int | None, ...] = tuple(octet - 256 if octet > 128 else None for octet in range(256))


class Memory(NamedTuple):
    """How a frame is recognised: by who sent it and what it says, both as hashes keyed when the process started.

    From octet `a` to `b` and from `c` to `d` its elements change from frame to frame, and no rule looks at that: these
    stretches are not in the hash.
    """

    sender: int
    content: int
    a: int = 0
    b: int = 0
    c: int = 0
    d: int = 0


class Frame(NamedTuple):
    """A management frame that says who sends it. A NamedTuple, because it is made often.

    `captured_at_s` Unix seconds; `transmitter` and `bssid` six octets; `subtype` 0 to 15 of type management;
    `ssid` the octets of the name, b"" where hidden, None where the frame has no such element; `times` how often it was
    heard since it was last reported (a board counts repeats by itself).
    """

    captured_at_s: float
    transmitter: bytes
    bssid: bytes
    subtype: int
    ssid: bytes | None
    signal_dbm: int | None
    channel_mhz: int | None
    elements: bytes
    memory: Memory | None = None
    times: int = 1


class Advert(NamedTuple):
    """A Bluetooth LE advertisement. `public` is whether the address was given by a maker; `data` its AD structures."""

    captured_at_s: float
    transmitter: bytes
    public: bool
    signal_dbm: int | None
    data: bytes
    memory: Memory | None = None
    times: int = 1
    channel_mhz: int | None = None
    ssid: bytes | None = None


class Repeat(NamedTuple):
    """A repeat of something heard before, known by its memory alone: a board sends each frame in full only once."""

    captured_at_s: float
    memory: Memory
    signal_dbm: int | None
    channel_mhz: int | None
    times: int


class Dwell(NamedTuple):
    """A stretch of listening that has just ended: on which channel, how long, how much was heard and known to be lost.

    `channel_mhz` None where the source does not say; Bluetooth's three advertising channels count as 2402.
    """

    ended_at_s: float
    channel_mhz: int | None
    seconds: float
    frames: int
    drops: int = 0


Event = Frame | Advert | Repeat | Dwell
