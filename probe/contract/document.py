"""The contract for other people's probes and hubs: JSON Schema and AsyncAPI, generated from the types.

`python -m probe.contract.document` writes the files beside this one; a test holds them to the types.
"""

import json
from collections.abc import Callable
from inspect import cleandoc
from pathlib import Path
from typing import Any

import msgspec

from probe.contract import topics
from probe.contract.base import CONTRACT_VERSION
from probe.contract.envelope import Envelope, Picture, Withdrawal
from probe.contract.home import HomePacket, Wanted
from probe.contract.pairing import Descriptor, PairAnswer, PairHello, PairRequest, PairSealed
from probe.contract.parcel import Parcel, Receipts, Signed
from probe.contract.sighting import Sighting

FOLDER = Path(__file__).parent / "schema"
_TYPES: dict[str, Any] = {
    "sighting": Sighting,
    "withdrawal": Withdrawal,
    "picture": Picture,
    "envelope": Envelope,
    "parcel": Parcel,
    "signed": Signed,
    "receipts": Receipts,
    "home": HomePacket,
    "wanted": Wanted,
    "descriptor": Descriptor,
    "ask": PairHello | PairSealed,
    "request": PairRequest,
    "answer": PairAnswer,
}
_MSGPACK = "application/msgpack"
_PORTABLE_TEXTS: dict[str, Callable[[str], str]] = {
    "description": cleandoc,
    "pattern": lambda pattern: pattern.removesuffix(r"\Z") + "$",
}


def documents() -> dict[str, str]:
    """The text of each generated file, by its name."""
    files = {f"{name}.schema.json": _schema(name, kind) for name, kind in _TYPES.items()}
    return {name: json.dumps(body, indent=1, sort_keys=True) + "\n" for name, body in (files | _asyncapi()).items()}


def _schema(name: str, kind: Any) -> dict[str, Any]:
    schema = _portable(msgspec.json.schema(kind))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Contrechamp {getattr(kind, '__name__', name)}",
        **schema,
    }


def _portable(part: Any) -> Any:
    """A schema that JSON Schema and AsyncAPI both take, the same on every Python.

    Descriptions are flush left, because docstrings keep their indentation before Python 3.13. OpenAPI's `discriminator`
    is left out: it is an object there, a string in AsyncAPI and absent from JSON Schema. Nothing is lost, since each
    part has a tag of its own, of which the schema allows one value. Patterns end with `$`: by ECMA 262, which JSON
    Schema goes by, it is the end of the text, and there is no `\\Z`; in Python `$` would take an end of line as well.
    """
    if isinstance(part, dict):
        return {
            name: _PORTABLE_TEXTS[name](value)
            if name in _PORTABLE_TEXTS and isinstance(value, str)
            else _portable(value)
            for name, value in part.items()
            if not (name == "discriminator" and isinstance(value, dict) and "propertyName" in value)
        }
    return [_portable(item) for item in part] if isinstance(part, list) else part


def _asyncapi() -> dict[str, dict[str, Any]]:
    def channel(
        address: str, what: str, kind: str, name: str = "mailbox", more: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        return {
            "address": address,
            "description": what,
            "parameters": {name: {"description": "random hex digits; a probe's own"}},
            "messages": {
                one: {"contentType": _MSGPACK, "payload": {"$ref": f"./{one}.schema.json"}} for one in (kind, *more)
            },
        }

    def operation(action: str, name: str) -> dict[str, Any]:
        return {"action": action, "channel": {"$ref": f"#/channels/{name}"}, "bindings": {"mqtt": {"qos": 1}}}

    mailbox, rendezvous = "{mailbox}", "{rendezvous}"
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Contrechamp",
            "version": str(CONTRACT_VERSION),
            "description": "Probes hand sightings of fixed surveillance cameras to a hub, over any MQTT 3.1.1 broker. "
            "Units are sealed to the hub by HPKE and signed by the probe; what a hub says is signed by the hub. Binary "
            "fields travel as MessagePack's bytes, where the schemas say base64. A PUBACK is no receipt: a probe keeps "
            "a unit until a signed receipt names it.",
            "license": {"name": "AGPL-3.0-or-later"},
        },
        "defaultContentType": _MSGPACK,
        "channels": {
            "up": channel(topics.up(mailbox), "Sealed units, from a probe to its hub.", "parcel", more=("wanted",)),
            "down": channel(topics.down(mailbox), "Receipts (Signed), to a probe, after commit.", "signed"),
            "home": channel(topics.home(mailbox), "HomePacket (Signed), before its first receipts.", "signed"),
            "pair.up": channel(topics.pair_up(rendezvous), "A probe asks to be paired.", "ask", "rendezvous"),
            "pair.down": channel(
                topics.pair_down(rendezvous),
                "Descriptor, then sealed PairAnswer (Signed).",
                "signed",
                "rendezvous",
            ),
        },
        "operations": {
            "probe.hands.over": operation("send", "up"),
            "probe.takes.receipts": operation("receive", "down"),
            "probe.takes.home": operation("receive", "home"),
            "probe.asks": operation("send", "pair.up"),
            "probe.is.answered": operation("receive", "pair.down"),
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
