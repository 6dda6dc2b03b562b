"""What can go wrong on a probe and is not a bug.

    ProbeError
    ├── BadInput      a file or stream that is not what it should be   (also a ValueError)
    ├── OutboxError   the store of unsent sightings cannot be used     (also an OSError)
    │   ├── NotPaired   it has no hub to seal for
    │   └── OutboxFull  its budget is used up by what waits
    ├── SourceLost    a radio, board or receiver that was there is gone (also an OSError)
    └── UplinkError   a hub, broker or folder cannot be reached        (also a ConnectionError)

The message is one sentence for a person: what happened, where, and what to try. Commands print it on one line and exit
with 2. Anything else that escapes is a bug and shows its traceback.
"""


class ProbeError(Exception):
    """An expected failure, told in one sentence."""


class BadInput(ProbeError, ValueError):
    """A file, stream or value from outside that cannot be read as what it claims to be."""


class OutboxError(ProbeError, OSError):
    """The outbox cannot be opened, written or read."""


class NotPaired(OutboxError):
    """There is no hub yet that sightings could be sealed for."""


class OutboxFull(OutboxError):
    """No room can be made within the outbox's budget."""


class SourceLost(ProbeError, OSError):
    """A source that was open is gone: unplugged, down, or silent for too long. It may come back."""


class UplinkError(ProbeError, ConnectionError):
    """The hub, the broker or the folder to send to cannot be reached or written."""
