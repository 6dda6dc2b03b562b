"""The command that makes the hub's street map."""

import json
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.options import data_option, json_option, plain
from hub.errors import BadInput

if TYPE_CHECKING:
    from hub.basemap.make import Made


_ELSE = "where none runs, `contrechamp-hub rebuild` does"


@click.command()
@click.argument("extract", type=click.Path(path_type=Path), required=False)
@click.option(
    "--area",
    metavar="WEST,SOUTH,EAST,NORTH",
    help="Cut this out of the extract, in degrees: 7.40,43.72,7.45,43.76. Default: all of it.",
)
@click.option("--remove", is_flag=True, help="Take the street map away again.")
@data_option
@json_option
def basemap(extract: Path | None, area: str | None, remove: bool, data: Path, as_json: bool) -> None:
    """Make the street map from an EXTRACT of OpenStreetMap: streets, buildings, water, names, with no internet.

    Extracts of countries and regions are at https://download.geofabrik.de; a stick will do to bring one here.

    \b
      contrechamp-hub basemap monaco-latest.osm.pbf
      contrechamp-hub basemap /media/stick/ile-de-france.osm.pbf --area 2.2,48.8,2.45,48.92
    """
    from hub.basemap.make import make_basemap, remove_basemap
    from hub.data import require_hub

    require_hub(data)
    if remove:
        if extract is not None:
            raise BadInput("--remove takes no extract: either make a street map, or take it away")
        there = remove_basemap(data)
        gone = f"The street map is gone. A hub that runs places its cameras again, without its streets; {_ELSE}."
        told = gone if there else "There was no street map."
        click.echo(json.dumps({"removed": there}) if as_json else told)
        return
    if extract is None:
        raise BadInput("name an extract, such as monaco-latest.osm.pbf; https://download.geofabrik.de has them")
    box = None if area is None else read_area(area)
    if not as_json:
        _tell_before(extract)
    with _Bar(shown=not as_json) as bar:
        made = make_basemap(data, extract, area=box, tell=bar.tell, stop=threading.Event())
    click.echo(json.dumps(asdict(made)) if as_json else _told(made))


def read_area(text: str) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees. Raises BadInput."""
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError as problem:
        raise BadInput(
            f"--area {plain(text)}: give west,south,east,north in degrees: 7.40,43.72,7.45,43.76"
        ) from problem
    if not (-180 <= west < east <= 180 and -85 <= south < north <= 85):
        raise BadInput(f"--area {plain(text)}: west must be less than east, and south less than north, in degrees")
    return west, south, east, north


def _tell_before(extract: Path) -> None:
    from hub.basemap.make import estimate
    from hub.basemap.pbf import check_extract

    octets = check_extract(extract).octets
    first = estimate(octets)
    click.echo(
        f"{plain(extract.name)}: {octets / 1e6:,.1f} MB. The street map will take about {_minutes(first.minutes)}, on "
        f"a small board {_minutes(first.slow_minutes)}, and {max(1, first.octets / 1e6):,.0f} MB "
        f"({first.work_octets / 1e6:,.0f} MB while it is made).",
        err=True,
    )


def _minutes(minutes: float) -> str:
    return f"{max(1, round(minutes * 60))} s" if minutes < 1.5 else f"{minutes:,.0f} min"


def _told(made: "Made") -> str:
    return (
        f"The street map is there: {made.streets:,} streets, {made.numbers:,} house numbers, "
        f"{(made.tiles_octets + made.index_octets) / 1e6:,.1f} MB; it took {_minutes(made.seconds / 60)} and "
        f"{made.memory_mb} MB of memory. A hub that runs shows it at once and places its cameras again "
        f"by its streets; {_ELSE}. © OpenStreetMap contributors, ODbL."
        + ("" if made.walkers_octets else " It is too large for probes to take along; cut their area out with --area.")
    )


class _Bar:
    """A progress bar on stderr, where somebody looks at it."""

    _STEPS = 1000

    def __init__(self, *, shown: bool) -> None:
        self._bar: Any = click.progressbar(
            length=self._STEPS, label="street map", file=sys.stderr, hidden=not (shown and sys.stderr.isatty())
        )
        self._done = 0

    def __enter__(self) -> "_Bar":
        self._bar.__enter__()
        return self

    def __exit__(self, *failure: Any) -> None:
        self._bar.__exit__(*failure)

    def tell(self, _step: str, part: float) -> None:
        """Show that so much is done."""
        done = max(self._done, int(part * self._STEPS))
        self._bar.update(done - self._done)
        self._done = done


COMMANDS: tuple[click.Command, ...] = (basemap,)
