"""The settings of a card's probe: what `contrechamp-probe run --settings` reads, a table `[run]` of its options."""

import json
import re
import tomllib
from typing import Any

from probe.card.kit import ADDRESS
from probe.errors import BadInput

TABLE = "run"
PROBE_FOLDER = "/var/lib/contrechamp/probe"
_USUAL: dict[str, Any] = {"board": ["auto"], "camera": "auto"}
_HEAD = "# What this probe walks with: the options of `contrechamp-probe run`, by their names.\n"
_NAME = re.compile(r"[a-z][a-z0-9-]*")


def card_settings(text: str | None, options: dict[str, bool], *, country: str | None, page: str, interface: str) -> str:
    """The text of the settings. `text` are those that a maker has written, None for the usual kit.

    `options` are the names that `run` knows, and whether each takes several; what a card adds by itself is left out
    where `run` does not know it. Raises BadInput.
    """
    table = dict(_USUAL) if text is None else _table(text)
    for name, value in table.items():
        if name not in options:
            raise BadInput(f"the settings: `run` has no option --{name}; see contrechamp-probe run --help")
        if isinstance(value, list) != options[name]:
            raise BadInput(f"the settings: --{name} takes {'a list' if options[name] else 'one value, and no list'}")
    added: dict[str, Any] = {} if country is None else {"country": country}
    if page != "none":
        added["page"] = f"{ADDRESS}:80"
        added["page-secret-file"] = f"{PROBE_FOLDER}/page-secret"
    if page == "wifi":
        added["network"] = interface
    table = {**{name: value for name, value in added.items() if name in options}, **table}
    return _HEAD + f"[{TABLE}]\n" + "".join(f"{name} = {_written(name, value)}\n" for name, value in table.items())


def listening(text: str) -> tuple[str, ...]:
    """The Wi-Fi adapters that a probe with those settings listens with."""
    return tuple(tomllib.loads(text)[TABLE].get("monitor", ()))


def _table(text: str) -> dict[str, Any]:
    try:
        said = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise BadInput(
            f'the settings are no TOML ({problem}); they are lines such as: monitor = ["wlan1"]'
        ) from problem
    table = said.pop(TABLE, {})
    if said or not isinstance(table, dict):
        raise BadInput(f"the settings: {next(iter(said), TABLE)!r} is out of place; all stand in one table, [{TABLE}]")
    return table


def _written(name: str, value: Any) -> str:
    """A value as TOML; its strings are escaped as JSON's are. Raises BadInput."""
    values = value if isinstance(value, list) else [value]
    fits = all(isinstance(one, str | int | float) for one in values) and _NAME.fullmatch(name)
    if not fits or any(isinstance(one, str) and not one.isprintable() for one in values):
        raise BadInput(f"the settings: {name} = {value!r} is nothing that --{name} takes")
    return json.dumps(value)
