"""An evening without a browser: whatever people answer, it ends, and undoing all of it gives back what was before."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import pytest

from hub.derive.deriver import Deriver
from hub.derive.desk import Desk
from hub.derive.live import LiveCameras
from hub.errors import BadInput
from hub.publish.view import CameraDetail
from hub.review.answers import Answer, decisions
from hub.review.question import Asked, Question
from hub.review.queue import questions
from hub.store.sqlite.log import SqliteStore
from tests.hub.derive.test_live import add
from tests.hub.review.evening import evening, town

TODAY = date(2026, 11, 29)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path)
    yield store
    store.close()


def at_desk(store: SqliteStore, seed: int, sightings: int) -> Desk:
    add(store, *evening(town()[:16], Random(seed), sightings).sightings)
    live = LiveCameras(store)
    live.refresh()
    return Desk(live, store)


def state(desk: Desk) -> dict[str, CameraDetail]:
    return {detail.camera.id: detail for detail in desk.cameras()}


def at_random(question: Question, random: Random) -> Answer:
    """Any answer that the screen of a question offers."""
    cameras = tuple(one.camera.id for one in question.cameras)
    others = tuple(one.camera.camera.id for one in question.candidates)
    if question.unsure:
        sightings = tuple(one.doubt.sightings[0] for one in question.unsure)
        homes = tuple(dict.fromkeys(one.camera.camera.id for one in question.unsure))
        whole = Answer(answer="as-is", cameras=homes, others=question.others, sightings=sightings)
        if question.asked is Asked.ALL_SAME:
            return whole
        chosen = [
            Answer(answer=name, cameras=cameras, others=others, sightings=sightings[:1])
            for name in ("new", "apart", "reject", "private")
        ]
        chosen += [Answer(answer="same", cameras=cameras, others=(one,), sightings=sightings[:1]) for one in others]
        return random.choice((whole, *chosen))
    if question.asked is Asked.ALL:
        return Answer(answer="confirm", cameras=cameras)
    if question.asked is Asked.PRIVATE:
        return Answer(answer=random.choice(("private", "not-private", "reject")), cameras=cameras)
    if question.asked is Asked.GONE:
        return Answer(answer=random.choice(("gone", "there", "reject")), cameras=cameras)
    if question.asked in (Asked.LOOK, Asked.ALL_LOOK):
        return Answer(answer="follow-up", cameras=cameras)
    if others and random.random() < 0.3:
        return Answer(answer="same", cameras=cameras, others=others[:1])
    names = ("new", "apart", "reject") if question.asked is Asked.SAME else ("confirm", "reject", "private", "new")
    return Answer(answer=random.choice(names), cameras=cameras, others=others)


def as_asked(question: Question) -> tuple[object, ...]:
    """What is asked, of which sightings: what lies apart of one camera may be asked about beside the next."""
    shown = (*question.cameras, *(one.camera for one in question.candidates))
    return question.key, tuple((one.camera.id, one.sighting_ids) for one in shown)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_answered_an_evening_ends_and_is_taken_back_whole(store: SqliteStore, seed: int) -> None:
    desk, random = at_desk(store, seed, 40), Random(seed)
    before = state(desk)
    assert any(detail.doubts for detail in before.values())
    asked = 0
    put_off: set[str] = set()
    while waiting := [one for one in questions(desk.cameras()) if one.key not in put_off]:
        asked += 1
        assert asked <= 3 * len(before), "it does not end"
        question = waiting[0]
        answer = at_random(question, random)
        try:
            made = decisions(answer, desk.camera, "batch", TODAY)
        except BadInput:
            put_off.add(question.key)  # nothing of it can be had: the page says why
            continue
        desk.decide("ada", made)
        assert as_asked(question) not in [as_asked(one) for one in questions(desk.cameras())], answer
    assert not put_off
    names = set(state(desk))
    assert all(o.camera is None or o.camera in names for d in desk.cameras() for one in d.doubts for o in one.others)
    anew = Deriver(store)
    anew.refresh()
    assert list(anew.everything()) == list(desk.cameras()), "as a hub that starts now sees it"
    while desk.undo("ada"):
        pass
    assert state(desk) == before
