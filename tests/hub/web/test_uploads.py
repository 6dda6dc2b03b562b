"""What people bring to the page: logs, sightings and cameras by hand, by requests alone."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.ingest.undo import arrivals
from hub.log.decisions import DecisionKind
from hub.log.people import Role
from hub.upload import files, jobs
from hub.upload.incoming import FOLDER
from hub.upload.photos import PhotoWanted
from hub.web.pages import uploads as pages
from probe.contract.envelope import encode
from tests.examples import look, radio
from tests.hub.web.bringing import DROP, GPX, WIGLE, Bringing, bringing
from tests.ingested import imported


@pytest.fixture
def at(tmp_path: Path) -> Any:
    with bringing(tmp_path / "hub") as hub:
        yield hub


def left_in(at: Bringing) -> list[Path]:
    folder = at.hub.path / FOLDER
    return list(folder.iterdir()) if folder.exists() else []


def test_a_log_says_what_came_of_it_and_is_taken_back_at_once(at: Bringing) -> None:
    came = at.file(WIGLE, "C:\\walks\\wigle.csv")
    assert came["said"] == [
        "1 sighting is taken in.",
        "2 rows were read.",
        "1 of them is nothing that a rule knows as a camera, and is forgotten.",
    ]
    assert [(one.file, one.sightings) for one in arrivals(at.hub.store) if one.file] == [("wigle.csv", 1)]
    assert left_in(at) == []
    again = at.file(WIGLE)
    assert (again["stored"], again["undo"], again["said"][0]) == (0, None, "1 was known already.")
    back = at.client.post("/add/undo", json={"name": came["undo"]}, headers={"accept-language": "fr"})
    assert back.json() == {"erased": 1, "said": ["Annulé\u00a0: 1 observation."]}
    assert at.live.cameras() == []
    gone = at.file(WIGLE)
    assert (gone["stored"], gone["taken_back"]) == (0, True)
    assert at.file(WIGLE, again="1")["stored"] == 1


def test_waypoints_of_cameras_come_with_a_gpx_file(at: Bringing) -> None:
    came = at.file(GPX, "walk.gpx")
    assert came["stored"] == 2
    assert "walk.gpx: 1 waypoints say nothing of a camera, and were left out" in came["said"]
    track = at.file(b'<gpx><trk><trkseg><trkpt lat="1" lon="2"/></trkseg></trk></gpx>', "track.gpx")
    assert track["stored"] == 0
    assert any("a track alone says nothing of cameras" in sentence for sentence in track["said"])


def test_sightings_come_as_they_are(at: Bringing) -> None:
    lines = b"\n".join([encode(radio()), encode(look()), b"<b>no sighting</b>"])
    came = at.file(lines, "sightings.jsonl")
    assert came["stored"] == 2
    assert came["said"][1] == "1 line could not be read."
    assert came["said"][2].startswith("sightings.jsonl: line 3: ")
    assert str(at.hub.path) not in str(came)


LIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "The file is empty."),
    "a program": (b"\x7fELF\x02\x01\x01\0,", "none of the files that are read here"),
    "a photo": (b"\xff\xd8\xff\xe0" + bytes(99), "This is a photo"),
    "an archive": (b"PK\x03\x04" + bytes(99), "An archive. Unpack it first"),
    "frames": (b"\xd4\xc3\xb2\xa1" + bytes(99), "A recording of frames"),
    "a track": (b"$GPGGA,120000,47,N,17,W,1,8,1,0,M,0,M,,*00\n", "A receiver's track says nothing"),
    "laughs": (
        b'<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><gpx><wpt lat="1" lon="1">'
        b"<name>&b;</name></wpt></gpx>",
        "holds a document type or entities",
    ),
    "a file of the machine": (
        b'<!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///etc/passwd">]><gpx><wpt lat="1" lon="1">'
        b"<name>&x;</name></wpt></gpx>",
        "holds a document type or entities",
    ),
    "no log": (b"a,b,c\n1,2,3\n", "The file is not taken in: x.csv"),
    "a cut database": (b"SQLite format 3\0" + bytes(90), "The file is not taken in: x.csv"),
    "a cut gzip": (b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x01", "x.csv"),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_none_of_it_is_one_sentence_and_nothing_stays(at: Bringing, lie: str) -> None:
    data, sentence = LIES[lie]
    came = at.file(data, "x.csv")
    assert sentence in " ".join(came["said"])
    assert (came["stored"], came["undo"]) == (0, None)
    assert at.hub.store.imports() == []
    assert left_in(at) == []


def test_names_are_shown_and_never_obeyed(at: Bringing) -> None:
    came = at.file(WIGLE, "=1+1\u202e<script>\x1b[2J.csv")
    assert came["stored"] == 1
    (arrival,) = [one for one in arrivals(at.hub.store) if one.file]
    assert arrival.file is not None
    assert not set("\x1b\u202e") & set(arrival.file)
    assert at.file(WIGLE, "../../../etc/cron.d/x")["stored"] == 0
    assert left_in(at) == []


def test_what_is_too_large_or_of_no_length_is_refused_before_it_comes(at: Bringing) -> None:
    for path, most in (("/add/photos", 40), ("/add/files", 512)):
        too_large = at.client.post(path, params={"drop": DROP}, content=b"x", headers={"content-length": str(1 << 40)})
        assert too_large.status_code == 413
        assert too_large.json() == {"problem": f"Too large: {most} MB are the most."}
        endless = at.client.post(path, params={"drop": DROP}, content=iter([b"x", b"y"]))
        assert (endless.status_code, list(endless.json())) == (411, ["problem"])
    short = at.client.post("/add/files", content=b"x", headers={"content-length": "9"})
    assert short.status_code == 400
    assert left_in(at) == []


def test_only_so_much_is_in_memory_and_on_disk_at_once(at: Bringing) -> None:
    wanted = PhotoWanted(walk=DROP)
    waiting = [at.uploads.photo("a", 40 << 20, "ana", wanted) for _ in range(3)]
    full = at.client.post("/add/photos", params={"drop": DROP}, content=b"\xff\xd8\xff")
    assert full.status_code == 503
    for job in waiting:
        at.uploads.abandon(job)
    files_waiting = [at.uploads.file("a", 1, "ana", again=False) for _ in range(jobs.MOST_FILES)]
    assert at.client.post("/add/files", content=b"x").status_code == 503
    for job in files_waiting:
        at.uploads.abandon(job)
    assert at.file(b"")["said"] == ["The file is empty."]
    with pytest.raises(jobs.Full):
        at.uploads.file("a", 1 << 60, "ana", again=False)  # more than the disk has


def test_a_start_removes_what_a_crash_has_left(tmp_path: Path) -> None:
    folder = tmp_path / "hub" / FOLDER
    folder.mkdir(parents=True)
    (folder / "left").write_bytes(WIGLE)
    with bringing(tmp_path / "hub") as at:
        assert left_in(at) == []
        job = at.uploads.file("a", 9, "ana", again=False)
        assert job.brought.path is not None
        assert job.brought.path.stat().st_mode & 0o077 == 0
    assert not job.brought.path.exists()


def test_a_camera_by_hand_is_warned_of_once_and_taken_back(at: Bringing) -> None:
    added = at.camera(direction="90", kind="dome", note="under the eaves", operator_type="private")
    assert added.status_code == 200
    (shown,) = at.live.cameras()
    assert (shown.camera.id, shown.camera.title_kind, shown.camera.standing) == (added.json()["camera"], "dome", "seen")
    assert shown.evidence[0].made_by == "hand"
    kinds = [one.what.kind for one in at.hub.store.decisions.read()]
    assert kinds == [DecisionKind.RETAG, DecisionKind.NOTE]
    double = at.camera(direction="100")
    assert double.status_code == 409
    assert double.json()["cameras"] == [{"id": shown.camera.id, "name": "Dome camera"}]
    assert at.hub.store.count() == 1
    other = at.camera(direction="100", near=shown.camera.id)
    assert other.status_code == 200
    back = at.client.post("/add/undo", json={"name": other.json()["undo"]})
    assert back.json().get("erased") == 1, back.text
    assert at.client.post("/add/undo", json={"name": added.json()["undo"]}).json()["erased"] == 1
    assert at.hub.store.count() == 0
    undone = {one.what.decision for one in at.hub.store.decisions.read() if one.what.kind is DecisionKind.UNDO}
    assert undone == {1, 2, 3, 4}


def test_a_camera_by_hand_in_a_fictional_town_is_fictional_and_among_real_ones_real(
    at: Bringing, tmp_path: Path
) -> None:
    imported(at.hub.store, tmp_path, replace(look(), made=replace(look().made, composed=True)))
    at.live.refresh()
    assert [one.camera.composed for one in at.live.cameras()] == [True]
    first = at.camera(lat=47.2).json()["camera"]
    added = at.live.camera(first)
    assert added is not None
    assert added.camera.composed
    imported(at.hub.store, tmp_path, look(observer=(900.0, 0.0)))
    at.live.refresh()
    second = at.live.camera(at.camera(lat=47.3).json()["camera"])
    assert second is not None
    assert not second.camera.composed


def test_the_first_camera_of_a_hub_is_real(at: Bringing) -> None:
    at.camera()
    assert not any(one.camera.composed for one in at.live.cameras())


def test_only_who_brought_it_may_ask_and_take_it_back(at: Bringing) -> None:
    came = at.camera().json()
    job = at.client.post("/add/files", content=GPX).json()["id"]
    at.done(job)
    at.app.state.gate.role, at.app.state.gate.name = Role.REVIEWER, "bo"
    assert at.client.get(f"/add/jobs/{job}").status_code == 404
    assert at.client.post("/add/undo", json={"name": came["undo"]}).status_code == 403
    for name in ("import-99", "walk-00112233", "import-1 OR 1", None, 7):
        assert at.client.post("/add/undo", json={"name": name}).status_code in (400, 403)
    assert at.hub.store.count() == 3


def test_every_route_is_for_those_who_review_or_run_the_hub() -> None:
    made = pages.UploadPages(None, None)  # type: ignore[arg-type]
    roles = {route.path: route.role for route in made.routes(lambda *_: None)}  # type: ignore[arg-type]
    assert roles.pop("/add/files") is Role.OPERATOR
    assert set(roles.values()) == {Role.REVIEWER}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.binary(max_size=40)
    | st.builds(lambda text: text.encode(), st.from_regex(r'\{"l(at|on)":.{0,20}', fullmatch=True))
)
def test_whatever_comes_as_json_is_answered_with_one_sentence(at: Bringing, body: bytes) -> None:
    for path in ("/add/camera", "/add/undo"):
        answer = at.client.post(path, content=body)
        assert answer.status_code in (200, 400, 403, 404, 409, 413)
        if answer.status_code != 200:
            assert answer.json()["problem"].endswith(".")


def test_a_deep_or_long_json_is_refused(at: Bringing) -> None:
    assert at.client.post("/add/camera", content=b"[" * 16000).status_code == 400
    assert at.client.post("/add/camera", content=b'{"note":"' + b"x" * 20000).status_code == 413
    assert files.MOST_BYTES >= 1 << 20
