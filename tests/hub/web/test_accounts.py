"""Signing in by password and by link, one's own account, and what admins do."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from hub.log.people import Role
from hub.people.accounts import LINK_S
from hub.web.forms import FORM_TYPE
from hub.web.words import words
from tests.hub.web.inhabited import PASSWORD, Inhabited

OTHER = "nine blue lanterns by a river"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Inhabited]:
    inhabited = Inhabited(tmp_path)
    yield inhabited
    inhabited.close()


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Inhabited]:
    """A hub that is asked from many places, by HTTPS."""
    inhabited = Inhabited(tmp_path, base="https://hub.example", names=["hub.example"])
    yield inhabited
    inhabited.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Inhabited]:
    """A hub at which nobody has an account yet."""
    inhabited = Inhabited(tmp_path, people=False)
    yield inhabited
    inhabited.close()


def say(key: str, **values: object) -> str:
    return words("en")(key, **values)


def shown(answer: object) -> str:
    return str(getattr(answer, "text", "")).replace("&#39;", "'")


def audited(hub: Inhabited) -> list[tuple[str, str]]:
    return [(one.who, one.what) for one in hub.store.people.audit()]


def test_who_knows_the_password_comes_in_where_they_wanted_to_go(hub: Inhabited) -> None:
    browser = hub.stranger()
    answer = hub.sign_in(browser, "  reader ", next="/cameras?page=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cameras?page=2")
    assert browser.get("/account").status_code == 200
    assert hub.sign_in(hub.stranger(), "READER", next="//evil.example/").headers["location"] == "/"
    assert ("Reader", "signed_in_password") in audited(hub)


def test_a_wrong_name_and_a_wrong_password_read_the_same(far: Inhabited) -> None:
    far.store.people.add("Keyholder", Role.READER)  # by passkey alone
    pages = {
        shown(far.sign_in(far.stranger(f"10.0.0.{n}"), name, password)).replace(f'value="{name}"', "")
        for n, (name, password) in enumerate([("Reader", "wrong"), ("Nobody", PASSWORD), ("Keyholder", ""), ("", "")])
    }
    assert len({page.replace("autofocus", "").replace(" ", "") for page in pages}) == 1
    assert say("sign_in_wrong") in pages.pop()
    assert ("Reader", "refused_sign_in") in audited(far)
    assert all("Nobody" not in one.who + one.about for one in far.store.people.audit()), "it may be a password"


def test_whoever_guesses_is_slowed_down_and_nobody_is_locked_out(far: Inhabited) -> None:
    guesser = far.stranger("203.0.113.9")
    statuses = [far.sign_in(guesser, "Admin", f"guess {n}").status_code for n in range(12)]
    assert statuses[:5] == [401] * 5
    assert set(statuses[5:]) == {429}
    waits = far.sign_in(guesser, "Admin", PASSWORD)
    assert waits.status_code == 429, "a right password, too"
    assert 0 < int(waits.headers["retry-after"]) <= 60
    assert far.sign_in(far.stranger("198.51.100.7"), "Admin").status_code == 303, "from elsewhere at once"
    far.clock.now_s += 60
    assert far.sign_in(guesser, "Admin").status_code == 303, "and from there after a minute at most"


def test_a_name_that_many_addresses_guess_at_is_answered_late_and_still_answered(far: Inhabited) -> None:
    for n in range(40):
        far.sign_in(far.stranger(f"198.51.100.{n}"), "Admin", "guess")
    assert far.slept
    assert max(far.slept) <= 4
    assert far.sign_in(far.stranger("192.0.2.1"), "Admin").status_code == 303
    before = len(far.slept)
    assert far.sign_in(far.stranger("192.0.2.1"), "Reader").status_code == 303
    assert len(far.slept) == before, "other names are answered at once"


def test_the_first_admin_comes_by_a_link_that_works_once(empty: Inhabited) -> None:
    token, browser = empty.accounts.invite(0), empty.stranger()
    form = browser.post("/welcome", data={"code": f"http://127.0.0.1:8787/welcome#{token}"})
    assert form.status_code == 200
    assert say("welcome_first") in shown(form)
    for password, why in (
        ("short", "password_short"),
        ("passwordpassword", "password_obvious"),
        ("Anna 2026 Anna", "password_obvious"),
    ):
        refused = browser.post("/welcome", data={"code": token, "name": "Anna", "password": password})
        assert refused.status_code == 400
        assert say(why) in shown(refused)
        assert 'value="Anna"' in refused.text
    assert browser.post("/welcome", data={"code": token, "name": " ", "password": OTHER}).status_code == 400
    made = browser.post("/welcome", data={"code": token, "name": "Anna", "password": OTHER})
    assert (made.status_code, made.headers["location"]) == (303, "/")
    assert browser.get("/people").status_code == 200
    again = empty.stranger().post("/welcome", data={"code": token, "name": "Eve", "password": OTHER})
    assert again.status_code == 403
    assert [one.name for one in empty.store.people.people()] == ["Anna"]
    assert empty.sign_in(empty.stranger(), "anna", OTHER).status_code == 303


def test_a_link_for_the_first_admin_is_none_once_there_is_one(empty: Inhabited) -> None:
    token = empty.accounts.invite(0)
    empty.store.people.add("Ben", Role.REVIEWER)
    assert say("welcome_first") in shown(empty.stranger().post("/welcome", data={"code": token})), "no admin yet"
    empty.store.people.add("Anna", Role.ADMIN)
    made = empty.stranger().post("/welcome", data={"code": token, "name": "Eve", "password": OTHER})
    assert made.status_code == 403
    assert [one.name for one in empty.store.people.people()] == ["Ben", "Anna"]


def test_a_link_replaces_a_forgotten_password_and_ends_what_was_open(hub: Inhabited) -> None:
    before = hub.browser(Role.READER)
    token, browser = hub.accounts.invite(hub.people[Role.READER].number), hub.stranger()
    assert browser.get("/welcome").status_code == 200
    assert before.get("/account").status_code == 200, "looking at a link's page uses nothing up"
    assert browser.post("/welcome", data={"code": token}).headers["location"] == "/account#password"
    assert before.get("/account").status_code == 401
    assert hub.sign_in(hub.stranger(), "Reader").status_code == 401, "the old password is forgotten"
    assert browser.post("/account/password", data={"new": OTHER}).status_code == 303
    assert hub.sign_in(hub.stranger(), "Reader", OTHER).status_code == 303
    assert hub.stranger().post("/welcome", data={"code": token}).status_code == 403


def test_a_link_is_over_after_half_an_hour_or_by_a_newer_one_or_with_the_account(hub: Inhabited) -> None:
    number = hub.people[Role.READER].number
    old, new = hub.accounts.invite(number), hub.accounts.invite(number)
    assert hub.stranger().post("/welcome", data={"code": old}).status_code == 403
    hub.clock.now_s += LINK_S
    assert hub.stranger().post("/welcome", data={"code": new}).status_code == 403
    last = hub.accounts.invite(number)
    hub.store.people.close(number)
    assert hub.stranger().post("/welcome", data={"code": last}).status_code == 403


def test_a_password_is_changed_by_who_knows_it_and_ends_other_sessions(hub: Inhabited) -> None:
    browser, other = hub.browser(Role.READER), hub.browser(Role.READER)
    wrong = browser.post("/account/password", data={"old": "no", "new": OTHER})
    assert wrong.status_code == 400
    assert say("password_wrong") in shown(wrong)
    weak = browser.post("/account/password", data={"old": PASSWORD, "new": "aaaaaaaaaaaaaa"})
    assert say("password_obvious") in shown(weak)
    assert browser.post("/account/password", data={"old": PASSWORD, "new": OTHER}).status_code == 303
    assert browser.get("/account").status_code == 200
    assert other.get("/account").status_code == 401
    assert hub.sign_in(hub.stranger(), "Reader", OTHER).status_code == 303


def test_an_admin_invites_changes_and_closes_and_it_stands_in_the_audit(hub: Inhabited) -> None:
    admin = hub.browser(Role.ADMIN)
    invited = admin.post("/people", data={"name": "Zoé", "role": "reviewer"})
    link = invited.text.split("/welcome#")[1].split("<")[0]
    assert admin.get("/people").text.count("welcome#") == 0, "shown once"
    zoe = hub.stranger()
    assert zoe.post("/welcome", data={"code": link}).status_code == 303
    person = hub.store.people.named("zoé")
    assert person is not None
    assert person.role is Role.REVIEWER
    assert admin.post(f"/people/{person.number}/role", data={"role": "operator"}).status_code == 303
    assert "operator" in zoe.get("/account").text.lower()
    assert admin.post(f"/people/{person.number}/close").status_code == 303
    assert zoe.get("/account").status_code == 401
    twice = admin.post("/people", data={"name": "ZOÉ", "role": "reader"})
    assert twice.status_code == 400
    assert "there is, or was" in twice.text
    page = shown(admin.get("/audit"))
    for what in ("person_added", "role_changed", "person_closed", "signed_in_link"):
        assert say(f"audit_{what}") in page


def test_the_last_admin_stays_one(hub: Inhabited) -> None:
    admin, number = hub.browser(Role.ADMIN), hub.people[Role.ADMIN].number
    for path, form in ((f"/people/{number}/role", {"role": "reader"}), (f"/people/{number}/close", {})):
        refused = admin.post(path, data=form)
        assert refused.status_code == 400
        assert "only admin left" in refused.text
    assert admin.get("/people").status_code == 200


def test_names_and_audit_show_markup_as_text(hub: Inhabited) -> None:
    admin, name = hub.browser(Role.ADMIN), "<img src=x>{{7*1911}}"
    made = admin.post("/people", data={"name": name, "role": "reader"})
    hub.store.people.note("<b>x</b>", "<script>", "\u202e<i>")
    for page in (made.text, admin.get("/people").text, admin.get("/audit").text):
        assert "<img src=x>" not in page
        assert "<b>x" not in page
        assert "<script>alert" not in page
        assert "13377" not in page.split("<main")[1]
        assert "\u202e" not in page
    for wrong in ("", "x" * 41, "a\nb", "a\u202eb", "\u200b"):
        assert admin.post("/people", data={"name": wrong, "role": "reader"}).status_code == 400
    for wrong in ("", "stranger", "god", "4"):
        assert admin.post("/people", data={"name": "Somebody", "role": wrong}).status_code == 400
    assert admin.post(f"/people/{10**30}/close").status_code == 400
    assert admin.post("/people/1/explode").status_code == 400


FORMS = ("/sign-in", "/welcome", "/sign-out", "/account/password", "/account/passkeys", "/account/passkeys/remove",
         "/sign-in/passkey", "/people", "/people/1/role")  # fmt: skip


@pytest.mark.parametrize("path", FORMS)
def test_what_is_no_form_is_told_in_a_sentence(hub: Inhabited, path: str) -> None:
    for body, kind, status in (
        (b"{}", "application/json", 415),
        (b"x" * 40_000, FORM_TYPE, 413),
        (b"\xff\xfe=1", FORM_TYPE, 400),
        (b"a" * 10, FORM_TYPE, 400),
        (b"&".join(b"a=%d" % n for n in range(200)), FORM_TYPE, 400),
    ):
        answer = hub.browser(Role.ADMIN).post(path, content=body, headers={"content-type": kind})
        assert answer.status_code in (status, 403), (path, body[:20])
        assert "Traceback" not in answer.text
        assert len(hub.store.people.people()) == 4


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Inhabited, TestClient]]:
    inhabited = Inhabited(tmp_path_factory.mktemp("hub"))
    yield inhabited, inhabited.browser(Role.ADMIN)
    inhabited.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(
    path=st.sampled_from(FORMS[3:]),
    fields=st.dictionaries(
        st.sampled_from(["name", "role", "id", "answer", "label", "old", "new"]), st.text(max_size=30)
    ),
)
def test_no_field_however_odd_breaks_a_form(
    lasting: tuple[Inhabited, TestClient], path: str, fields: dict[str, str]
) -> None:
    hub, browser = lasting
    hub.clock.now_s += 3600
    hub.store.people.end_sessions(hub.people[Role.ADMIN].number)
    browser.cookies.set("contrechamp-8787", hub.accounts.begin(hub.people[Role.ADMIN], "link"))
    body = urlencode(fields, errors="surrogatepass")
    answer = browser.post(path, content=body, headers={"content-type": FORM_TYPE})
    assert answer.status_code < 500
