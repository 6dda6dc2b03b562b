"""What we are built from is locked, known, and without a known hole; whoever changes it, changes the lock with it."""

import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

from tests.house import audit
from tests.house.advisories import Advisory, Locked, advisories, complaints, locked, low_floors, mended
from tests.locked import ROOT, requirements, uv

LOCK: dict[str, Any] = tomllib.loads((ROOT / "uv.lock").read_text())
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_lock_is_in_step_with_the_project() -> None:
    try:
        command = [uv(), "lock", "--check", "--offline", "--no-cache"]
    except FileNotFoundError:
        own = next(one for one in LOCK["package"] if one["name"] == PROJECT["name"])
        extras = PROJECT["optional-dependencies"]
        assert _named(PROJECT["dependencies"]) == {one["name"] for one in own["dependencies"]}, "run make lock"
        for extra in set(extras) - {"test", "camera"}:
            there = {one["name"] for one in own["optional-dependencies"][extra]}
            assert _named(extras[extra]) == there, f"{extra}: run make lock"
        return
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run make lock\n{done.stderr}"


def _named(needs: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(need).name) for need in needs}


def test_the_lock_names_public_places_and_a_hash_of_each_file() -> None:
    for package in LOCK["package"]:
        if package["name"] == PROJECT["name"]:
            assert package["source"] == {"editable": "."}
            continue
        assert package["source"] == {"registry": "https://pypi.org/simple"}, package["name"]
        for file in (*package.get("wheels", []), *filter(None, [package.get("sdist")])):
            assert file["url"].startswith("https://files.pythonhosted.org/packages/"), file["url"]
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", file["hash"]), file["url"]


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("python", [(3, 11), (3, 12), (3, 13)], ids=lambda python: f"{python[0]}.{python[1]}")
def test_nothing_has_to_be_compiled(python: tuple[int, int], machine: str) -> None:
    """Each package that a probe or a hub takes has a locked wheel for Debian 12 and later."""
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(36, 16, -1)] + [f"manylinux2014_{machine}"]
    fit = {*cpython_tags(python, platforms=platforms), *compatible_tags(python, platforms=platforms)}
    for name, version in _needed(python, machine):
        (package,) = (one for one in LOCK["package"] if (one["name"], one.get("version")) == (name, version))
        assert any(_tags(file["url"]) & fit for file in package["wheels"]), f"{name} {version}"


def _needed(python: tuple[int, int], machine: str) -> Iterator[tuple[str, str]]:
    text = requirements("--extra", "probe", "--extra", "hub", "--extra", "explain", "--extra", "heic", "--no-hashes")
    machine_and_python = {
        "python_version": f"{python[0]}.{python[1]}",
        "python_full_version": f"{python[0]}.{python[1]}.9",
        "platform_machine": machine,
        "sys_platform": "linux",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    for line in text.splitlines():
        need, _, marker = line.partition(" ; ")
        name, _, version = need.partition("==")
        if not marker or Marker(marker).evaluate(dict(machine_and_python)):
            yield name, version


def _tags(url: str) -> frozenset[Tag]:
    return parse_wheel_filename(url.rpartition("/")[2])[3]


def test_what_reads_the_lock_is_locked_itself() -> None:
    there = (ROOT / ".ci" / "uv.txt").read_text()
    assert there == requirements("--only-group", "lock"), "run make lock"
    assert there.count("--hash=sha256:") > 5


def test_nothing_that_we_lock_or_ask_for_has_a_known_hole() -> None:
    known = advisories()
    assert complaints(known, locked()) == []
    assert low_floors(known, PROJECT) == []


def test_each_advisory_speaks_of_something_that_we_lock() -> None:
    """One of a package that is gone goes too, and a name with a slip of the pen is found."""
    there = {(one.registry, one.package) for one in locked()}
    for advisory in advisories():
        assert (advisory.registry, advisory.package) in there, advisory
        assert advisory.source.startswith("https://"), advisory


def test_a_locked_version_with_a_hole_would_be_found_and_named(tmp_path: Path) -> None:
    """The control: in either kind of lock file, and in what we ask for."""
    lock = tmp_path / "uv.lock"
    lock.write_text((ROOT / "uv.lock").read_text().replace(f'version = "{_version("amqtt")}"', 'version = "0.11.3"'))
    page = tmp_path / "package-lock.json"
    told = json.loads((ROOT / "hub" / "web" / "package-lock.json").read_text())
    told["packages"]["node_modules/maplibre-gl"]["version"] = "6.4.0"
    page.write_text(json.dumps(told))
    said = complaints(advisories(), locked(lock, [page]))
    assert [line.split(",")[0] for line in said] == [
        "uv.lock: amqtt 0.11.3 has GHSA-2hjf-7455-w946",
        f"{tmp_path.name}/package-lock.json: maplibre-gl 6.4.0 has CVE-2026-85061",
    ]
    low = low_floors(advisories(), {"dependencies": ["starlette>=0.49.1", "amqtt"], "optional-dependencies": {}})
    assert any("starlette>=0.49.1 would take a version with CVE-2026-54283" in line for line in low)
    assert any("amqtt would take" in line for line in low)


def _version(name: str) -> str:
    return next(str(one["version"]) for one in LOCK["package"] if one["name"] == name)


@pytest.mark.parametrize(
    ("version", "good"),
    [("1.1.17", False), ("1.1.18", True), ("2.1.3", False), ("2.1.4", True), ("3.0.0", False), ("6.0.0", True)],
)
def test_a_line_that_was_mended_apart_is_held_against_its_own_remedy(version: str, good: bool) -> None:
    assert mended(Version(version), [Version("1.1.18"), Version("2.1.4"), Version("5.0.9")]) is good
    row = Advisory("npm", "x", "X-1", (Version("5.0.9"),), "https://x.example")
    assert bool(complaints([row], [Locked("npm", "x", "5.0.8", "there")]))


@pytest.mark.parametrize(
    ("out", "why"),
    [
        ("", "no route to host"),
        ('{"dependencies": []}', "no package"),
        ('{"dependencies": [{"name": "amqtt", "skip_reason": "not found on PyPI"}]}', "1 of 1 were not answered"),
    ],
)
def test_an_audit_that_got_no_answer_says_so(out: str, why: str) -> None:
    """pip-audit ends well where the registry answered nothing at all."""
    with pytest.raises(audit.Unasked, match=why):
        audit.python_findings(out, "ERROR: no route to host\n")
    with pytest.raises(audit.Unasked, match="405"):
        audit.npm_findings('{"message": "405 Method Not Allowed - POST https://x", "error": {}}', "hub/web")
    with pytest.raises(audit.Unasked, match="npm said nothing"):
        audit.npm_findings("", "hub/web")


def test_an_audit_names_what_it_found() -> None:
    found = {"id": "GHSA-1", "fix_versions": ["0.11.4"], "aliases": [], "description": ""}
    told = {"dependencies": [{"name": "amqtt", "version": "0.11.3", "vulns": [found]}]}
    assert audit.python_findings(json.dumps(told), "") == ["amqtt 0.11.3: GHSA-1, mended in 0.11.4"]
    page = {"vulnerabilities": {"maplibre-gl": {"range": "<=6.4.0", "severity": "critical"}}}
    assert audit.npm_findings(json.dumps(page), "hub/web") == ["hub/web: maplibre-gl <=6.4.0, critical"]
