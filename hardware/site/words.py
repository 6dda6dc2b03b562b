"""The few words that directives add by themselves, in each language."""

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Contrechamp: build a kit",
        "quantity": "How many",
        "part": "Part",
        "price": "Price",
        "own": "your own",
        "recognise": "How to recognise it:",
        "alternatives": "Instead:",
        "total": "Together",
        "tools": "Tools",
        "from": "From",
        "to": "To",
        "colour": "Colour",
        "wire": "Wire",
        "carries": "What it carries",
        "pin": "Pin of the board",
        "goes": "Goes to",
        "current": "Current, mA",
        "basis": "Where the figure comes from",
        "bank": "Power bank",
        "hours": "Hours",
        "consumer": "What draws it",
        "sign": "You feel or hear",
        "says": "It says",
        "missing": "not made yet",
        "rest": "All else as for the kit itself, but without:",
        "menu": "Menu",
        "this_page": "On this page",
        "each": "each",
        "estimate": "estimate",
        "read": "read in a source",
        "search": "Search for:",
        "enlarge": "The drawing alone, to enlarge",
        "not_counted": "In brackets: not needed, not counted.",
    },
    "fr": {
        "title": "Contrechamp : monter un kit",
        "quantity": "Combien",
        "part": "Pièce",
        "price": "Prix",
        "own": "vous l’avez",
        "recognise": "Comment la reconnaître :",
        "alternatives": "À défaut :",
        "total": "Total",
        "tools": "Outils",
        "from": "De",
        "to": "Vers",
        "colour": "Couleur",
        "wire": "Fil",
        "carries": "Ce qui y passe",
        "pin": "Broche de la carte radio",
        "goes": "Va vers",
        "current": "Courant, mA",
        "basis": "D’où vient le chiffre",
        "bank": "Batterie externe",
        "hours": "Heures",
        "consumer": "Ce qui consomme",
        "sign": "Vous sentez ou entendez",
        "says": "Cela veut dire",
        "missing": "pas encore fait",
        "rest": "Tout le reste comme pour le kit lui-même, mais sans :",
        "menu": "Menu",
        "this_page": "Sur cette page",
        "each": "l’unité\N{NO-BREAK SPACE}:",
        "estimate": "estimation",
        "read": "relevé dans une source",
        "search": "À chercher :",
        "enlarge": "Le dessin seul, à agrandir",
        "not_counted": "Entre parenthèses : facultatif, non compté.",
    },
}


def word(language: str, key: str) -> str:
    """Return one of them."""
    return WORDS[language][key]


def money(eur: float, language: str, *, exact: bool = False) -> str:
    """Return a price in EUR as it is written in a language, to the cent; to a tenth of one where asked."""
    figure = f"{eur:.3f}".rstrip("0").rstrip(".") if exact else f"{eur:.2f}"
    return f"{figure.replace('.', ',')}\N{NO-BREAK SPACE}€" if language == "fr" else f"€{figure}"
