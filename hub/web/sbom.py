"""The wheel's bill of materials (CycloneDX 1.6), made from the lock files when it is built; see `vendor.py`.

Two kinds of parts, told apart by their `scope` and the property `contrechamp:part`: the page's packages from npm and
the face detector's model lie in the wheel; Python's packages do not, and stand there in the versions that were locked
and tested with it. Nothing in it depends on the day, the machine or the folder, so that the same source makes the same
wheel.
"""

import base64
import json
import runpy
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

# What people install; `test` is for this project's own checkout.
EXTRAS = ("probe", "hub", "explain", "heic", "camera")
_NAME = "contrechamp"


def bill(root: Path, version: str) -> bytes:
    """The bill for a source tree, as JSON. Raises OSError, KeyError where a lock file is missing or not one."""
    python = _Python(tomllib.loads((root / "uv.lock").read_text())["package"])
    page = json.loads((root / "hub" / "web" / "package-lock.json").read_text())["packages"]
    own = f"pkg:pypi/{_NAME}@{version}"
    model = _model(root)
    needed = [model["bom-ref"], *python.direct(), *(_npm_ref(page, name) for name in sorted(page[""]["dependencies"]))]
    told = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "lifecycles": [{"phase": "build"}],
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": _NAME,
                "version": version,
                "purl": own,
                "licenses": [{"expression": "AGPL-3.0-or-later"}],
            },
        },
        "components": [*_npm_components(page), model, *python.components()],
        "dependencies": [
            {"ref": own, "dependsOn": sorted(needed)},
            *_npm_needs(page),
            {"ref": model["bom-ref"], "dependsOn": []},
            *python.needs(),
        ],
    }
    return (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()


def _model(root: Path) -> dict[str, Any]:
    """The face detector's network, which is known by its hash and by the wheel that it was taken out of."""
    known = runpy.run_path(str(root / "probe" / "redact" / "model.py"))
    name, version = "centerface", known["WHEEL"].replace("==", "-")
    ref = f"pkg:generic/{name}@{version}"
    part = _component(name, version, ref, "required", "in the wheel")
    part |= {"type": "machine-learning-model", "licenses": [{"expression": "MIT"}]}
    part["hashes"] = [{"alg": "SHA-256", "content": known["MODEL_SHA256"]}]
    return part


class _Python:
    """The locked packages that an install with all our extras may bring, on any machine."""

    def __init__(self, packages: list[dict[str, Any]]) -> None:
        self._packages = {(one["name"], one.get("version")): one for one in packages}
        self._own = self._packages[_NAME, None]
        self._base = self._reached(self._own["dependencies"])
        extras = self._own["optional-dependencies"]
        self._all = self._reached([*self._own["dependencies"], *(need for name in EXTRAS for need in extras[name])])

    def direct(self) -> set[str]:
        extras = self._own["optional-dependencies"]
        needs = [*self._own["dependencies"], *(need for name in EXTRAS for need in extras[name])]
        return {_python_ref(one) for need in needs for one in self._meant(need)}

    def components(self) -> Iterator[dict[str, Any]]:
        for key in sorted(self._all):
            one, scope = self._packages[key], "required" if key in self._base else "optional"
            yield _component(one["name"], one["version"], _python_ref(one), scope, "locked, not in the wheel")

    def needs(self) -> Iterator[dict[str, Any]]:
        for key in sorted(self._all):
            one = self._packages[key]
            needed = {_python_ref(two) for need in _needs(one) for two in self._meant(need)}
            yield {"ref": _python_ref(one), "dependsOn": sorted(needed)}

    def _meant(self, need: dict[str, Any]) -> Iterable[dict[str, Any]]:
        """The locked packages of a need: several where the version depends on the Python and the lock does not say."""
        found = [one for (name, _), one in sorted(self._packages.items(), key=str) if name == need["name"]]
        return [one for one in found if need.get("version") in (None, one.get("version"))]

    def _reached(self, needs: Iterable[dict[str, Any]]) -> set[tuple[str, str]]:
        reached, waiting = set(), list(needs)
        while waiting:
            for one in self._meant(waiting.pop()):
                if (key := (one["name"], one["version"])) not in reached:
                    reached.add(key)
                    waiting += _needs(one)
        return reached


def _needs(package: dict[str, Any]) -> list[dict[str, Any]]:
    """What a package needs, with what its extras do: the lock names those alone that somebody asked for."""
    extras = package.get("optional-dependencies", {}).values()
    return [*package.get("dependencies", []), *(need for needs in extras for need in needs)]


def _python_ref(package: dict[str, Any]) -> str:
    return f"pkg:pypi/{package['name']}@{package['version']}"


def _npm_name(place: str) -> str:
    return place.rpartition("node_modules/")[2]


def _npm_ref(page: dict[str, Any], name: str) -> str:
    return f"pkg:npm/{quote(name)}@{page[f'node_modules/{name}']['version']}"


def _npm_components(page: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for place in sorted(filter(None, page)):
        name, one = _npm_name(place), page[place]
        part = _component(name, one["version"], _npm_ref(page, name), "required", "in the wheel")
        kind, _, digest = one["integrity"].partition("-")
        part["hashes"] = [{"alg": kind.upper().replace("SHA", "SHA-"), "content": base64.b64decode(digest).hex()}]
        if "license" in one:
            part["licenses"] = [{"expression": one["license"]}]
        yield part


def _npm_needs(page: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for place in sorted(filter(None, page)):
        needed = [_npm_ref(page, name) for name in sorted(page[place].get("dependencies", {}))]
        yield {"ref": _npm_ref(page, _npm_name(place)), "dependsOn": needed}


def _component(name: str, version: str, ref: str, scope: str, part: str) -> dict[str, Any]:
    properties = [{"name": "contrechamp:part", "value": part}]
    return {
        "type": "library",
        "bom-ref": ref,
        "name": name,
        "version": version,
        "scope": scope,
        "purl": ref,
        "properties": properties,
    }
