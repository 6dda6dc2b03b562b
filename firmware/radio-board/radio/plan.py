"""The hopping plan: which channel when. Told by the probe; before that, all channels that the board can tune."""

SHORTEST_MS = 110
LONGEST_MS = 10000


class Plan:
    """Channels by number. `hold` stays on one."""

    def __init__(self, channels, dwell_ms=120):
        self.able = list(channels)
        self.channels = list(channels)
        self.dwell_ms = dwell_ms
        self.held = None
        self._place = -1

    def set(self, channels, dwell_ms):
        """Take a plan over; what the board cannot tune is left out. False where nothing is left of it."""
        if not isinstance(channels, list) or not isinstance(dwell_ms, int):
            return False
        wanted = [channel for channel in channels[:64] if channel in self.able]
        if not wanted:
            return False
        self.channels = wanted
        self.dwell_ms = max(SHORTEST_MS, min(LONGEST_MS, dwell_ms))
        self._place = -1
        return True

    def hold(self, channel):
        """Stay on a channel, or hop again where it is None. False where the board cannot tune it."""
        if channel is not None and channel not in self.able:
            return False
        self.held = channel
        return True

    def next(self):
        """The channel of the next visit."""
        if self.held is not None:
            return self.held
        self._place = (self._place + 1) % len(self.channels)
        return self.channels[self._place]

    def drop(self, channel):
        """A channel turned out not to be tunable after all."""
        self.able = [other for other in self.able if other != channel]
        self.channels = [other for other in self.channels if other != channel] or list(self.able)
        if self.held == channel:
            self.held = None
        self._place = -1
