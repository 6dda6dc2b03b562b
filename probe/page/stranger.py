"""What a phone's own questions get, and whoever comes by another name or to another place than the page's.

A phone that joins a Wi-Fi asks whether there is internet behind it. There is none, and nothing here says otherwise:
each of these questions gets 404 and a small page that leads to the walker's. A phone takes that for "no internet",
and not for a hotel's page to sign in at, whose small window forgets all when it closes.
"""

from base64 import b64encode
from hashlib import sha256
from html import escape

from starlette.responses import HTMLResponse

# What Android, iOS, Windows, Firefox, KDE and NetworkManager ask for.
QUESTIONS = frozenset(
    {
        "/generate_204",
        "/gen_204",
        "/hotspot-detect.html",
        "/library/test/success.html",
        "/connecttest.txt",
        "/ncsi.txt",
        "/redirect",
        "/success.txt",
        "/canonical.html",
        "/check_network_status.txt",
        "/kindle-wifi/wifistub.html",
    }
)

_STYLE = (
    "body{font:1.1rem/1.4 system-ui,sans-serif;margin:0 auto;max-width:28rem;padding:1rem;color-scheme:light dark}"
    "a{display:block;padding:1rem;margin:1rem 0;border:3px solid;border-radius:12px;text-align:center;color:inherit}"
)
STYLE_HASH = f"'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"  # what the page's policy has to allow
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Contrechamp</title><style>{style}</style></head>
<body><main><h1>Contrechamp</h1>
<p>This is a probe. There is no internet here.</p>
<p><a href="{url}">To the walker’s page</a></p>
<p lang="fr">Ceci est une sonde. Il n’y a pas d’internet ici.</p>
<p lang="fr"><a href="{url}">Vers la page de la sortie</a></p></main></body></html>
"""


def lead_to(url: str) -> HTMLResponse:
    """404, with a small page that leads to the walker's page at `url`. Nothing of what was asked is repeated in it."""
    return HTMLResponse(_PAGE.format(style=_STYLE, url=escape(url)), status_code=404)
