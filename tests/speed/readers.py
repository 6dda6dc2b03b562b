"""The readers that are compared, each run as a process of its own: `python -m tests.speed.readers NAME FILE`.

Each prints how many frames and transmitters it saw; the whole process counts, imports included.
"""

import sys
from pathlib import Path


def ours(path: Path) -> tuple[int, int]:
    """The very path of `contrechamp-probe replay --frames --track`: reading, rules, positions, sweep, sightings."""
    from probe.walk.outcome import Outcome
    from probe.walk.recorded import Recording, replay

    outcome = Outcome()
    track = path.with_suffix(".nmea")
    sightings = list(replay(Recording(frames=(path,), track=track if track.exists() else None), outcome))
    return outcome.frames, len(sightings)


def forgetful(path: Path) -> tuple[int, int]:
    """The same, remembering nobody: every frame is taken apart and put to the rules."""
    from probe.radio.unknowns import RecentUnknowns

    RecentUnknowns.remembers = False
    return ours(path)


def flat(path: Path) -> tuple[int, int]:
    """The whole path over a pipe of five million frames: prints the resident memory after each million, in MB."""
    from probe.walk.outcome import Outcome
    from probe.walk.recorded import RecordedWalk, Recording

    walk = RecordedWalk(Recording(frames=(path,)), Outcome())
    due = 1_000_000

    def look(frames: int) -> None:
        nonlocal due
        if frames >= due:
            due += 1_000_000
            print(round(int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6, 1), flush=True)

    made = sum(1 for _ in walk.sightings(progress=look))
    return walk.outcome.frames, made


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
    print(*{"ours": ours, "forgetful": forgetful, "flat": flat, "dpkt": dpkt, "scapy": scapy}[name](file))
