"""The operator's pages on a hub with a disk: what they show, and what their forms do."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from hub.backup import read_backup
from hub.data import read_hub
from hub.ingest.held import FORGOTTEN
from hub.log.decisions import DecisionKind, NewDecision
from hub.log.people import Role
from hub.web.pages.operator import arrivals
from hub.web.words import message_files
from probe.contract.words import WORDS
from tests.examples import look
from tests.hub.keys.clocks import Machine
from tests.hub.keys.test_day import aged
from tests.hub.web.operated import Operated, filled, operated, send
from tests.paired import database_of, enrolled

SECTIONS = ("probes", "intake", "arrivals", "copies", "upkeep", "complaints", "pictures")
PATHS = ("/hub", *(f"/hub/{section}" for section in SECTIONS))
PASSPHRASE = "seven words that nobody else would pick"  # noqa: S105 (of a test)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Operated]:
    with operated(tmp_path / "hub") as world:
        yield world


def text(page: str) -> str:
    """What a reader reads on a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page[page.index("<main") :]))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_is_there_empty_and_full_in_both_languages(language: str, world: Operated) -> None:
    keys = {key for file in message_files() for key in file["en"] if key.startswith("hub_")}
    for state in (world, filled(world)):
        browser = state.browser(language=language)
        for path in PATHS:
            page = browser.get(path)
            assert page.status_code == 200, path
            assert page.headers["cache-control"] == "no-store"
            assert not {key for key in keys if re.search(rf"\b{key}\b", text(page.text))}, "a key instead of its words"
            assert "<script>alert" not in page.text
            assert "<b>up" not in page.text


def test_the_link_is_there_for_operators_alone(world: Operated) -> None:
    shown = {role: 'href="/hub"' in world.browser(role).get("/cameras").text for role in Role}
    assert shown == {role: role >= Role.OPERATOR for role in Role}


def test_the_first_steps_are_ticked_by_what_is_true(world: Operated) -> None:
    def done() -> list[bool]:
        page = world.browser().get("/hub").text
        return [one == "done" for one in re.findall(r'<li class="(done|open)"', page)]

    assert done() == [False, False, False]
    enrolled(world.folder, "Anna")
    assert done() == [True, False, False]
    world.streets = True
    assert done() == [True, True, False]
    world.folder.store.decisions.append("ada", [NewDecision(kind=DecisionKind.CONFIRM, sightings=("a",))])
    assert done() == []
    assert "Three steps" not in world.browser().get("/hub").text


def test_the_overview_says_what_does_not_run_and_what_waits(world: Operated) -> None:
    page = text(filled(world).browser().get("/hub").text)
    assert "Broker: runs" in page
    assert "Intake: does not run" in page
    assert "odd part: runs" in page
    assert "2 held" in page
    assert "1 set aside" in page
    assert "There is no copy of this hub yet, and 6 entries would be lost with its disk." in page


def test_a_backup_that_is_a_week_old_is_a_nudge_where_something_came_since(world: Operated) -> None:
    filled(world)
    world.folder.store.complaints.note_backup("/x/old", sightings=world.folder.store.version())
    assert "would be lost" not in world.browser().get("/hub").text
    with database_of(world.folder).transaction() as db:
        db.execute("UPDATE backup SET day = '2020-01-01'")
    assert "nudge" not in world.browser().get("/hub").text, "nothing came since"
    world.imported(look(observer=(2000.0, 0.0)), name="more.jsonl")
    assert "and one entry has come since" in text(world.browser().get("/hub").text)


def test_inviting_shows_the_code_at_once_and_then_the_words(world: Operated) -> None:
    browser = world.browser()
    page = send(browser, "/hub/probes/invite", name=" Anna <b> ")
    (enrolment,) = world.folder.registry.enrolments(0)
    assert enrolment.name == "Anna <b>"
    assert "Anna &lt;b&gt;" in page.text
    code = world.pairing.code_of(enrolment)
    assert code is not None
    assert code.typed in page.text
    assert "data:image/svg+xml" in page.text
    assert world.audit.noted == [("ada", "invite", " Anna <b> ")]
    world.folder.registry.admit(enrolment, bytes(32), "six words to compare with it")
    page = browser.get("/hub/probes")
    assert "six words to compare with it" in page.text
    assert code.typed not in page.text
    assert "called Anna &lt;b&gt; already" in send(browser, "/hub/probes/invite", name="Anna <b>").text


def test_a_probe_that_never_comes_on_line_is_invited_by_a_stick(world: Operated, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    page = send(world.browser(), "/hub/probes/invite", name="Bea", stick=str(stick))
    assert "Carry the stick to Bea" in page.text
    assert "Bea has a card on a stick" in page.text
    assert len(list(stick.iterdir())) == 1
    gone = send(world.browser(), "/hub/probes/invite", name="Cleo", stick=str(tmp_path / "no"))
    assert gone.status_code == 400
    assert "There is no folder" in gone.text
    assert [one.name for one in world.folder.registry.enrolments(0)] == ["Bea"]


def test_the_list_of_probes_has_counts_and_days_and_no_place(world: Operated) -> None:
    page = filled(world).browser().get("/hub/probes").text
    row = text("<main" + page[page.index('data-probe="Anna"') :].partition("</tr>")[0])
    assert f"{datetime.now(UTC).day}" in row
    assert " 2 " in row
    assert "/cameras/" not in page[page.index("<main") :]
    assert "47." not in text(page)


def test_revoking_holds_what_came_since_the_day_of_loss(world: Operated) -> None:
    filled(world)
    browser, today = world.browser(), datetime.now(UTC).date()
    later = send(browser, "/hub/probes/revoke", name="Anna", lost_on=str(today + timedelta(days=3)))
    assert later.status_code == 400
    assert not world.folder.registry.named("Anna").revoked
    page = send(browser, "/hub/probes/revoke", name="Anna", lost_on=str(today))
    assert "Anna is revoked. 2 sightings" in page.text
    assert world.folder.registry.named("Anna").revoked
    assert "no such" not in page.text
    assert send(browser, "/hub/probes/revoke", name="nobody", lost_on=str(today)).status_code == 400
    assert world.audit.noted == [("ada", "revoke", "Anna")]


@pytest.mark.parametrize(("decision", "left"), [("release", (6, 0)), ("drop", (4, 0))])
def test_what_is_held_is_released_or_erased(decision: str, left: tuple[int, int], world: Operated) -> None:
    browser = filled(world).browser()
    assert 'data-held="Bea"' in browser.get("/hub/intake").text
    page = send(browser, "/hub/intake/held", name="Bea", decision=decision)
    assert "2 sightings of Bea" in page.text
    counts = world.folder.store.counts()
    assert (counts.sightings, counts.held) == left
    assert send(browser, "/hub/intake/held", name="Bea", decision=decision).status_code == 400, "there is nothing left"
    assert world.audit.noted == [("ada", "held", f"Bea: {decision}")]


def test_what_is_held_of_a_forgotten_probe_can_be_decided(world: Operated) -> None:
    filled(world)
    with database_of(world.folder).transaction() as db:
        db.execute("DELETE FROM sender")
    browser = world.browser()
    assert "Of a probe that is forgotten" in browser.get("/hub/intake").text
    send(browser, "/hub/intake/held", name=FORGOTTEN, decision="release")
    assert world.folder.store.counts().held == 0


def test_what_was_set_aside_is_looked_at_fetched_and_erased(world: Operated) -> None:
    browser = filled(world).browser()
    (one,) = world.folder.store.quarantined()
    page = browser.get(f"/hub/intake/aside/{one.number}").text
    assert "&lt;script&gt;alert(1)" in page
    assert "3c 73 63 72 69 70 74" in page
    assert "\u202e" not in page
    file = browser.get(f"/hub/intake/aside/{one.number}/file")
    assert file.content == one.data
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.headers["x-content-type-options"] == "nosniff"
    dropped = send(browser, "/hub/intake/drop", newest=str(one.number - 1))
    assert "0 erased" in dropped.text
    assert "1 erased" in send(browser, "/hub/intake/drop", newest=str(one.number)).text
    assert world.folder.store.quarantine_count() == 0
    for number in (str(one.number), "0", "-1", "9" * 40, "x", "1%2F2"):
        assert browser.get(f"/hub/intake/aside/{number}").status_code == 404
        assert browser.get(f"/hub/intake/aside/{number}/file").status_code == 404


def test_a_stick_is_taken_in(world: Operated, tmp_path: Path) -> None:
    from probe.contract.folder import PARCEL_SUFFIX
    from tests.paired import parcel

    stick = tmp_path / "stick"
    stick.mkdir()
    browser = world.browser()
    assert "holds nothing from a probe" in send(browser, "/hub/intake/stick", stick=str(stick)).text
    assert not list(stick.iterdir()), "it may be no stick at all"
    (stick / f"p{PARCEL_SUFFIX}").write_bytes(parcel(enrolled(world.folder, "Anna"), look(), look(observer=(50, 0))))
    page = send(browser, "/hub/intake/stick", stick=str(stick))
    assert "1 file read: 2 sightings" in page.text
    assert world.folder.store.count() == 2
    assert len(list(stick.iterdir())) >= 2, "the receipts lie there"


def test_an_import_is_taken_back_and_comes_back_with_its_very_file(world: Operated) -> None:
    file = world.imported(look(), look(observer=(50.0, 0.0)), name="été <b>.jsonl")
    browser = world.browser()
    assert "été &lt;b&gt;.jsonl" in browser.get("/hub/arrivals").text
    page = send(browser, "/hub/arrivals/undo", name="import-1")
    assert "import-1 is taken back: 2 sightings are erased." in page.text
    assert world.folder.store.count() == 0
    other = browser.post("/hub/arrivals/again/1", content=file.read_bytes() + b"\n")
    assert other.status_code == 400
    assert "another file than été <b>.jsonl" in other.json()["problem"]
    back = browser.post("/hub/arrivals/again/1", content=file.read_bytes())
    assert "2 sightings are back, as import-2." in browser.get(back.json()["page"]).text
    assert world.folder.store.count() == 2
    assert [one.file for one in world.folder.store.imports()] == ["été <b>.jsonl"] * 2
    assert not list(world.folder.path.glob("again-*"))
    assert world.audit.noted == [("ada", "undo", "import-1"), ("ada", "import", "import-1")]
    for number in ("1%2e", "2", "x", "9" * 40):
        assert browser.post(f"/hub/arrivals/again/{number}", content=b"").status_code == 400


def test_a_walk_is_taken_back(world: Operated) -> None:
    filled(world)
    browser = world.browser()
    names = re.findall(r'data-arrival="([^"]+)"', browser.get("/hub/arrivals").text)
    assert names == ["import-1", "walk-aaaaaaaa"]
    assert "is taken back: 6 sightings" in send(browser, "/hub/arrivals/undo", name="walk-aaaaaaaa").text
    assert world.folder.store.count() == 0
    assert send(browser, "/hub/arrivals/undo", name="walk-aaaaaaaa").status_code == 400


def test_exports_say_what_they_leave_out(world: Operated) -> None:
    browser = filled(world).browser()
    page = text(browser.get("/hub/copies").text)
    assert "0 of 4 cameras are in an export for others" in page
    assert "4 nobody has reviewed yet" in page
    others, everything = (browser.get(f"/hub/copies/cameras.geojson{query}") for query in ("", "?all=1"))
    assert json.loads(others.content)["features"] == []
    assert len(json.loads(everything.content)["features"]) == 4
    assert 'filename="cameras-' in everything.headers["content-disposition"]
    assert browser.get("/hub/copies/cameras.exe").status_code == 404
    assert world.audit.noted == [("ada", "export", "geojson"), ("ada", "export", "geojson, everything")]


def test_a_backup_is_fetched_once_opens_and_leaves_nothing(world: Operated, tmp_path: Path) -> None:
    browser = filled(world).browser()
    page = send(browser, "/hub/copies/backup", passphrase=PASSPHRASE, repeated=PASSPHRASE, where="download")
    (link,) = re.findall(r'href="(/hub/work/[^"]+/file)"', page.text)
    (waiting,) = world.folder.path.glob("download-*")
    assert waiting.stat().st_mode & 0o077 == 0
    assert world.browser(Role.OPERATOR).get(link).status_code == 404, "an operator is no admin"
    answer = browser.get(link)
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert not list(world.folder.path.glob("download-*"))
    assert browser.get(link).status_code == 404
    (tmp_path / "copy").write_bytes(answer.content)
    read_backup(tmp_path / "copy", tmp_path / "back", PASSPHRASE)
    with read_hub(tmp_path / "back") as log:
        assert log.store.count() == 6
    last = world.folder.store.complaints.last_backup()
    assert last is not None
    assert last.path.startswith("contrechamp-")
    assert last.sightings == world.folder.store.version()
    assert PASSPHRASE not in str(world.audit.noted)


def test_a_backup_that_nobody_fetched_is_none(world: Operated) -> None:
    browser = filled(world).browser()
    for _ in range(2):
        send(browser, "/hub/copies/backup", passphrase=PASSPHRASE, repeated=PASSPHRASE, where="download")
        assert len(list(world.folder.path.glob("download-*"))) == 1
    (left,) = world.folder.path.glob("download-*")
    world.work.stop()
    assert not left.exists()
    assert world.folder.store.complaints.last_backup() is None
    left.touch()  # as a hub leaves it that was killed
    world.folder.store.complaints.note_backup(left.name.removeprefix("download-"))
    world.pages()
    assert not left.exists()
    assert world.folder.store.complaints.last_backup() is None


def test_a_backup_is_written_to_a_folder_and_not_into_the_hub_s(world: Operated, tmp_path: Path) -> None:
    browser, disk = filled(world).browser(), tmp_path / "disk"
    disk.mkdir()
    words = {"passphrase": PASSPHRASE, "repeated": PASSPHRASE, "where": "folder"}
    assert "The backup is written" in send(browser, "/hub/copies/backup", **words, folder=str(disk)).text
    (file,) = disk.iterdir()
    read_backup(file, tmp_path / "back", PASSPHRASE)
    for wrong in (world.folder.path, world.folder.path / "keys", disk / ".." / "hub", "disk", "", tmp_path / "no"):
        answer = send(browser, "/hub/copies/backup", **words, folder=str(wrong))
        assert answer.status_code == 400, wrong
    assert len(list(disk.iterdir())) == 1
    assert len(list(world.folder.path.glob("*.backup"))) == 0


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (PASSPHRASE, PASSPHRASE + " ", "not the same"),
        ("too short", "too short", "12 letters or more"),
        ("x" * 2000, "x" * 2000, "at most a thousand"),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "guessed at once"),
        ("abcdefghijklmnop", "abcdefghijklmnop", "guessed at once"),
        ("summer24summer24", "summer24summer24", "guessed at once"),
    ],
)
def test_a_passphrase_that_is_none_is_refused(first: str, second: str, told: str, world: Operated) -> None:
    answer = send(world.browser(), "/hub/copies/backup", passphrase=first, repeated=second, where="download")
    assert answer.status_code == 400
    assert told in answer.text
    assert not world.work.of_kind("backup")


def test_only_an_admin_sees_the_form_of_backups(world: Operated) -> None:
    page = world.browser(Role.OPERATOR).get("/hub/copies").text
    assert 'name="passphrase"' not in page
    assert "Only an admin" in page
    proposed = re.search(r'class="proposed">([^<]+)<', world.browser().get("/hub/copies").text)
    assert proposed
    assert set(proposed[1].split()) <= set(WORDS)
    routes = {route.path: route.role for route in world.pages().routes(lambda *_, **__: None)}  # type: ignore[arg-type]
    assert routes.pop("/hub/copies/backup") is Role.ADMIN
    reviewed = {path for path, role in routes.items() if role is Role.REVIEWER}
    complaints = {f"/hub/complaints{action}" for action in ("", "/open", "/add", "/close")}
    assert reviewed == {*complaints, "/hub/pictures"}
    assert set(routes.values()) == {Role.OPERATOR, Role.REVIEWER}


def test_upkeep_derives_again_forgets_and_takes_a_word(world: Operated) -> None:
    browser, today = filled(world).browser(), datetime.now(UTC).date()
    assert "4 cameras from 6 sightings: identical" in send(browser, "/hub/upkeep/rebuild").text
    world.folder.store.save_cameras([("x", b"{}")])
    assert "before there were 1, and they are not identical" in send(browser, "/hub/upkeep/rebuild").text
    assert "is forgotten" in send(browser, "/hub/upkeep/forget").text
    assert "takes your word" in send(browser, "/hub/upkeep/day", day=str(today)).text
    assert "No hub runs on" in send(browser, "/hub/upkeep/day", day="1990-01-01").text
    assert send(browser, "/hub/upkeep/day", day="yesterday").status_code == 400


def test_a_day_that_destroys_keys_says_so_first(world: Operated, tmp_path: Path) -> None:
    machine = Machine()
    keys, _ = aged(tmp_path / "aged", machine)
    keys.take_word(machine.day)
    world.folder = replace(world.folder, keys=keys)
    browser, far = world.browser(), machine.day + timedelta(days=365)
    before = keys.sealing_terms()
    lost = keys.lost_by(far)
    assert lost
    asked = send(browser, "/hub/upkeep/day", day=str(far))
    assert "This cannot be undone" in asked.text
    assert keys.sealing_terms() == before
    assert send(browser, "/hub/upkeep/day/sure", day=str(far), lost=str(lost + 1)).status_code == 400
    assert keys.sealing_terms() == before
    assert "takes your word" in send(browser, "/hub/upkeep/day/sure", day=str(far), lost=str(lost)).text
    assert keys.lost_by(far) == 0


def test_a_stranger_s_name_signs_as_operator(world: Operated) -> None:
    app = world.app()
    app.state.gate.name = None
    with TestClient(app, base_url="http://127.0.0.1:8787", headers={"origin": "http://127.0.0.1:8787"}) as browser:
        send(browser, "/hub/probes/invite", name="Anna")
    assert world.audit.noted == [("operator", "invite", "Anna")]


def test_a_long_log_is_read_in_the_background(world: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    def listed(query: str = "") -> list[str]:
        browser.get(f"/hub/arrivals{query}")
        for job in world.work.of_kind("arrivals"):
            job.ended.result(60)
        return re.findall(r'data-arrival="([^"]+)"', browser.get("/hub/arrivals").text)

    monkeypatch.setattr(arrivals, "MANY", 2)
    browser = filled(world).browser()
    assert listed() == ["import-1", "walk-aaaaaaaa"]
    assert len(world.work.of_kind("arrivals")) == 1
    world.imported(look(observer=(5000.0, 0.0)), name="later.jsonl")
    assert len(listed()) == 2, "it is not read again for each reader"
    assert "One sighting has come since this list was made." in browser.get("/hub/arrivals").text
    assert listed("?again=1") == ["import-2", "walk-aaaaaaaa", "import-1"]
    assert len(world.work.of_kind("arrivals")) == 2
