"""The built pages: no faults, nothing from elsewhere, readable on a phone and by those who listen to them."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.build import KIT
from hardware.site.make import PagesWrong, site
from hardware.site.pagelist import KITS, LANGUAGES, listed, of_other_kits
from tests.browser import Watch, Watched
from tests.hardware.pages import page

pytestmark = pytest.mark.kit
# Tables of which a column lies beyond the screen's edge, by their first words
CUT = """() => [...document.querySelectorAll(".table-wrapper")].filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.innerText.slice(0, 60))"""


@pytest.fixture(scope="module")
def kit() -> Path:
    assert (KIT / "en" / "index.html").exists(), "run `make kit`, which builds what these tests look at"
    return KIT


@pytest.fixture
def small(watch: Watch) -> Iterator[Watched]:
    with watch(width=360, height=720, dark=True) as watched:
        yield watched


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_build_without_a_fault(kit: Path, tmp_path: Path, language: str) -> None:
    assert site(language, tmp_path / language, kit=kit, strict=True) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{part}`flux-capacitor`", "part flux-capacitor"),
        ("{use}`some screws`", "a number and a part"),
        ("{made}`enclosure/rover.stl`", "enclosure/rover.stl is not among"),
        ("```{step} scout-99\nA step.\n```", "scout-99"),
        ("```{step} scout-01\n```", "words for those who do not see"),
        ("[nowhere](nowhere.md)", "nowhere"),
        ("```{bill} rover\n```", "kit rover"),
    ],
)
def test_what_is_missing_fails_the_strict_build_and_is_seen_in_the_other(
    kit: Path, tmp_path: Path, text: str, fault: str
) -> None:
    pages = tmp_path / "pages"
    (pages / "en").mkdir(parents=True)
    (pages / "en" / "index.md").write_text(f"# A page\n\n{text}\n")
    with pytest.raises(PagesWrong, match=re.escape(fault)):
        site("en", tmp_path / "strict", kit=kit, strict=True, pages=pages)
    assert fault in "".join(site("en", tmp_path / "draft", kit=kit, strict=False, pages=pages))
    shutil.rmtree(tmp_path / "draft")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_loaded_from_elsewhere(kit: Path, language: str) -> None:
    for path in sorted((kit / language).rglob("*")):
        if path.suffix == ".html":
            text = path.read_text(encoding="utf-8")
            loads = re.findall(r'<(?:img|script|iframe|source|object)[^>]*(?:src|data)="(https?:)?//', text)
            assert not loads, path
            assert not re.findall(r'<link(?![^>]*rel="(?:author|next|prev|canonical)")[^>]*href="(?:https?:)?//', text)
        if path.suffix == ".css":
            assert not re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_to_print_are_where_the_pages_link_to(kit: Path, tmp_path: Path, language: str) -> None:
    site(language, tmp_path / "kit" / language, kit=kit, strict=True)
    text = (tmp_path / "kit" / language / "print.html").read_text(encoding="utf-8")
    linked = re.findall(r'href="\.\./(enclosure/[^"]+)"', text)
    assert len(linked) == 19
    assert all((kit / path).is_file() for path in linked)
    site(language, tmp_path / "paper", kit=kit, strict=True, paper=True)
    assert "../enclosure" not in (tmp_path / "paper" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_links_to_itself_in_the_other_language(kit: Path, language: str) -> None:
    other = next(one for one in LANGUAGES if one != language)
    for name in listed():
        text = (kit / language / f"{name}.html").read_text(encoding="utf-8")
        assert f'href="../{other}/{name}.html"' in text, name
        assert (kit / other / f"{name}.html").exists()
        assert f'<html class="no-js" lang="{language}"' in text


def test_the_french_site_speaks_french_around_the_pages(kit: Path) -> None:
    text = (kit / "fr" / "first-walk.html").read_text(encoding="utf-8")
    for english in ("Next<", "Previous<", "On this page", "Back to top", "Toggle", 'placeholder="Search"', "Made with"):
        assert english not in text, english


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", listed())
def test_a_phone_shows_it_without_scrolling_sideways(kit: Path, small: Watched, name: str, language: str) -> None:
    small.page.goto((kit / language / f"{name}.html").as_uri())
    width = small.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    assert not small.left
    assert not small.complaints
    cut = small.page.evaluate(CUT)
    assert not cut, "a table goes on where nobody sees it"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(kit: Path, watch: Watch, language: str, dark: bool) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with watch(width=1100, height=900, dark=dark) as watched:
        for name in (*listed(), "search"):
            watched.page.goto((kit / language / f"{name}.html").as_uri())
            found = Axe().run(watched.page)
            told = [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found.response["violations"]]
            assert not told, name


@pytest.mark.parametrize("kit_name", KITS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_of_a_kit_has_its_pages_an_outline_and_letters_that_a_phone_shows(
    kit: Path, language: str, kit_name: str
) -> None:
    from pypdf import PdfReader

    pdf = PdfReader(kit / f"contrechamp-{kit_name}-{language}.pdf")
    assert len(pdf.pages) > 30
    box = pdf.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (420, 595)  # A5, in points
    pages = [name for name in listed() if name not in of_other_kits(kit_name)]
    assert len(pages) == len(listed()) - 2
    titles = [
        str(entry.title).replace("\N{NO-BREAK SPACE}", " ") for entry in pdf.outline if not isinstance(entry, list)
    ]
    assert titles == [page(language, name).headings[0][1].replace("\N{NO-BREAK SPACE}", " ") for name in pages]
    text = re.sub(r"\s+", " ", " ".join(one.extract_text() for one in pdf.pages))
    assert all(title in text for title in titles)
    assert "/Lang" in pdf.trailer["/Root"].get_object()  # type: ignore[operator]
    wide = [one for one in pdf.pages if round(one.mediabox.width) == 842]
    assert len(wide) == 2, "each of the two drawings of the wires has a sheet of A4, across"
    links = [
        str(note.get_object()["/A"]["/URI"])
        for one in pdf.pages
        for note in one.get("/Annots", [])
        if "/URI" in note.get_object().get("/A", {})
    ]
    assert not [link for link in links if not link.startswith("http")]
