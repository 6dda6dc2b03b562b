"""What Sphinx is told; there is no conf.py of its own kind, as its settings come from the list of pages."""

from pathlib import Path
from typing import Any

from hardware.site.pagelist import FRONT
from hardware.site.words import word

HERE = Path(__file__).parent


def settings(language: str, *, kit: Path, paper: bool) -> dict[str, Any]:
    """Return Sphinx's settings for a language: of the site, or of the single page that goes to paper."""
    return {
        "project": word(language, "title"),
        "language": language,
        "root_doc": FRONT,
        "extensions": ["myst_parser", "hardware.site.extension"],
        "myst_enable_extensions": ["deflist", "colon_fence", "attrs_inline"],
        "myst_heading_anchors": 3,
        "exclude_patterns": [],
        "kit_folder": str(kit),
        "kit_on_paper": paper,
        "nitpicky": True,
        "numfig": False,
        "smartquotes": False,
        "html_title": word(language, "title"),
        "html_theme": "basic" if paper else "furo",
        "html_static_path": [str(HERE / "static")],
        "html_css_files": ["print.css" if paper else "kit.css"],
        "templates_path": [] if paper else [str(HERE / "templates")],
        "html_show_copyright": False,
        "html_show_sphinx": False,
        "html_show_sourcelink": False,
        "html_copy_source": False,
        "html_use_index": False,
        "html_domain_indices": False,
        "html_search_language": language,
        "html_theme_options": {} if paper else {"top_of_page_buttons": []},
        "highlight_language": "none",
        "show_warning_types": True,
    }
