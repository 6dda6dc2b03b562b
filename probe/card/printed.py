"""The kit’s card: one page to print, with all that a walker needs and no machine can be asked for on the street."""

import html
import re

from probe.card.kit import KitSecrets
from probe.device.signals import RHYTHMS, drawn
from probe.page.words import words as page_words

_WORDS = {
    "en": {
        "title": "Your kit",
        "keep": "Keep this card with the walker, not with the kit: it lets a phone in.",
        "join": "1. Join the kit’s network: scan the first code that is not crossed out, then cross it out. "
        "Each walk has another network.",
        "stay": "Your phone says that there is no internet here. Stay all the same: "
        "iPhone: “Use Without Internet”; Android: “Stay connected” / “Yes”.",
        "open": "2. Open the page: scan this code once you are in the network.",
        "signs": "What the kit says without a screen",
        "walk": "Walk",
        "typed": "typed:",
        "colon": ":",
    },
    "fr": {
        "title": "Votre kit",
        "keep": "Gardez cette carte sur vous, pas avec le kit\u00a0: elle ouvre la page à un téléphone.",
        "join": "1. Rejoignez le réseau du kit\u00a0: scannez le premier code qui n’est pas barré, puis barrez-le. "
        "Chaque sortie a son propre réseau.",
        "stay": "Le téléphone signale qu’il n’y a pas d’internet. Restez quand même\u00a0: "
        "iPhone\u00a0: «\u00a0Utiliser sans internet\u00a0»\u00a0; Android\u00a0: «\u00a0Rester connecté\u00a0» / "
        "«\u00a0Oui\u00a0».",
        "open": "2. Ouvrez la page\u00a0: scannez ce code une fois dans le réseau.",
        "signs": "Ce que le kit dit sans écran",
        "walk": "Sortie",
        "typed": "à taper\u00a0:",
        "colon": "\u00a0:",
    },
}
_STYLE = """
  body { font: 13px/1.35 sans-serif; margin: 12mm; color: #000; background: #fff }
  h1 { font-size: 20px; margin: 0 } p { margin: 4px 0 8px; max-width: 75ch }
  .codes { display: grid; grid-template-columns: repeat(4, 1fr); gap: 6px }
  .code { border: 1px solid #999; padding: 4px; break-inside: avoid; overflow-wrap: anywhere; font-size: 10px }
  svg { width: 26mm; height: 26mm; display: block; margin: 2px auto } .page svg { margin: 0; width: 34mm; height: 34mm }
  table { border-collapse: collapse } td { border: 1px solid #999; padding: 2px 6px }
"""


def signs(language: str) -> list[tuple[str, str]]:
    """How each sign of the kit is felt, a dot for short and a dash for long, and what it says."""
    told = page_words(language)
    return [(drawn(sign), told[f"sign-{sign}"]) for sign in RHYTHMS]


def printed(kit: KitSecrets, language: str) -> str:
    """The card as a page of HTML with everything in it."""
    words = _WORDS[language]
    codes = "\n".join(
        f'<div class="code"><b>{words["walk"]} {network.number + 1}{words["colon"]} {html.escape(network.name)}</b>'
        f"{qr(network.qr)}{words['typed']} {html.escape(network.passphrase)}</div>"
        for network in kit.networks
    )
    rows = "".join(
        f"<tr><td>{html.escape(felt)}</td><td>{html.escape(says)}</td></tr>" for felt, says in signs(language)
    )
    return f"""<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{words["title"]}</title><style>{_STYLE}</style></head><body>
<h1>{words["title"]}</h1>
<p><b>{words["keep"]}</b></p>
<p>{words["join"]} {words["stay"]}</p>
<div class="page"><p>{words["open"]}<br><b>{html.escape(kit.page_address)}</b></p>{qr(kit.page_address)}</div>
<h2>{words["signs"]}</h2>
<table>{rows}</table>
<div class="codes">
{codes}
</div>
</body></html>
"""


def qr(text: str) -> str:
    """A QR code as an SVG element."""
    import zxingcpp

    return _scalable(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_svg())


def _scalable(drawn: str) -> str:
    """The element alone, which takes the size of its place."""
    element = drawn[drawn.index("<svg") :]
    return re.sub(r'width="([0-9]+)" height="([0-9]+)"', r'viewBox="0 0 \1 \2" role="img"', element, count=1)
