"""What came of taking files in, as the commands report it."""

from dataclasses import dataclass, field

from hub.enroll.folder import PairedProbe


@dataclass(slots=True, kw_only=True)
class IntakeReport:
    """Counts of sightings and pictures; `troubles` are sentences about what could not be taken, `notes` about the rest.

    `doubles` were known already. `undone` were taken back by `undo` before, and stay so. `import_number` is that of an
    import that brought anything. `put_off` were left with their probe because of a limit.
    """

    files: int = 0
    paired: int = 0
    stored: int = 0
    pictures: int = 0
    held: int = 0
    doubles: int = 0
    undone: int = 0
    refused: int = 0
    put_off: int = 0
    import_number: int | None = None
    pairings: list[PairedProbe] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
