"""Licences, the Open Know-How manifest, and the page about both: whole, true, and the same in two languages."""

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import probe

HARDWARE = Path(__file__).parents[2] / "hardware"
ROOT = HARDWARE.parent
MANIFEST: dict[str, Any] = tomllib.loads((HARDWARE / "okh.toml").read_text())

# okh-losh.schema.json of https://github.com/iop-alliance/OpenKnowHow, commit 013e5c44084f0df0acf6e2873721b96c2e792960:
# its fields with their types, which of them are required, and its lists of words. Its last rule asks for `spdxLicense`
# or `alternativeLicense`, which none of its fields is called; the field is `license`.
TEXT = ("okhv", "name", "version", "license", "licensor", "organisation", "function")
PATHS = ("readme", "image", "bom", "manufacturing-instructions", "user-manual", "attestation")
FIELDS = {
    *TEXT,
    *PATHS,
    *("repo", "release", "documentation-language", "technology-readiness-level", "documentation-readiness-level"),
    *("cpc-patent-class", "tsdc", "part"),
}
REQUIRED = {"okhv", "name", "repo", "version", "licensor", "license"}
OF_A_PART = {"name", "image", "tsdc", "source", "export"}
LEVELS = [f"{kind}-{level}" for kind in ("OTRL", "ODRL") for level in range(1, 6)]


def test_the_manifest_has_the_standards_fields_and_lacks_only_the_public_address() -> None:
    assert MANIFEST.keys() <= FIELDS
    assert REQUIRED - MANIFEST.keys() <= {"repo"}
    assert MANIFEST["okhv"] == "OKH-LOSHv1.0"
    for name in TEXT:
        assert isinstance(MANIFEST.get(name, ""), str)
    for name in ("repo", "release"):
        assert re.match(r"https?://", MANIFEST.get(name, "https://"))
    assert MANIFEST["technology-readiness-level"] in LEVELS
    assert MANIFEST["documentation-readiness-level"] in LEVELS
    assert re.fullmatch("[a-z]{2}", MANIFEST["documentation-language"])
    for part in MANIFEST["part"]:
        assert "name" in part
        assert part.keys() <= OF_A_PART


def test_its_version_is_the_projects() -> None:
    assert MANIFEST["version"] == probe.__version__


def test_every_file_that_it_names_is_there_and_below_it() -> None:
    named = [MANIFEST[name] for name in PATHS if name in MANIFEST]
    named += [part[name] for part in MANIFEST["part"] for name in ("source", "image") if name in part]
    assert len(named) >= 6
    for name in named:
        assert (HARDWARE / name).resolve().is_relative_to(HARDWARE)
        assert (HARDWARE / name).exists(), name


def test_it_claims_no_prototype_and_no_complete_documents() -> None:
    """OTRL-3 is a model, OTRL-4 a prototype; ODRL-3 is complete by DIN SPEC 3105-1."""
    assert MANIFEST["technology-readiness-level"] == "OTRL-3"
    assert MANIFEST["documentation-readiness-level"] == "ODRL-2"


@pytest.mark.parametrize(
    ("name", "first", "digest"),
    [
        # The words as SPDX has them; two copies of other projects were compared
        (
            "LICENSE",
            "CERN Open Hardware Licence Version 2 - Strongly Reciprocal",
            "f8c57408c625a4eb30810c06ac37486cbb3d98d95d24ee764c096aa65cc1505f",
        ),
        (
            "pages/LICENSE",
            "Attribution-ShareAlike 4.0 International",
            "23ee78c8bae49cf08ea2f0c84945c66b987ebe4520881fb51b3dad4fb43d07c2",
        ),
    ],
)
def test_the_licences_texts_are_whole(name: str, first: str, digest: str) -> None:
    text = (HARDWARE / name).read_bytes()
    assert text.decode().startswith(first)
    assert hashlib.sha256(text).hexdigest() == digest


def test_the_notice_says_what_the_licence_asks_for() -> None:
    notice = " ".join((HARDWARE / "NOTICE").read_text().split())
    for said in (
        "licensed under the CERN-OHL-S v2 or any later version",
        "WITHOUT ANY EXPRESS OR IMPLIED WARRANTY",
        "Source location:",
        "As per CERN-OHL-S v2 section 4",
    ):
        assert said in notice
    assert MANIFEST["license"] == "CERN-OHL-S-2.0"
    assert ("not yet published" in notice) == ("repo" not in MANIFEST)
    for folder in re.findall(r"^((?:[a-z.]+, )*[a-z.]+) {2,}\S", (HARDWARE / "NOTICE").read_text(), re.MULTILINE):
        for name in folder.split(", "):
            assert (HARDWARE / name).exists() or name == "data", name


def page(language: str) -> str:
    return (HARDWARE / "pages" / language / "standards.md").read_text()


def shape(text: str) -> list[str]:
    """Headings by their depth and the number of cells of each row of a table."""
    found = []
    for line in text.splitlines():
        if line.startswith("#"):
            found.append(line.split(" ", maxsplit=1)[0])
        elif line.startswith("|"):
            found.append(f"|{line.count('|')}")
    return found


def test_both_languages_have_the_same_tables_folders_and_links() -> None:
    english, french = page("en"), page("fr")
    assert shape(english) == shape(french)
    assert shape(english).count("#") == 1
    assert sorted(re.findall(r"`([^`]+)`", english)) == sorted(re.findall(r"`([^`]+)`", french))
    assert re.findall(r"\]\(([^)]+)\)", english) == re.findall(r"\]\(([^)]+)\)", french)


def test_the_page_says_what_is_lacking_and_what_is_true() -> None:
    english = page("en")
    assert "no kit was ever built" in english
    assert ("no public address yet" in english) == ("repo" not in MANIFEST)
    assert MANIFEST["technology-readiness-level"] in english
    assert MANIFEST["documentation-readiness-level"] in english
    for name in re.findall(r"`((?:hardware|firmware|probe|hub)[^`]*|[A-Z]+(?:\.md)?)`", english):
        assert (ROOT / name).exists(), name


def test_its_french_has_its_spaces() -> None:
    assert not re.search(r"[^\u00a0\s|`\]:][;!?»]|« |[a-zé]'[a-zé]", re.sub(r"`[^`]*`|\([^)]*\)", "", page("fr")))
