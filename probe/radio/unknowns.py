"""What is remembered of transmitters that no rule knows: a keyed hash, in memory, for a minute at most.

Python keys its hash of octets (SipHash) with random bits at each start, so the numbers kept here mean nothing to
another process or after a restart. They are forgotten by generations of 10 s, the oldest of six at a time.
"""

import os
from collections import deque
from typing import Protocol

from probe.errors import ProbeError
from probe.radio.frame import Memory

GENERATION_S, GENERATIONS = 10.0, 6
MAX_REMEMBERED = 5_000  # in each generation: 30,000 entries are about 8 MB


class FramePrefilter(Protocol):
    """Decides from raw octets whether the rules are to be asked about a frame."""

    def passes(self, transmitter: bytes, ssid: bytes | None, elements: bytes) -> bool: ...


class RecentUnknowns:
    """Shared by all sources of a sweep. Adding and asking are single operations on a dict: safe between threads.

    `prefilter` checks raw octets first: what it holds back, no rule finds. Without `remembers`, every frame is decoded
    anew: for measuring.
    """

    remembers = True

    def __init__(self, prefilter: FramePrefilter | None = None) -> None:
        self.prefilter = prefilter
        if os.environ.get("PYTHONHASHSEED", "random") != "random":
            raise ProbeError(
                "PYTHONHASHSEED is set: what is remembered of strangers would not be keyed; unset it and start again"
            )
        # The hot path asks this one: who -> what was said (see `Memory`). It is changed in place, never exchanged.
        self.known: dict[int, tuple[int, int, int, int, int]] = {}
        self._generations: deque[list[int]] = deque([[]])
        self._began_s = float("-inf")

    def learn(self, memory: Memory | None) -> None:
        """Remember that no rule knows the frame with this memory."""
        if memory is None:
            return
        youngest = self._generations[-1]
        if len(youngest) >= MAX_REMEMBERED:
            self._next_generation()
            youngest = self._generations[-1]
        youngest.append(memory[0])
        self.known[memory[0]] = memory[1:]

    def knows(self, memory: Memory) -> bool:
        """Whether this was learnt within the last minute."""
        return self.known.get(memory[0]) == memory[1:]

    def pass_time(self, at_s: float) -> None:
        """Say what time it is, in the sources' own clock: forgets what is older than a minute."""
        gone_s = at_s - self._began_s
        if 0.0 <= gone_s < GENERATION_S:
            return
        # A new generation for each one that has gone by; all of them where time jumped and nobody knows how much.
        passed = int(gone_s // GENERATION_S) if 0.0 <= gone_s < GENERATIONS * GENERATION_S else GENERATIONS
        self._began_s = at_s
        for _ in range(passed):
            self._next_generation()

    def _next_generation(self) -> None:
        """Begin a new generation and forget the oldest. Other threads read meanwhile: they may miss, never err."""
        self._generations.append([])
        if len(self._generations) > GENERATIONS:
            for sender in self._generations.popleft():
                self.known.pop(sender, None)

    def __len__(self) -> int:
        return len(self.known)
