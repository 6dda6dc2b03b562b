"""PDF by Chromium's own print: with an outline, tags for those who listen to it, and numbered pages."""

import shutil
from collections.abc import Sequence
from pathlib import Path

# A maker's machine, or a container's: no sandbox is needed for pages that we made
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PROGRAMS = ("chromium-headless-shell", "chromium")
FOOT = (
    '<div style="width:100%;font:8pt sans-serif;text-align:center;color:#555">'
    '<span class="pageNumber"></span> / <span class="totalPages"></span></div>'
)
# Sphinx's single page keeps the page's name before an anchor, which leads nowhere on paper; so do links to pages that
# were taken out and to files beside the site
LEFT = """(without) => {
  for (const name of without) {
    const mark = document.getElementById(`document-${name}`);
    mark.nextElementSibling.remove();
    mark.remove();
  }
  for (const link of document.querySelectorAll("a[href]")) {
    const href = link.getAttribute("href");
    if (/^https?:/.test(href)) continue;
    const anchor = decodeURIComponent(href.split("#").pop());
    if (href.includes("#") && document.getElementById(anchor)) link.setAttribute("href", `#${anchor}`);
    else link.replaceWith(...link.childNodes);
  }
}"""


def chromium() -> str | None:
    """Return where this machine has a Chromium, else None."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def printed(page: Path, out: Path, *, numbered: bool = True, without: Sequence[str] = ()) -> Path:
    """Print an HTML file as PDF, on the paper that its style names, less some pages. Network is refused to it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            context = browser.new_context(offline=True, color_scheme="light")
            tab = context.new_page()
            tab.goto(page.resolve().as_uri())
            tab.evaluate(LEFT, list(without))
            tab.pdf(
                path=out, prefer_css_page_size=True, print_background=True, outline=True, tagged=True,
                display_header_footer=numbered, header_template="<span></span>", footer_template=FOOT,
            )  # fmt: skip
        finally:
            browser.close()
    return out
