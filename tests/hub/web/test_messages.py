"""The page's words: the same in both languages, numbers that agree, and French set as French is."""

import json
import re
from importlib import resources

import pytest
from starlette.testclient import TestClient

from hub.log.people import Role
from hub.publish.view import Reason
from hub.web.app import make_app
from hub.web.gate import OpenGate
from hub.web.words import LANGUAGES, Words, message_files, typeset, words
from probe.detect.registry import rules
from tests.examples import look, radio
from tests.hub.web.scripted import ScriptedMap

AGREES_ONLY = {"f"}  # what is feminine or masculine in French has no gap in English
BREAKING = re.compile(r" [:;!?»]|« |\d (?:m|km)\b")


def tables() -> dict[str, dict[str, str]]:
    joined: dict[str, dict[str, str]] = {code: {} for code in LANGUAGES}
    for file in message_files():
        for code in LANGUAGES:
            assert not joined[code].keys() & file[code].keys(), "a word stands in two files"
            joined[code] |= file[code]
    return joined


def gaps(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)[:}]", text)) - AGREES_ONLY


def test_both_languages_have_the_same_words_and_the_same_gaps() -> None:
    english, french = (tables()[code] for code in LANGUAGES)
    assert english.keys() == french.keys()
    for key, text in english.items():
        assert gaps(text) == gaps(french[key]), key


def test_every_word_that_a_page_asks_for_is_there() -> None:
    known = tables()["en"]
    web = resources.files("hub.web")
    asking = [*web.joinpath("templates").iterdir(), *(one for one in web.iterdir() if one.name.endswith(".py"))]
    for page in asking:
        for key in re.findall(r'say(?:\.forms)?\(["\']([\w-]+)["\'][,)]', page.read_text(encoding="utf-8")):
            assert key in known, f"{page.name} asks for {key}"
    described = resources.files("hub.publish").joinpath("describe.py").read_text(encoding="utf-8")
    for code in re.findall(r'code="(\w+)"', described) + re.findall(r'": "(\w+)"', described):
        assert code in known, f"a camera may say {code}"


@pytest.mark.parametrize(
    ("code", "n", "form", "told"),
    [
        ("en", 0, "many", "0 cameras"),
        ("en", 1, "one", "1 camera"),
        ("en", 2, "many", "2 cameras"),
        ("en", 12345, "many", "12,345 cameras"),
        ("fr", 0, "one", "0 caméra"),
        ("fr", 1, "one", "1 caméra"),
        ("fr", 2, "many", "2 caméras"),
        ("fr", 12345, "many", "12\u202f345 caméras"),
    ],
)
def test_numbers_agree(code: str, n: int, form: str, told: str) -> None:
    say = words(code)
    assert say("cameras_n", n=n) == told
    assert say.forms("cameras_n")[form].replace("{n}", say.number(n)) == told


def test_every_word_that_a_script_asks_for_is_given_to_it() -> None:
    app = make_app(ScriptedMap(), gate=OpenGate(Role.ADMIN))
    with TestClient(app, base_url="http://127.0.0.1:8787") as browser:
        page = browser.get("/").text
    given = re.search(r'id="words">(.*?)</script>', page, re.DOTALL)
    assert given
    known = json.loads(given[1])
    scripts = [one for one in resources.files("hub.web").joinpath("static").iterdir() if one.name.endswith(".js")]
    asked = {key for one in scripts for key in re.findall(r"\bwords\.(\w+)", one.read_text(encoding="utf-8"))}
    assert asked - {"js"} == known.keys()


def test_a_number_may_stand_within_the_words_that_agree_with_it() -> None:
    assert words("en")("same_transmitter", walks=1) == "The same transmitter was heard on one walk."
    assert words("fr")("same_transmitter", walks=3) == "Le même émetteur a été capté lors de 3 sorties."


def test_no_line_breaks_before_a_unit() -> None:
    assert typeset("34 %, 5 m. {n} % ; 3 minutes", "fr") == "34\u00a0%, 5\u00a0m. {n}\u00a0%\u202f; 3 minutes"


def test_days_and_lengths_and_points_of_the_compass() -> None:
    english, french = words("en"), words("fr")
    assert english.day("2026-05-09") == "9\u00a0May 2026"
    assert french.day("2026-08-01") == "1er\u00a0août 2026"
    assert french.day(None) == french.day("soon") == "inconnu"
    assert english.length(1449) == "1.4\u00a0km"
    assert french.length(1449) == "1,4\u00a0km"
    assert french.compass(260) == "O"
    assert english.compass(359) == "N"
    assert french.compass(95, "towards") == "l’est"


def test_a_reason_tells_its_day_in_words() -> None:
    say = Words("fr", tables()["fr"] | {"because": "Car {vendor} (vérification : {confirmed})."})
    known = Reason(code="because", params={"vendor": "Axis {n}", "confirmed": "2026-08-07"})
    assert say.reason(known) == "Car Axis {n} (vérification\u00a0: 7\u00a0août 2026)."
    assert "inconnu" in say.reason(Reason(code="because", params={"confirmed": "?"}))


def test_what_is_missing_is_a_dash_and_never_an_error() -> None:
    assert words("en")("no_such_word") == "no_such_word"
    assert "–" in words("en")("region_radio")
    assert words("xx").code == "en"


def test_french_is_set_as_french_is() -> None:
    for key, text in [*tables()["fr"].items(), *((rule.name, rule.texts("fr").why) for rule in rules())]:
        assert "'" not in text, f"{key}: a French apostrophe is ’"
        assert '"' not in text, f"{key}: French quotes are « »"
        assert not BREAKING.search(words("fr")(key)), f"{key}: a line may break before its punctuation"
        assert not re.search(r"\w[;!?»]|\w:(?!\w)", re.sub(r"\{.*?\}", "", words("fr")(key))), key


def test_no_line_of_a_french_page_breaks_before_its_punctuation() -> None:
    source = ScriptedMap(radio(), look(observer=(200.0, 0.0)))
    app = make_app(source, gate=OpenGate(Role.ADMIN))
    with TestClient(app, base_url="http://127.0.0.1:8787", headers={"accept-language": "fr"}) as browser:
        for path in ("/", "/cameras", *(f"/cameras/{detail.camera.id}" for detail in source.cameras())):
            page = browser.get(path).text
            text = re.sub(r"<[^>]*>", "", page[page.index("<main") :])
            assert not BREAKING.search(text), path


def test_french_elides_before_one() -> None:
    # `vient de {one:un …}` would give `vient de un repérage`; the choice has to hold the preposition.
    one = {"hearings": 1, "looks": 1, "walks": 1}
    assert "vient d’un repérage" in words("fr")("region_looks", **one)
    assert "vient d’une réception radio lors d’une sortie" in words("fr")("region_radio", **one)
    assert "vient de 3 repérages" in words("fr")("region_looks", looks=3)


def test_scripts_are_given_the_words_of_the_page_s_language_and_these_are_made_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[tuple[str, str]] = []
    forms = Words.forms

    def counted(say: Words, key: str) -> dict[str, str]:
        made.append((say.code, key))
        return forms(say, key)

    monkeypatch.setattr(Words, "forms", counted)
    page = TestClient(make_app(ScriptedMap(), gate=OpenGate(Role.READER)), base_url="http://localhost")
    for code in ("en", "fr", "en", "fr"):
        text = page.get("/", params={"lang": code}).text
        given = json.loads(re.findall(r'id="words">(.*?)</script>', text, re.DOTALL)[0])
        assert given["close"] == words(code)("close")
        assert given["kinds"] == words(code).starting("kind_")
    assert made, "the page counts"
    assert len(set(made)) == len(made)
