"""The kits' pages hold together: steps and bill, both languages, links, commands, words for pictures."""

import re
from collections import Counter

import pytest

from hardware.parts import load, load_kits, load_tools
from hardware.site.pagelist import KITS, LANGUAGES, PAGES, listed, written
from tests.hardware.commands import fault
from tests.hardware.pages import Page, all_pages, page, used

ALL = all_pages()
IDS = [f"{one.language}/{one.name}" for one in ALL]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kit", KITS)
def test_what_the_steps_use_is_what_the_bill_has(kit: str, language: str) -> None:
    bill = Counter({line.part: line.quantity for line in load_kits()[kit].lines if not line.optional})
    assert used(page(language, f"build-{kit}")) == bill


def test_every_page_is_listed_and_every_listed_page_is_written() -> None:
    for language in LANGUAGES:
        assert written(PAGES / language) == set(listed()), language
    assert len(listed()) == len(set(listed()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_menu_and_next_button_go_the_way_that_the_front_page_tells(language: str) -> None:
    _, first, rest = page(language, "index").text.partition("](law.md)")
    way = re.findall(r"\]\(([\w-]+)\.md", first + rest.partition("](trouble.md)")[0])
    assert len(way) > 8
    assert [name for name in listed() if name in way] == way


@pytest.mark.parametrize("name", [name for name in listed() if (PAGES / "en" / f"{name}.md").exists()])
def test_both_languages_have_one_shape(name: str) -> None:
    english, french = page("en", name), page("fr", name)
    assert [level for level, _ in english.headings] == [level for level, _ in french.headings]
    assert numbers(english) == numbers(french)
    shape = [(one.name, one.argument) for one in english.directives]
    assert shape == [(one.name, one.argument) for one in french.directives]
    # A sentence may name its parts in another order
    assert Counter(english.roles) == Counter(french.roles)
    uses = [said for role, said in english.roles if role == "use"]
    assert uses == [said for role, said in french.roles if role == "use"]
    assert [typed(one) for one in english.commands] == [typed(one) for one in french.commands]
    assert [bare(link) for link in english.links] == [bare(link) for link in french.links]
    assert english.text.count("\n1. ") == french.text.count("\n1. ")


def numbers(one: Page) -> list[str]:
    return [found.group(1) for _, title in one.headings if (found := re.match(r"(\d+)\.", title))]


def typed(command: str) -> str:
    """A command without the language that it asks for."""
    return re.sub(r"--lang[ =](en|fr)", "--lang", command)


def bare(link: str) -> str:
    """A link without what differs by language: the headings' words, and a document's French edition."""
    return link.partition("#")[0].replace(".fr.md", ".md")


@pytest.mark.parametrize("one", ALL, ids=IDS)
def test_a_page_has_one_title_and_numbered_steps_in_order(one: Page) -> None:
    assert [level for level, _ in one.headings].count(1) == 1
    found = [int(number) for number in numbers(one)]
    assert found == list(range(1, len(found) + 1))


@pytest.mark.parametrize("kit", KITS)
def test_each_step_of_a_build_has_its_picture_and_a_part_or_a_tool(kit: str) -> None:
    steps = re.split(r"^## (?=\d)", page("en", f"build-{kit}").text, flags=re.M)[1:]
    for number, step in enumerate(steps, 1):
        assert f"```{{step}} {kit}-{number:02}\n" in step
        assert "{use}`" in step or "{tool}`" in step, step[:40]


@pytest.mark.parametrize("one", ALL, ids=IDS)
def test_parts_tools_and_kits_that_a_page_names_exist(one: Page) -> None:
    parts, tools, kits = set(load()), set(load_tools()), set(load_kits())
    pieces = [f"enclosure/{kit}-{piece}" for kit in KITS for piece in ("case", "lid", "bar")]
    made = {"enclosure/drilling-template.svg"} | {f"{one}.{kind}" for one in pieces for kind in ("stl", "step", "svg")}
    for role, said in one.roles:
        known = {"part": parts, "use": parts, "tool": tools, "total": kits, "made": made}[role]
        assert said.split()[-1] in known, said
    for directive in one.directives:
        if directive.name in ("bill", "wiring", "pins", "power"):
            assert directive.argument in kits


@pytest.mark.parametrize("one", ALL, ids=IDS)
def test_links_lead_to_files_and_places_that_exist(one: Page) -> None:
    for link in one.links:
        if re.match(r"https?://", link):
            continue
        target, _, anchor = link.partition("#")
        there = (one.path.parent / target).resolve() if target else one.path
        assert there.exists(), link
        if anchor and there.parent == one.path.parent:
            assert anchor in page(one.language, there.stem).anchors, link


@pytest.mark.parametrize("one", ALL, ids=IDS)
def test_commands_that_are_shown_can_be_typed(one: Page) -> None:
    for command in one.commands:
        assert fault(command) is None, command


@pytest.mark.parametrize("one", ALL, ids=IDS)
def test_every_picture_has_words_for_those_who_do_not_see_it(one: Page) -> None:
    for directive in one.directives:
        if directive.name in ("step", "shot"):
            assert len(directive.body.split()) >= 2, directive
    for words in re.findall(r"!\[([^\]]*)\]", one.unfenced):
        assert len(words.split()) >= 3


@pytest.mark.parametrize("one", [one for one in ALL if one.language == "fr"], ids=lambda one: one.name)
def test_french_signs_stand_after_a_hard_space(one: Page) -> None:
    prose = re.sub(r"^:::.*$|^:class:.*$|^\|[-:| ]+\|$|\]\([^)]*\)|<[^>]*>|https?://\S+", "", one.prose, flags=re.M)
    assert not re.findall(r".{0,20}(?<=[^\s]) [;:!?»].{0,5}", prose)
    assert not re.findall(r"«[ ].{0,10}", prose)
    assert not re.findall(r".{0,20}\w[;!?](?:\s|$)", prose)
