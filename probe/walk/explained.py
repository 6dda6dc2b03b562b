"""Frames of a recording, chosen and explained one by one: for makers at a desk, never on a walk."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from probe.contract.base import bssid_text
from probe.detect.reasons import Explainer, Reasons
from probe.detect.registry import Recogniser
from probe.errors import BadInput
from probe.radio import pcap, pcapng
from probe.radio.board import Board, ReadOnlyPort, recorded_lines
from probe.radio.capture import file_header, no_wifi, opened
from probe.radio.dissection import Dissect
from probe.radio.dot11 import Reader
from probe.radio.elements import ssid_text
from probe.radio.frame import Advert, Frame
from probe.radio.link import BLUETOOTH, read_heard
from probe.radio.links import BARE, carries_wifi, name_of, reading
from probe.radio.moments import is_moment
from probe.radio.pcapng import Truncated
from probe.radio.source import CaptureCounts
from probe.radio.transmission import transmission_of
from probe.walk.recorded import holds_lines

MOST = 200  # explanations in one answer
_MOST_TRANSMITTERS = 100_000
_KINDS = {0: "association request", 2: "reassociation request", 4: "probe request", 5: "probe response", 8: "beacon"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A packet of a capture, or a line of a board: its number in the file, from 1, and what was made of it.

    `event` is None where nothing in it says who sends it; `remark` says why, or what is odd about it. `octets` are the
    packet's, of link type `link` (None where scapy has no name for it).
    """

    number: int
    at_s: float | None
    event: Frame | Advert | None
    remark: str | None
    octets: bytes
    link: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A packet and why it is, or is not, a camera. `reasons` is None where no rule was asked."""

    heard: Heard
    reasons: Reasons | None
    dissection: tuple[str, ...]

    @property
    def what(self) -> str:
        """What kind of packet it is."""
        event = self.heard.event
        if isinstance(event, Advert):
            return "Bluetooth advertisement"
        return "packet" if event is None else _KINDS[event.subtype]

    @property
    def transmitter(self) -> str | None:
        return None if self.heard.event is None else bssid_text(self.heard.event.transmitter)

    @property
    def name(self) -> str | None:
        """The network name, "" where it is hidden, None where there is none."""
        event = self.heard.event
        return None if event is None or event.ssid is None else ssid_text(event.ssid)


@dataclass(slots=True)
class ExplainCounts:
    """What was read: `said` of the packets say who sends them; `left_out` were chosen but were too many."""

    packets: int = 0
    said: int = 0
    left_out: int = 0
    truncated_at: int | None = None


def explain(
    path: Path,
    counts: ExplainCounts,
    *,
    number: int | None = None,
    every: bool = False,
    dissect: Dissect | None = None,
    most: int = MOST,
) -> Iterator[Explained]:
    """The explanations: of the packet with a number; of every one that says who sends it; else of each transmitter's
    first one, and its first one that is found.

    Raises BadInput where the file is no recording of frames, or has no packet with that number.
    """
    explainer, recogniser = Explainer(), Recogniser()
    seen: set[tuple[bytes, bool]] = set()
    given, found = 0, False
    try:
        for heard in _heard(path):
            counts.packets += 1
            event = heard.event
            counts.said += event is not None
            if number is not None:
                wanted = found = heard.number == number
            else:
                wanted = event is not None and (every or _is_new(event, recogniser, seen))
            if wanted and given >= most:
                counts.left_out += 1
            elif wanted:
                given += 1
                yield _explained(heard, explainer, dissect)
            if found:
                return
    except Truncated as cut:
        counts.truncated_at = cut.at
    if number is not None:
        raise BadInput(f"{path}: has no packet {number}; it holds {counts.packets}, counted from 1")


def _is_new(event: Frame | Advert, recogniser: Recogniser, seen: set[tuple[bytes, bool]]) -> bool:
    """Whether it is a transmitter's first, or the first that a rule finds. What is found counts as heard, too."""
    if (event.transmitter, True) in seen:
        return False
    found = recogniser.examine(transmission_of(event)) is not None
    if (event.transmitter, found) in seen or len(seen) >= _MOST_TRANSMITTERS:
        return False
    seen.add((event.transmitter, found))
    return True


def _explained(heard: Heard, explainer: Explainer, dissect: Dissect | None) -> Explained:
    event = heard.event
    glance = (event.transmitter, event.ssid, event.elements) if isinstance(event, Frame) else None
    return Explained(
        heard=heard,
        reasons=None if event is None else explainer.reasons(transmission_of(event), glance),
        dissection=() if dissect is None or heard.link is None else tuple(dissect(heard.link, heard.octets)),
    )


def _heard(path: Path) -> Iterator[Heard]:
    return _lines(path) if holds_lines(path) else _packets(path)


def _packets(path: Path) -> Iterator[Heard]:
    """Every packet of a capture. Raises Truncated at the cut."""
    with opened(path) as stream:
        header = file_header(path, stream)
        if header is not None and not carries_wifi(header.link):
            raise no_wifi(path, {name_of(header.link): 1})
        found = pcapng.packets(stream) if header is None else pcap.packets(stream, header)
        for number, packet in enumerate(found, start=1):
            if packet is None:
                yield _nothing(number, "a block that makes no sense within itself")
                continue
            reader = Reader(CaptureCounts())
            octets = packet.octets
            event = reading(packet.link, reader, packet.check_octets).cut(
                octets, 0, len(octets), packet.at_s or 0.0, packet.missing
            )
            at_s = packet.at_s if packet.at_s is not None and is_moment(packet.at_s) else None
            yield Heard(
                number=number,
                at_s=at_s,
                event=event,
                remark=_remark(reader.counts, event),
                octets=octets,
                link=packet.link,
            )


def _lines(path: Path) -> Iterator[Heard]:
    """Every line of a board's recording."""
    board = Board(path.name, ReadOnlyPort(lambda: b""), silent_s=None)
    for number, (at_s, line) in enumerate(recorded_lines(path), start=1):
        if at_s is None:
            yield _nothing(number, "a line without its time")
            continue
        bare = line.strip(b"\r\n")
        events = [event for event in board.take(bare, at_s) if isinstance(event, Frame | Advert)]
        told = read_heard(bare)
        if not events or told is None:
            yield _nothing(number, "a line that tells of no one for the first time: counts, noise, or damaged")
            continue
        yield Heard(
            number=number,
            at_s=at_s if is_moment(at_s) else None,
            event=events[0],
            remark=None,
            octets=told.prefix,
            link=None if told.kind == BLUETOOTH else BARE,
        )


def _nothing(number: int, remark: str) -> Heard:
    return Heard(number=number, at_s=None, event=None, remark=remark, octets=b"", link=None)


def _remark(counts: CaptureCounts, event: Frame | None) -> str | None:
    if counts.others:
        return f"a packet of another kind: {', '.join(counts.others)}"
    if counts.bad_fcs:
        return "damaged on the air: its check sum was wrong"
    if event is not None:
        return "its elements do not end where they should" if counts.malformed else None
    if counts.malformed:
        return "it breaks its own rules, or is cut before it says who sends it"
    return "a data or control frame, or one that is encrypted: none that says who keeps or looks for a network"
