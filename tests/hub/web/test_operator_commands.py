"""Each command has its page, or a sentence that says why not; what the operator's pages say, they have words for."""

import re
from collections.abc import Iterator
from importlib import resources

import click

from hub.cli.main import cli
from hub.log.events import RefusalKind
from hub.web.pages.operator.commands import ELSEWHERE, PAGES
from hub.web.words import LANGUAGES, words


def commands(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def test_each_command_has_its_page_or_a_sentence_why_not() -> None:
    there = set(commands(cli))
    assert not PAGES.keys() & ELSEWHERE.keys()
    assert PAGES.keys() | ELSEWHERE.keys() == there


def test_the_sentences_are_there_in_both_languages() -> None:
    for code in LANGUAGES:
        for key in ELSEWHERE.values():
            assert words(code)(key) != key


def test_whatever_comes_of_an_action_has_its_sentence() -> None:
    folder = resources.files("hub.web").joinpath("pages/operator")
    code = "".join(one.read_text() for one in folder.iterdir() if one.name.endswith(".py"))
    asked = set(re.findall(r'Refused\(\s*"(\w+)"', code)) | set(re.findall(r'key = "(hub_\w+)"', code))
    asked |= set(re.findall(r'"(hub_[a-z_]+)"', code))
    asked |= {f"hub_work_{kind}" for kind in re.findall(r'(?:act|start)\(\s*(?:request, )?"(\w+)"', code)}
    asked |= {f"hub_kind_{kind.name.lower()}" for kind in RefusalKind}
    asked |= {f"hub_out_{why}" for why in ("rejected", "private", "waiting", "radio", "composed", "gone")}
    asked |= {f"hub_step_{step}{part}" for step in ("probe", "streets", "review") for part in ("_why", "_go", "_cli")}
    assert len(asked) > 60
    for word in asked:
        assert words("fr")(word) != word, word
