"""The hopping plan: which channel when. Told by the probe; before that, all channels that the board can tune."""

SHORTEST_MS = 110  # a beacon comes every 102.4 ms
LONGEST_MS = 10000
MOST_CHANNELS = 64


def tunable(monitor, wanted):
    """Two lists of channel numbers: those that the monitor takes, and those that it refuses."""
    able, refused = [], []
    for number in wanted:
        try:
            monitor.channel = number
            # Some versions take any number and tune something else.
            (able if monitor.channel == number else refused).append(number)
        except (ValueError, RuntimeError):
            refused.append(number)
    return able, refused


def _whole(value):
    """JSON's true and 6.0 equal 1 and 6, but no radio takes them."""
    return isinstance(value, int) and not isinstance(value, bool)


class Plan:
    """Channels by number, visits of `dwell_ms`. `hold` stays on one."""

    def __init__(self, channels, dwell_ms=120):
        self.able = list(channels)
        self.channels = list(channels)
        self.dwell_ms = dwell_ms
        self.held = None
        self._place = -1

    def set(self, channels, dwell_ms):
        """Take a plan over; what the board cannot tune is left out. False where nothing is left of it."""
        if not isinstance(channels, list) or not _whole(dwell_ms):
            return False
        wanted = [channel for channel in channels[:MOST_CHANNELS] if _whole(channel) and channel in self.able]
        if not wanted:
            return False
        self.channels = wanted
        self.dwell_ms = max(SHORTEST_MS, min(LONGEST_MS, dwell_ms))
        self._place = -1
        return True

    def hold(self, channel):
        """Stay on a channel, or hop again where it is None. False where the board cannot tune it."""
        if channel is not None and not (_whole(channel) and channel in self.able):
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
