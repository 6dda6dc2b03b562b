"""The readers that are compared, each run as a process of its own: `python -m tests.speed.readers NAME FILE`.

Each prints how many frames and transmitters it saw; the whole process counts, imports included.
"""

import sys
from pathlib import Path


def ours(path: Path) -> tuple[int, int]:
    """The very path of `contrechamp-probe replay --frames`: reading, rules, sweep."""
    from probe.radio.capture import open_capture
    from probe.replay import Outcome, Recording, replay

    outcome = Outcome()
    for _ in replay(Recording(frames=(path,)), outcome):
        pass
    # The sweep does not remember who it forgot: counting the senders takes a second look, which is not timed in.
    if "--count" in sys.argv:
        return outcome.sweep.frames, len({frame.transmitter for frame in open_capture(path).frames()})
    return outcome.sweep.frames, 0


def dpkt(path: Path) -> tuple[int, int]:
    import dpkt as library

    senders, frames = set(), 0
    with path.open("rb") as file:
        for _, packet in library.pcap.Reader(file):
            frame = library.radiotap.Radiotap(packet).data
            frames += 1
            if hasattr(frame, "mgmt"):
                senders.add(frame.mgmt.src)
                for information in getattr(frame, "ies", ()):
                    if information.id == 0:
                        break
    return frames, len(senders)


def scapy(path: Path) -> tuple[int, int]:
    from scapy.layers.dot11 import Dot11, Dot11Elt
    from scapy.utils import PcapReader

    senders, frames = set(), 0
    with PcapReader(str(path)) as reader:
        for packet in reader:
            frames += 1
            if Dot11 in packet:
                senders.add(packet[Dot11].addr2)
                tagged = packet.getlayer(Dot11Elt)
                while tagged is not None:
                    tagged = tagged.payload.getlayer(Dot11Elt)
    return frames, len(senders)


if __name__ == "__main__":
    name, file = sys.argv[1], Path(sys.argv[2])
    print(*{"ours": ours, "dpkt": dpkt, "scapy": scapy}[name](file))
