"""What is remembered of everyone who is not a camera: a keyed hash, in memory, for a minute at most.

Python keys its hash of octets (SipHash) with random bits at each start, so the numbers kept here mean nothing to
another process or after a restart. They are forgotten by generations: a new one every 30 s, of which the last two are
asked.
"""

import os

from probe.errors import ProbeError
from probe.radio.frame import Memory

GENERATION_S = 30.0
MAX_REMEMBERED = 16_384  # in each generation: 2 x 16,384 entries are about 12 MB


class Strangers:
    """Shared by all sources of a sweep. Adding and asking are single operations on a dict: safe between threads."""

    def __init__(self) -> None:
        if os.environ.get("PYTHONHASHSEED", "random") != "random":
            raise ProbeError(
                "PYTHONHASHSEED is set: what is remembered of strangers would not be keyed; unset it and start again"
            )
        self.now: dict[int, Memory] = {}
        self.before: dict[int, Memory] = {}
        self._began_s = float("-inf")

    def learn(self, memory: Memory | None) -> None:
        """Remember that no rule knows the frame with this memory."""
        if memory is None:
            return
        if len(self.now) >= MAX_REMEMBERED:
            self._turn()
        self.now[memory.who] = memory

    def knows(self, memory: Memory) -> bool:
        """Whether this was learnt within the last minute."""
        return memory in (self.now.get(memory.who), self.before.get(memory.who))

    def pass_time(self, at_s: float) -> None:
        """Say what time it is, in the sources' own clock: forgets what is older than a minute."""
        if not 0.0 <= at_s - self._began_s < GENERATION_S:
            if not 0.0 <= at_s - self._began_s < 2 * GENERATION_S:
                self.now = {}  # time jumped: nobody knows how old it is
            self._began_s = at_s
            self._turn()

    def _turn(self) -> None:
        self.before, self.now = self.now, {}

    def __len__(self) -> int:
        return len(self.now) + len(self.before)
