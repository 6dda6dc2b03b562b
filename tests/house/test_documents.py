"""What the documents say is so: commands, options, topics, rules, targets."""

import re
import tomllib
from pathlib import Path

import pytest

from hub.cli.main import cli
from hub.store.postgres.address import OPTIONS
from probe.contract import topics
from tests.house.documents import BROKER, COMMANDS, RULES, WALKS, commands_page, rules_page, walk_page
from tests.hub.broker import table

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
SECURITY = (ROOT / "SECURITY.md").read_text()


def test_the_readme_is_short_and_its_links_lead_somewhere() -> None:
    assert README.count("\n") <= 150
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if not target.startswith("http"):
            assert (ROOT / target).exists(), target


def test_the_page_of_commands_is_that_of_the_commands() -> None:
    assert COMMANDS.read_text() == commands_page(), "run make picture"


def test_every_variable_is_documented() -> None:
    code = "".join(path.read_text() for room in ("probe", "hub") for path in (ROOT / room).rglob("*.py"))
    for name in set(re.findall(r'"(CONTRECHAMP_\w+)"', code)):
        assert f"`{name}`" in COMMANDS.read_text(), name


def test_the_topics_are_documented() -> None:
    text = (ROOT / "docs" / "contract.md").read_text()
    assert topics.up("<mailbox>") in text
    assert topics.down("<mailbox>") in text
    assert topics.home("<mailbox>") in text


def test_the_page_of_rules_is_that_of_the_rules() -> None:
    assert RULES.read_text() == rules_page(), "run make picture"


def test_the_page_of_rights_is_that_of_the_table() -> None:
    assert BROKER.read_text() == table.page(), "run make picture"


@pytest.mark.parametrize("language", WALKS)
def test_the_walkers_page_has_the_signs_of_today(language: str) -> None:
    assert WALKS[language].read_text() == walk_page(language), "run make picture"


def test_every_make_target_of_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"`?make (\w+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_what_the_page_of_the_store_says_to_type_can_be_typed() -> None:
    text = (ROOT / "docs" / "store.md").read_text()
    typed = re.findall(r"^ {4}contrechamp-hub (\S+)(.*)$", text, re.MULTILINE)
    assert len(typed) >= 6
    for name, words in typed:
        known = {option for one in cli.commands[name].params for option in one.opts}
        assert set(re.findall(r"--[a-z-]+", words)) <= known, name
    assert set(re.findall(r"\?(\w+)=", text)) <= set(OPTIONS)


def test_the_changelog_speaks_to_those_it_touches() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    for heading in ("Probe", "Hub", "Contract", "Hardware"):
        assert f"### {heading}" in text


def test_what_the_security_page_promises_is_shown_by_tests_that_exist() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", SECURITY)
    assert len(named) >= 12
    for path, test in named:
        text = (ROOT / path).read_text()
        assert not test or f"def {test}(" in text, f"{path}::{test}"


def test_the_security_page_names_the_address_that_the_project_has() -> None:
    address = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["contrechamp"]["disclosure"]
    none_yet = "names no address for it yet" in SECURITY
    assert none_yet == (not address), "SECURITY.md and `disclosure` in pyproject.toml disagree"
    assert not address or (address.startswith(("mailto:", "https://")) and f"<{address}>" in SECURITY)
