"""The commands that calibrate lens and compass of this device: `contrechamp-probe calibrate`."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any

import click
from msgspec import to_builtins

from probe.aim.board import LensFit, fit_board, fit_two_points, known_to_deg, view_deg
from probe.aim.calibration import (
    PARTS,
    VERSION,
    CompassPart,
    LensPart,
    forget,
    load,
    path_beside,
    save,
)
from probe.aim.compass import Compass, Reading, fitted, turned_to
from probe.aim.readings import RecordedSensor
from probe.cli.options import json_option, outbox_option
from probe.cli.say import all_plain, say
from probe.config import default_outbox
from probe.contract.geodesy import bearing_deg, distance_m
from probe.contract.readable import json_for_terminal
from probe.errors import BadInput, ProbeError
from probe.position.declination import declination

_LEAST_AWAY_M = 100.0  # nearer, a step aside turns the bearing by more than the compass errs
_STANDING_M = 5.0
_MOST_CORNERS = 40


class _Numbers(click.ParamType[tuple[float, ...]]):
    """Numbers between commas, so many and within bounds."""

    def __init__(self, name: str, example: str, *bounds: float) -> None:
        self.name, self._example, self._bounds = name, example, bounds

    def convert(
        self, value: str | tuple[float, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        if isinstance(value, tuple):
            return value
        try:
            numbers = tuple(float(part) for part in value.replace("x", ",").split(","))
        except ValueError:
            numbers = ()
        within = (isfinite(each) and abs(each) <= most for each, most in zip(numbers, self._bounds, strict=False))
        if len(numbers) != len(self._bounds) or not all(within):
            self.fail(f"{value!r} is not of the form {self._example}", param, ctx)
        return numbers


_PLACE = _Numbers("lat,lon", "48.8584,2.2945", 90, 180)
_POINT = _Numbers("x,y", "310,742 (pixels from the upper left corner)", 1e5, 1e5)


@click.group("calibrate")
def calibrate() -> None:
    """Measure this device's lens and compass once, so that its bearings are known to a degree or two.

    Without it a photo's bearing rests on what is usual: a field of view good to 4 %, a compass good to 12 degrees. What
    is measured is kept in a small file beside the outbox, and used from then on.

    \b
      contrechamp-probe calibrate lens board-*.jpg
      contrechamp-probe calibrate compass turned.csv --aimed aimed.csv --from 48.8605,2.2940 --at 48.8584,2.2945
      contrechamp-probe calibrate show
    """


@calibrate.command("lens")
@click.argument("photos", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PHOTO...")
@click.option(
    "--corners",
    type=_Numbers("columns x rows", "9x6", _MOST_CORNERS, _MOST_CORNERS),
    default="9x6",
    show_default=True,
    help="Inner corners of the chessboard: one fewer each way than squares.",
)
@click.option("--apart", type=float, metavar="DEGREES", help="Instead of a board: how far apart two far points lie.")
@click.option("--apart-sd", type=float, default=0.2, show_default=True, help="How far that may be off, in degrees.")
@click.option("--point", "points", multiple=True, type=_POINT, help="One of the two in the photo. Give it twice.")
@outbox_option
@json_option
def lens_command(
    photos: tuple[Path, ...],
    corners: tuple[float, ...],
    apart: float | None,
    apart_sd: float,
    points: tuple[tuple[float, ...], ...],
    outbox: Path | None,
    as_json: bool,
) -> None:
    """Calibrate the lens by photos of a chessboard, or by one photo of two far points whose angle apart is known.

    Print a board (10 x 7 squares have 9 x 6 inner corners) on stiff paper, or show it on a flat screen. Take eight
    photos or more with the probe's camera, without zoom: tilted each another way, near, also at the picture's corners.

    \b
      contrechamp-probe calibrate lens board-*.jpg
      contrechamp-probe calibrate lens two-towers.jpg --apart 31.4 --point 310,742 --point 1950,730
    """
    if (apart is not None) != (len(points) == 2) or (apart is None and points):
        raise click.UsageError("two far points need --apart DEGREES and --point X,Y twice; a board needs neither")
    if apart is not None:
        if len(photos) != 1:
            raise click.UsageError("two far points are in one photo; give that one alone")
        fit, how = _by_points(photos[0], points, apart, apart_sd), "two far points"
    else:
        columns, rows = (int(number) for number in corners)
        if min(columns, rows) < 3:
            raise click.UsageError("a board has three inner corners each way at least")
        fit, how = _by_board(photos, (columns, rows)), f"board {columns}x{rows}"
    path = path_beside(outbox or default_outbox())
    part = LensPart(v=VERSION, day=_today(), how=how, lens=fit.lens, rms_px=fit.rms_px, photos=fit.photos)
    _keep(path, lens=part)
    if as_json:
        click.echo(json.dumps({"lens": _lens_told(part), "given": fit.given, "reach": fit.reach, "file": str(path)}))
        return
    for line in _lens_lines(part):
        click.echo(line)
    if fit.reach is not None and fit.reach < 0.75:
        click.echo("The board was never near the picture's corners: there the lens is less well known.")
    if fit.photos < fit.given:
        click.echo(f"In {fit.given - fit.photos} of {fit.given} photos the board is not whole or not sharp.")
    say(f"Kept in {path}.", err=False)


@calibrate.command("compass")
@click.argument("readings", type=click.Path(path_type=Path))
@click.option(
    "--axes",
    type=_Numbers("right,down,forward", "1,2,3 or 1,-2,-3", 3, 3, 3),
    default="1,2,3",
    show_default=True,
    help="Which of the sensor's axes point right, down and forward of the lens; with a minus the other way.",
)
@click.option(
    "--aimed",
    type=click.Path(path_type=Path),
    help="Readings taken with the lens held at a landmark, for some seconds.",
)
@click.option("--from", "here", type=_PLACE, help="Where they were taken.")
@click.option("--at", "landmark", type=_PLACE, help="Where the landmark stands: best a kilometre away.")
@outbox_option
@json_option
def compass_command(
    readings: Path,
    axes: tuple[float, ...],
    aimed: Path | None,
    here: tuple[float, ...] | None,
    landmark: tuple[float, ...] | None,
    outbox: Path | None,
    as_json: bool,
) -> None:
    """Calibrate the compass by readings of the device while it is turned every way, for about a minute.

    READINGS is a CSV (mx,my,mz,ax,ay,az) or one JSON object a line with these names: the field, and the accelerometer,
    which at rest points up. With --aimed the heading is also turned to a known bearing.

    \b
      contrechamp-probe calibrate compass turned.csv
      contrechamp-probe calibrate compass turned.csv --aimed aimed.csv --from 48.8605,2.2940 --at 48.8584,2.2945
    """
    given = (aimed is not None, here is not None, landmark is not None)
    if any(given) and not all(given):
        raise click.UsageError("--aimed, --from and --at go together")
    whole = tuple(int(axis) for axis in axes)
    if sorted(map(abs, whole)) != [1, 2, 3] or whole != axes:
        raise click.UsageError("--axes names each of the axes 1, 2, 3 once, such as 1,-2,-3")
    turned, bad = _readings(readings)
    compass = fitted(turned, (whole[0], whole[1], whole[2]))
    if aimed is not None and here is not None and landmark is not None:
        held, more_bad = _readings(aimed)
        bad += more_bad
        compass = _aimed_at(compass, held, (here[0], here[1]), (landmark[0], landmark[1]))
    path = path_beside(outbox or default_outbox())
    part = CompassPart(v=VERSION, day=_today(), compass=compass)
    _keep(path, compass=part)
    if as_json:
        click.echo(json.dumps({"compass": _compass_told(part), "bad_lines": bad, "file": str(path)}))
        return
    for line in _compass_lines(part):
        click.echo(line)
    if bad:
        click.echo(f"{bad} lines were no readings and were left out.")
    say(f"Kept in {path}.", err=False)


@calibrate.command("show")
@outbox_option
@json_option
def show_command(outbox: Path | None, as_json: bool) -> None:
    """What this device is calibrated to, since when, and how well."""
    path = path_beside(outbox or default_outbox())
    known = load(path)
    if as_json:
        told = {
            "lens": None if known.lens is None else _lens_told(known.lens),
            "compass": None if known.compass is None else _compass_told(known.compass),
            "problems": all_plain(known.problems),
            "file": str(path),
        }
        click.echo(json_for_terminal(json.dumps(told).encode()))
        return
    for problem in known.problems:
        say(problem)
    if known.lens is None:
        click.echo("The lens is not calibrated: see `contrechamp-probe calibrate lens --help`.")
    else:
        click.echo("\n".join(_lens_lines(known.lens)))
    if known.compass is None:
        click.echo("The compass is not calibrated: see `contrechamp-probe calibrate compass --help`.")
    else:
        click.echo("\n".join(_compass_lines(known.compass)))


@calibrate.command("forget")
@click.argument("part", required=False, type=click.Choice(PARTS))
@outbox_option
@json_option
def forget_command(part: str | None, outbox: Path | None, as_json: bool) -> None:
    """Forget the calibration of the lens or the compass, or both where none is named."""
    path = path_beside(outbox or default_outbox())
    try:
        gone = forget(path, part)
    except OSError as problem:
        raise ProbeError(f"{path}: cannot be changed ({problem.strerror}); is its disk full or read-only?") from problem
    if as_json:
        click.echo(json.dumps({"forgotten": list(gone), "file": str(path)}))
    else:
        click.echo(f"Forgotten: {', '.join(gone)}." if gone else "Nothing was calibrated, so nothing was forgotten.")


def _keep(path: Path, *, lens: LensPart | None = None, compass: CompassPart | None = None) -> None:
    """Raises ProbeError where the disk does not take it; what was there stays."""
    try:
        save(path, lens=lens, compass=compass)
    except ProbeError:
        raise
    except OSError as problem:
        why = problem.strerror or "no room"
        raise ProbeError(f"{path}: cannot be written ({why}), so nothing was changed; is its disk full?") from problem


def _by_board(photos: Sequence[Path], corners: tuple[int, int]) -> LensFit:
    pictures = []
    for number, path in enumerate(photos, start=1):
        if sys.stderr.isatty():
            click.echo(f"\rphoto {number} of {len(photos)}", err=True, nl=number == len(photos))
        pictures.append(_grey(path))
    return fit_board(pictures, corners)


def _by_points(photo: Path, points: Sequence[tuple[float, ...]], apart_deg: float, sd_deg: float) -> LensFit:
    from PIL import Image

    height, width = _grey(photo).shape
    with Image.open(photo) as image:  # it was just read whole
        own = image.size if (image.width > image.height) == (width > height) else image.size[::-1]
    scale = width / own[0]
    one, other = (((x + 0.5) * scale - 0.5, (y + 0.5) * scale - 0.5) for x, y in points)
    return fit_two_points((width, height), one, other, apart_deg, sd_deg)


def _grey(path: Path) -> Any:
    """The picture of a photo's file, upright, in grey. Raises BadInput."""
    from probe.camera.container import NoReader
    from probe.camera.decode import pixels_of

    try:
        import cv2

        return cv2.cvtColor(pixels_of(path), cv2.COLOR_RGB2GRAY)
    except NoReader as missing:
        raise BadInput(f"{path}: {missing}") from missing
    except ModuleNotFoundError as problem:
        raise BadInput(
            f"{problem.name} is not installed, which reading photos needs: pip install 'contrechamp[camera]'"
        ) from problem


def _readings(path: Path) -> tuple[list[Reading], int]:
    sensor = RecordedSensor(path)
    return list(sensor.readings()), sensor.bad


def _aimed_at(
    compass: Compass, held: Sequence[Reading], here: tuple[float, float], landmark: tuple[float, float]
) -> Compass:
    away_m = distance_m(*here, *landmark)
    if away_m < _LEAST_AWAY_M:
        raise BadInput(f"the landmark is {away_m:.0f} m away, too near for its bearing; choose one a kilometre away")
    found = declination(*here, datetime.now(UTC))
    if found is None:
        raise BadInput("the declination is not known here and today, so no bearing can be compared; leave --aimed out")
    sd_deg = (found.sd_deg**2 + (57.3 * _STANDING_M / away_m) ** 2) ** 0.5
    return turned_to(compass, held, bearing_deg(*here, *landmark) - found.deg, sd_deg)


def _today() -> Any:
    return datetime.now(UTC).date()


def _lens_lines(part: LensPart) -> list[str]:
    lens = part.lens
    how = f"by {part.how}, {part.day}"
    off = (
        ""
        if part.rms_px is None
        else f" The board's corners lie {part.rms_px:.2f} pixels off (rms), {part.photos} photos."
    )
    return [
        f"Lens, {how}: it sees {view_deg(lens):.1f} degrees across; a direction at its side is known to "
        f"{known_to_deg(lens):.2f} degrees.{off}"
    ]


def _compass_lines(part: CompassPart) -> list[str]:
    compass = part.compass
    turned = f", headings turned by {compass.turned_deg:+.1f}" if compass.turned_deg else ""
    return [
        f"Compass, {part.day}: {compass.readings} readings lie {compass.residual_deg:.1f} degrees off; the field's "
        f"angle to the ground wanders by {compass.dip_deg:.1f}{turned}. A heading is known to "
        f"{compass.heading_sd_deg:.1f} degrees, away from iron."
    ]


def _lens_told(part: LensPart) -> dict[str, Any]:
    told: dict[str, Any] = to_builtins(part)
    return {**told, "view_deg": round(view_deg(part.lens), 2), "known_to_deg": round(known_to_deg(part.lens), 3)}


def _compass_told(part: CompassPart) -> dict[str, Any]:
    told: dict[str, Any] = to_builtins(part)
    return told
