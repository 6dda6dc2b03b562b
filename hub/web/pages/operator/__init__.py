"""The operator's pages: what the commands do from day to day, for whoever runs the hub from a browser."""

from collections.abc import Sequence

from hub.web.gate import Gated
from hub.web.pages import Html
from hub.web.pages.operator.arrivals import Arrivals
from hub.web.pages.operator.complaints import ComplaintsPage
from hub.web.pages.operator.copies import Copies, sweep
from hub.web.pages.operator.ground import Ground
from hub.web.pages.operator.intake import Intake
from hub.web.pages.operator.overview import Overview
from hub.web.pages.operator.probes import Probes
from hub.web.pages.operator.progress import Progress
from hub.web.pages.operator.unlooked import UnlookedPage
from hub.web.pages.operator.upkeep import Upkeep

__all__ = ["Ground", "OperatorPages"]

SECTIONS = (Overview, Probes, Intake, Arrivals, ComplaintsPage, UnlookedPage, Copies, Upkeep, Progress)


class OperatorPages:
    """A part of the page: `/hub` and all below it, and `/work/{id}`. What an earlier run has left half is removed."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        sweep(ground.folder)

    def routes(self, html: Html) -> Sequence[Gated]:
        return [route for section in SECTIONS for route in section(self._ground, html).routes()]

    def stop(self) -> None:
        """End what is being done."""
        self._ground.work.stop()
