"""Options that several commands share."""

import re
from pathlib import Path

import click

from probe.config import default_outbox

_DURATION = re.compile(r"([+-]?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII)
_LONGEST_S = 40 * 366 * 86_400.0  # a clock that was never set is off by decades
_OWN = "\0"  # no path can be this: what --outbox means where it stands alone


def _path_of(_context: click.Context, _option: click.Parameter, value: str | None) -> Path | None:
    if value is None:
        return None
    return default_outbox() if value == _OWN else Path(value)


outbox_option = click.option(
    "--outbox", type=click.Path(path_type=Path), help="The store of sightings that wait for a hub."
)
# For commands that print unless they are told to keep. Examples name it last: it takes a word behind it for its path.
keeping_option = click.option(
    "--outbox",
    is_flag=False,
    flag_value=_OWN,
    metavar="[PATH]",
    callback=_path_of,
    help="Keep the sightings in the store for a hub instead of printing them; without a path in this probe's own.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for machines.")


class Duration(click.ParamType[float]):
    """Seconds as a number, or an ISO 8601 duration such as `-PT1H30M`."""

    name = "seconds"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        seconds = _seconds(value.strip().upper()) if isinstance(value, str) else value
        if seconds is None or not abs(seconds) <= _LONGEST_S:
            self.fail(f"{value!r} is no time; give seconds, as 3600, or a duration, as -PT1H30M", param, ctx)
        return seconds


def _seconds(text: str) -> float | None:
    found = _DURATION.fullmatch(text)
    if found is not None and any(found.groups()[1:]):
        days, hours, minutes, seconds = (float(part or 0) for part in found.groups()[1:])
        length_s = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        return -length_s if found[1] == "-" else length_s
    try:
        return float(text)
    except ValueError:
        return None


photo_offset_option = click.option(
    "--photo-offset",
    type=Duration(),
    help="What to add to the photos' clock to get UTC: 3600, or -PT1H30M. Found by itself where it can be.",
)
