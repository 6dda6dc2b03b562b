"""What came of a recording or an imported log."""

from dataclasses import dataclass, field

from probe.contract.sighting import Sighting
from probe.sweep.sweep import SweepCounts


@dataclass(slots=True)
class Outcome:
    """What came of it. `troubles` are sentences about input that could not be used; all the rest was.

    `notes` are sentences about what was used with less than it seems to say; they are no failure. `silent_photos` say
    nothing of a camera, `placed_photos` have their place from the track, `pictures` are what is kept of photos without
    people; in `covered_middles` something like a face was covered where the camera should be; `known` sightings were in
    the outbox already.
    """

    sightings: int = 0
    frames: int = 0
    sweep: SweepCounts = field(default_factory=SweepCounts)
    malformed_frames: int = 0
    other_packets: int = 0
    photos: int = 0
    silent_photos: int = 0
    placed_photos: int = 0
    pictures: int = 0
    picture_bytes: int = 0
    covered_middles: int = 0
    rows: int = 0
    bluetooth_rows: int = 0
    mobile_rows: int = 0
    recognised_rows: int = 0
    known: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)
    by_band: dict[str, int] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def count(self, sighting: Sighting) -> Sighting:
        self.sightings += 1
        if sighting.made.rule:
            self.by_rule[sighting.made.rule] = self.by_rule.get(sighting.made.rule, 0) + 1
        return sighting
