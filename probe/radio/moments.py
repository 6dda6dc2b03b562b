"""Which Unix times are times at all: a clock that was never set says 1970, a damaged record anything up to 2106."""

from datetime import UTC, datetime

EARLIEST_S = datetime(2015, 1, 1, tzinfo=UTC).timestamp()
LATEST_S = datetime(2060, 1, 1, tzinfo=UTC).timestamp()


def is_moment(at_s: float) -> bool:
    """Whether a Unix time can be when something was heard."""
    return EARLIEST_S <= at_s < LATEST_S
