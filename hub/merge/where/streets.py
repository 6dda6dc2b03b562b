"""What the merge asks of the streets that an operator has given. Pure."""

from collections.abc import Sequence
from typing import Protocol

from hub.merge.where.evidence import Street


class Streets(Protocol):
    """The streets that are known around places. `edition` is another number where they are others."""

    edition: int

    def near(self, lat: float, lon: float) -> Sequence[Street]:
        """The streets around a place in degrees; none where nobody knows."""
        ...


class _NoStreets:
    """Where no extract is: nobody knows any."""

    edition = 0

    def near(self, lat: float, lon: float) -> Sequence[Street]:  # noqa: ARG002
        """None, anywhere."""
        return ()


NO_STREETS: Streets = _NoStreets()
