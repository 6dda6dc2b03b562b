"""The contract for other people's probes and hubs: JSON Schema and AsyncAPI, generated from the types.

`python -m probe.contract.document` writes the files beside this one; a test holds them to the types.
"""

import json
from inspect import cleandoc
from pathlib import Path
from typing import Any

import msgspec

from probe.contract import topics
from probe.contract.base import CONTRACT_VERSION
from probe.contract.envelope import Envelope, Parcel, Receipts
from probe.contract.sighting import Sighting

FOLDER = Path(__file__).parent / "schema"
_TYPES: dict[str, type[msgspec.Struct]] = {
    "sighting": Sighting,
    "envelope": Envelope,
    "parcel": Parcel,
    "receipts": Receipts,
}


def documents() -> dict[str, str]:
    """The text of each generated file, by its name."""
    files = {f"{name}.schema.json": _schema(kind) for name, kind in _TYPES.items()}
    return {name: json.dumps(body, indent=1, sort_keys=True) + "\n" for name, body in (files | _asyncapi()).items()}


def _schema(kind: type[msgspec.Struct]) -> dict[str, Any]:
    schema = _plain(msgspec.json.schema(kind))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Contrechamp {kind.__name__}",
        **schema,
    }


def _plain(part: Any) -> Any:
    """The same with descriptions flush left: before Python 3.13, docstrings keep their indentation."""
    if isinstance(part, dict):
        return {
            name: cleandoc(value) if name == "description" and isinstance(value, str) else _plain(value)
            for name, value in part.items()
        }
    return [_plain(item) for item in part] if isinstance(part, list) else part


def _asyncapi() -> dict[str, dict[str, Any]]:
    def channel(address: str, what: str, kind: str) -> dict[str, Any]:
        return {
            "address": address,
            "description": what,
            "parameters": {"mailbox": {"description": "16 to 64 random hex digits; a probe's own"}},
            "messages": {kind: {"contentType": "application/json", "payload": {"$ref": f"./{kind}.schema.json"}}},
        }

    def operation(action: str, name: str) -> dict[str, Any]:
        return {"action": action, "channel": {"$ref": f"#/channels/{name}"}, "bindings": {"mqtt": {"qos": 1}}}

    mailbox = "{mailbox}"
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Contrechamp",
            "version": str(CONTRACT_VERSION),
            "description": "Probes hand sightings of fixed surveillance cameras to a hub, over any MQTT 3.1.1 broker. "
            "Retained messages are not used. A PUBACK is no receipt: a probe keeps a unit until a receipt names it.",
            "license": {"name": "AGPL-3.0-or-later"},
        },
        "defaultContentType": "application/json",
        "channels": {
            "up": channel(topics.up(mailbox), "Sightings, from a probe to its hub.", "parcel"),
            "down": channel(topics.down(mailbox), "Receipts, from the hub to a probe, after commit.", "receipts"),
            "home": channel(topics.home(mailbox), "Rules, map and errands for the next walk.", "home"),
        },
        "operations": {
            "probe.hands.over": operation("send", "up"),
            "probe.takes.receipts": operation("receive", "down"),
        },
    }
    return {"asyncapi.json": document}


def write() -> None:
    """Write the generated files."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in documents().items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    write()
