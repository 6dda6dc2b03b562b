"""What can go wrong on a probe and is not a bug.

    ProbeError
    ├── BadInput         a file or stream that is not what it should be   (also a ValueError)
    │   └── NoSuchInterface  a network interface that was named is not there now
    ├── MissingExtra     a part of this program was not installed         (also an ImportError)
    ├── OutboxError      the store of unsent sightings cannot be used     (also an OSError)
    │   ├── NotPaired       it has no hub to seal for
    │   ├── OutboxFull      its budget is used up by what waits
    │   ├── DiskFull        its disk has no room
    │   ├── CommitInDoubt   its disk took a commit, but cannot be believed
    │   ├── NotSealable     a sighting is too large for a sealed unit
    │   └── WalkUnderWay    a walk is under way in it, by another program
    ├── SourceLost       a radio, board or receiver that was there is gone (also an OSError)
    └── UplinkError      a hub, broker or folder cannot be reached        (also a ConnectionError)

The message is one sentence for a person: what happened, where, and what to try. Commands print it on one line and exit
with 2. Anything else that escapes is a bug and shows its traceback. Whoever does one thing or another for an error goes
by its class, never by its words.
"""


class ProbeError(Exception):
    """An expected failure, told in one sentence."""


class BadInput(ProbeError, ValueError):
    """A file, stream or value from outside that cannot be read as what it claims to be, or something that cannot be
    done now: then with the `code` of the sentence that the walker's page says of it."""

    def __init__(self, message: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class NoSuchInterface(BadInput):
    """A network interface that was named is not there now. It may be plugged in again."""


class MissingExtra(ProbeError, ImportError):
    """A package is not installed that comes with one of this program's extras."""


class OutboxError(ProbeError, OSError):
    """The outbox cannot be opened, written or read."""


class NotPaired(OutboxError):
    """There is no hub yet that sightings could be sealed for."""


class OutboxFull(OutboxError):
    """No room can be made within the outbox's budget."""


class DiskFull(OutboxError):
    """The outbox's disk has no room."""


class CommitInDoubt(OutboxError):
    """The disk said that it had taken a commit, and then took no change any more: it may be there or not."""


class NotSealable(OutboxError):
    """One sighting, `sighting` being its id, is too large for a sealed unit; the others are not."""

    def __init__(self, message: str, sighting: str) -> None:
        super().__init__(message)
        self.sighting = sighting


class WalkUnderWay(OutboxError):
    """A walk is under way in the outbox, and another program has it in hand."""


class SourceLost(ProbeError, OSError):
    """A source that was open is gone: unplugged, down, or silent for too long. It may come back."""


class UplinkError(ProbeError, ConnectionError):
    """The hub, the broker or the folder to send to cannot be reached or written."""


_EXTRAS = {"scapy": "explain", "pillow_heif": "heic"}  # all others that the base install lacks come with `probe`


def missing_extra(problem: ModuleNotFoundError) -> MissingExtra | None:
    """The sentence for a package that is not installed; None where it is a part of this program that is missing."""
    package = (problem.name or "").split(".")[0]
    if package in ("", "probe", "hub"):
        return None
    extra = _EXTRAS.get(package, "probe")
    return MissingExtra(f"{package} is not installed, which this needs: pip install 'contrechamp[{extra}]'")
