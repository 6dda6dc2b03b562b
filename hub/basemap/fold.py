"""Names as they are searched: without accents, capitals and punctuation, in words."""

import re
import unicodedata

MAX_NAME = 200  # what is longer is no name of a street
_APART = re.compile(r"[^\w]+|_+")
_SPELT = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})
# What people type for what is written on the sign. Both are looked for.
SHORT = {"av": "avenue", "bd": "boulevard", "bld": "boulevard", "bvd": "boulevard", "st": "saint", "ste": "sainte",
         "pl": "place", "imp": "impasse", "che": "chemin", "ch": "chemin", "rte": "route", "sq": "square"}  # fmt: skip


def words_of(text: str) -> list[str]:
    """The words of a name: "Rue de l’Église" is rue, de, l, eglise."""
    plain = unicodedata.normalize("NFKD", text[:MAX_NAME]).casefold().translate(_SPELT)
    bare = unicodedata.normalize("NFKD", plain)  # casefolding may bring marks of its own
    return [word for word in _APART.split("".join(c for c in bare if not unicodedata.combining(c))) if word]


def folded(text: str) -> str:
    """A name as it is compared with others."""
    return " ".join(words_of(text))
