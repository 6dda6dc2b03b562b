"""What can go wrong on a hub and is not a bug.

    HubError
    ├── BadInput      a file or message that is not what it should be      (also a ValueError)
    ├── MissingExtra  a part of this program was not installed             (also an ImportError)
    ├── StoreError    the hub's data directory cannot be used              (also an OSError)
    ├── BrokerError   the message broker cannot be started or reached      (also a ConnectionError)
    ├── ServeError    the web page cannot be served (taken port, not built) (also an OSError)
    └── PartEnded     a part of a running hub has ended by itself          (also a RuntimeError)

The message is one sentence for a person: what happened, where, and what to try. Commands print it on one line and exit
with 2; a hub whose part has ended exits with 1, so that whatever watches over it knows to start it again. Anything else
that escapes is a bug and shows its traceback.
"""

import sys


class HubError(Exception):
    """An expected failure, told in one sentence."""

    exit_code = 2


class BadInput(HubError, ValueError):
    """A file or message from outside that cannot be read as what it claims to be."""


class MissingExtra(HubError, ImportError):
    """A package is not installed that comes with the hub's extra."""


class StoreError(HubError, OSError):
    """The data directory or its database cannot be opened, written or read."""


class BrokerError(HubError, ConnectionError):
    """The hub's own broker cannot start, or the given one cannot be reached."""


class ServeError(HubError, OSError):
    """The web page cannot be served."""


class PartEnded(HubError, RuntimeError):
    """A thread of a running hub has died: without it the hub would stay up, deaf or blind."""

    exit_code = 1


class StillReading(Exception):
    """A hub that has just started reads its log again, and has no cameras of its own yet: `percent` of that is done.

    No HubError: nothing has failed, and whoever tells a failure must not tell this as one. What asks for cameras either
    waits, or hands this on; the page answers 503 for it, and comes again by itself.
    """

    def __init__(self, percent: int) -> None:
        super().__init__(f"the hub reads its log again, {percent} % of it is done; ask again in a while")
        self.percent = percent


# What `pip install contrechamp` brings by itself; all else that the hub imports comes with its extra.
_BASE = {"", "probe", "hub", "click", "msgspec"}


def missing_extra(problem: ModuleNotFoundError) -> MissingExtra | None:
    """The sentence for a package that is not installed; None where it is a part of Python or of this program."""
    package = (problem.name or "").split(".")[0]
    if package in _BASE or package in sys.stdlib_module_names:
        return None
    return MissingExtra(f"{package} is not installed, which a hub needs: pip install 'contrechamp[hub]'")
