"""The command `redact`: one photo, from stdin or a file, as a sighting and redacted pictures on stdout."""

import re
import sys
from pathlib import Path

import click
import msgspec
import PIL  # noqa: F401 (reads photos: where it is missing, the extra is named before anything is asked)

from probe.camera.container import NoReader
from probe.camera.keeping import PhotoKeeper
from probe.cli.say import plain
from probe.contract.envelope import encode
from probe.errors import BadInput
from probe.walk.brought import NoPlace, brought_photo
from probe.walk.making import new_id

_STDIN = Path("/proc/self/fd/0")
_WALK = re.compile("[0-9a-f]{32}")


class _Marker(click.ParamType[tuple[float, float]]):
    """A place as `LAT,LON` in degrees."""

    name = "LAT,LON"

    def convert(self, value: str, param: click.Parameter | None, context: click.Context | None) -> tuple[float, float]:
        try:
            lat, lon = map(float, value.split(","))
        except ValueError:
            self.fail(f"{plain(value)} is no place; give degrees, as 48.8584,2.2945", param, context)
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):  # NaN is not
            self.fail(f"{plain(value)} is no place on Earth", param, context)
        return lat, lon


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--at", "marker", type=_Marker(), help="Where the camera hangs, for a photo that says no place.")
@click.option("--walk", default=None, help="The id of the walk that it belongs to, 32 hexadecimal digits.")
def redact(file: Path, marker: tuple[float, float] | None, walk: str | None) -> None:
    """Take people out of one photo of a camera, in memory: nothing is written to any disk.

    FILE is the photo, or - where it is stdin itself (a file, no pipe). JSON lines go to stdout: `id` is the sighting's,
    `share` says how much is done, the last line has the `sighting`, its redacted `pictures` (base64), `told` where none
    is kept, and `notes`; or `no_place`, or `refused`, each a sentence. A hub runs this for photos dropped on its page.

    \b
      contrechamp-probe redact IMG_0001.jpg
      contrechamp-probe redact - --at 48.8584,2.2945 < IMG_0001.jpg
    """
    if walk is not None and _WALK.fullmatch(walk) is None:
        raise BadInput(f"--walk {plain(walk)}: not 32 hexadecimal digits")
    path = _STDIN if str(file) == "-" else file
    try:
        done = brought_photo(path, PhotoKeeper(), walk=walk or new_id(), marker=marker, named=_named, progress=_share)
    except NoPlace as problem:
        _line({"no_place": plain(_bare(problem, path))})
    except (BadInput, NoReader) as problem:
        _line({"refused": plain(_bare(problem, path))})
    else:
        _line(
            {
                "sighting": msgspec.Raw(encode(done.sighting)),
                "pictures": [{"jpeg": picture.jpeg} for picture in done.pictures],
                "told": None if done.told is None else plain(_bare(done.told, path)),
                "notes": [plain(note) for note in done.notes],
            }
        )


def _named(id: str) -> None:
    _line({"id": id})


def _share(done: int, of: int) -> None:
    _line({"share": round(done / max(1, of), 3)})


def _bare(sentence: object, path: Path) -> str:
    """A sentence without the path in front, which whoever asked knows by another name."""
    return str(sentence).removeprefix(f"{path}: ")


def _line(message: dict[str, object]) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
    sys.stdout.buffer.flush()
