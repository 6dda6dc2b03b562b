"""What `run` is told, on the command line and in a file: a service unit needs no long command.

    [run]
    monitor = ["wlan1"]
    gnss = "/dev/ttyACM0"
    page = "192.168.4.1:80"
    show-ends = false

A key is an option's name without its dashes. What the command line says goes before what the file says.
"""

import math
import tomllib
from pathlib import Path
from typing import Any

import click

from probe.config import default_outbox
from probe.errors import BadInput
from probe.run.settings import ServiceSettings, page_address
from probe.walk.kit import Kit

TABLE, OPTION = "run", "--settings"
MOST_BYTES = 64 << 10
_NO_KEYS = (None, "settings", "help")
_A_LIST = 'a list, such as ["wlan1"]'
_KIT = ("monitors", "boards", "adapters", "gnss", "gnss_baud", "country", "dwell_ms")


def _load(context: click.Context, _option: click.Parameter, path: Path | None) -> None:
    """Have the file's values stand where nothing else was said. Raises BadInput."""
    if path is not None and not context.resilient_parsing:
        context.default_map = {**(context.default_map or {}), **_values(context, path)}


settings_option = click.option(
    OPTION,
    type=click.Path(path_type=Path),
    is_eager=True,
    expose_value=False,
    callback=_load,
    metavar="FILE",
    help="A TOML file whose table [run] has these options by their names; the command line goes before it.",
)


def service_settings(options: dict[str, Any]) -> ServiceSettings:
    """The settings that `run`'s options make. Raises BadInput."""
    played, camera = options["played"], options["camera"]
    if options["button"] is not None and camera is None and played is None:
        raise BadInput("--button takes photos: give a --camera, too")
    if played is not None and any(options[name] for name in ("monitors", "boards", "adapters", "gnss")):
        raise BadInput("--played walks a recorded walk: it goes without --monitor, --board, --bluetooth and --gnss")
    if options["page"] is None and (options["page_secret_file"] is not None or options["network"] is not None):
        raise BadInput("--page-secret-file and --network are of a --page: give that, too")
    if not math.isfinite(options["speed"]):
        raise BadInput("--speed is how many times as fast the walk is played: give a number, such as 10")
    kit = kit_of(options)
    if options["network"] in kit.monitors:
        raise BadInput(f"--network {options['network']}: a radio that listens sends nothing; give another Wi-Fi")
    page = None if options["page"] is None else page_address(options["page"])
    if played is None and page is None:
        kit = kit.found(needed=camera is None)
    return ServiceSettings(
        kit=kit,
        outbox=options["outbox"] or default_outbox(),
        to=options["to"],
        offline=options["offline"],
        budget_bytes=options["budget"] << 20,
        camera=camera,
        button=options["button"],
        page=page,
        page_secret=options["page_secret_file"],
        network=options["network"],
        played=played,
        speed=options["speed"],
        show_ends=options["show_ends"],
        workbench=options["workbench"],
        signals=options["signals"],
        debug=options["debug"] or options["debug_record"] is not None,
        debug_record=options["debug_record"],
    )


def kit_of(options: dict[str, Any]) -> Kit:
    """The kit that options name. Raises BadInput."""
    given = {name: options[name] for name in _KIT}
    country = given["country"]
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise BadInput(f"--country {country!r}: give two letters, such as FR")
    return Kit(**{**given, "country": None if country is None else country.upper()})


def _values(context: click.Context, path: Path) -> dict[str, Any]:
    """What the file says, by the parameters' own names. Raises BadInput."""
    table = _read(path)
    known = {
        _key(option): option for option in context.command.params if _key(option) not in (None, "settings", "help")
    }
    found = dict[str, Any]()
    for key, value in table.items():
        option = known.get(key)
        if option is None:
            raise BadInput(f"{path}: [{TABLE}] has {key!r}, which is no option of `run`; see `run --help`")
        name = option.name or ""
        found[name] = _checked(context, option, value, f"{path}: [{TABLE}] {key}")
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as problem:
        raise BadInput(f"{path}: the settings cannot be read ({problem.strerror})") from problem
    if len(data) > MOST_BYTES:
        raise BadInput(f"{path}: larger than {MOST_BYTES >> 10} KB; that is no file of settings")
    try:
        said = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BadInput(f'{path}: not TOML ({problem}); settings are lines such as: country = "FR"') from problem
    table = said.pop(TABLE, {})
    if said or not isinstance(table, dict):
        other = next(iter(said), TABLE)
        raise BadInput(f"{path}: {other!r} does not belong there; all settings stand in one table, [{TABLE}]")
    return table


def _key(option: click.Parameter) -> str | None:
    """An option's name as it is written in the file: `--dwell-ms` is `dwell-ms`."""
    return next((name[2:] for name in option.opts if name.startswith("--")), None)


def _checked(context: click.Context, option: click.Parameter, value: Any, where: str) -> Any:
    """A value as click would have it. TOML has types: what is in quotes is no number, and a number no text."""
    many = isinstance(value, list)
    if many != option.multiple:
        raise BadInput(f"{where}: give {_A_LIST if option.multiple else 'one value, and no list'}")
    for each in value if many else [value]:
        _require_type(option, each, where)
    try:
        option.type_cast_value(context, value)
    except click.BadParameter as problem:
        raise BadInput(f"{where}: {problem.message}") from problem
    return value


def _require_type(option: click.Parameter, value: Any, where: str) -> None:
    kind = option.type
    if isinstance(kind, click.types.BoolParamType):
        wanted, right = "true or false", isinstance(value, bool)
    elif isinstance(kind, click.types.FloatParamType):
        wanted, right = "a number", isinstance(value, int | float) and not isinstance(value, bool)
        right = right and math.isfinite(value)
    elif isinstance(kind, click.types.IntParamType):
        wanted, right = "a whole number", isinstance(value, int) and not isinstance(value, bool)
    else:
        wanted, right = "text in quotes", isinstance(value, str) and "\0" not in value
    if not right:
        raise BadInput(f"{where}: give {wanted}")
