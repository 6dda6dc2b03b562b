"""Sightings that may be of one camera or of another: what is asked, and that one answer makes it so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import BadInput
from hub.log.decisions import DecisionKind, NewDecision
from hub.merge.cameras import derive
from hub.publish.describe import describe_all
from hub.publish.public import publishable_cameras
from hub.publish.view import CameraDetail, ClaimView, DoubtView, OtherView
from hub.review.answers import Answer, decisions
from hub.review.doubts import LIKELY_PERCENT, MOST_TOGETHER, could_be, together, unsure_of
from hub.review.question import Asked
from hub.review.queue import open_doubts, question_about, questions
from hub.review.review import Review, as_decided
from probe.contract.sighting import Kind, Sighting
from tests.examples import WALK_A, WALK_B, WALK_C, look, radio
from tests.hub.publish.cameras import camera
from tests.hub.review.world import decided, observed

TODAY = date(2026, 11, 29)


class Town:
    """Two cameras 60 m apart, each seen on two walks, and a third walk's looks: the first one's may be of the second.

    What is unsure is said here, and not by the merger: who decides what is tested elsewhere.
    """

    def __init__(self, *more: Sighting) -> None:
        self.west = [look(observer=(0.0, 0.0), walk=walk) for walk in (WALK_A, WALK_B)]
        self.east = [look(observer=(60.0, 0.0), walk=walk) for walk in (WALK_A, WALK_B)]
        self.third = [look(observer=(1.0, 0.0), walk=WALK_C), look(observer=(61.0, 0.0), walk=WALK_C)]
        self.made: list[NewDecision] = []
        self.unsure: list[Sighting] = [self.third[0]]
        self.percent = 62
        self._seen = observed([*self.west, *self.east, *self.third, *more])

    def cameras(self) -> dict[str, CameraDetail]:
        """The cameras as people decided; unsure is what no decision has bound."""
        review = Review(decided(*self.made))
        found, _ = derive(self._seen, review.constraints)
        bound = {one for group in review.constraints.together if len(group) > 1 for one in group}
        details = [
            as_decided(detail, standing, claimed_private=False)
            for detail, standing in zip(describe_all(found), review.standings(found), strict=True)
        ]
        ids = {one: detail.camera.id for detail in details for one in detail.sighting_ids}
        shown = {}
        for detail in details:
            others = [ids[one.id] for one in (self.west[0], self.east[0]) if ids[one.id] != detail.camera.id]
            doubts = tuple(
                DoubtView(
                    sightings=(one.id,),
                    heard=one.kind is Kind.RADIO,
                    here=self.percent,
                    others=(OtherView(camera=others[0], percent=92 - self.percent), OtherView(camera=None, percent=8)),
                )
                for one in self.unsure
                if one.id in detail.sighting_ids and one.id not in bound and not self._kept_apart(one.id)
            )
            shown[detail.camera.id] = msgspec.structs.replace(detail, doubts=doubts)
        return shown

    def _kept_apart(self, sighting: str) -> bool:
        return any(sighting in what.sightings for what in self.made if what.kind is DecisionKind.NEW)

    def of(self, sighting: Sighting) -> CameraDetail:
        """The camera that a sighting is of now."""
        return next(detail for detail in self.cameras().values() if sighting.id in detail.sighting_ids)

    def answer(self, answer: str, about: Sequence[Sighting], beside: Sequence[Sighting] = ()) -> None:
        shown = self.cameras()
        made = decisions(
            Answer(
                answer=answer,
                cameras=tuple(dict.fromkeys(self.of(one).camera.id for one in about)),
                others=tuple(dict.fromkeys(self.of(one).camera.id for one in beside)),
                sightings=tuple(one.id for one in about),
            ),
            shown.get, "batch", TODAY,
        )  # fmt: skip
        self.made += made


def members(detail: CameraDetail) -> set[str]:
    return set(detail.sighting_ids)


def ids(*sightings: Sighting) -> set[str]:
    return {one.id for one in sightings}


def test_what_is_unsure_is_asked_before_its_camera_with_the_likeliest_first() -> None:
    town = Town()
    first, *others = questions(list(photographed(town.cameras()).values()))
    assert first.asked is Asked.SAME
    assert [(one.letter, one.percent, one.here) for one in first.candidates] == [("A", 62, True), ("B", 30, False)]
    assert first.own == 8
    (asked,) = first.unsure
    assert members(asked.seen) == ids(town.third[0])
    assert members(first.candidates[0].camera) == ids(*town.west), "the camera is shown without what is asked about"
    home = town.of(town.third[0]).camera.id
    assert all(home not in [one.camera.id for one in question.cameras] for question in others)
    assert any(one.reason.code == "desk_unsure" and one.weight == 0.38 for one in first.reasons)


def test_an_answer_makes_it_so_and_confirms_the_camera() -> None:
    for beside, expected in (("west", ids), ("east", ids)):
        town = Town()
        there = town.west if beside == "west" else town.east
        more = [town.third[1]] if beside == "east" else []
        town.answer("same", town.third[:1], there[:1])
        now = town.of(town.third[0])
        assert members(now) == expected(*there, *more, town.third[0])
        assert now.camera.review == "confirmed"
        assert not open_doubts(list(town.cameras().values()))
        town.made.clear()  # as an undo does
        assert members(town.of(town.third[0])) == ids(*town.west, town.third[0])
        assert town.of(town.third[0]).camera.review == "waiting"


def test_a_camera_of_its_own_is_one_and_leaves_the_others_as_they_are() -> None:
    town = Town()
    town.answer("new", town.third[:1], [town.west[0], town.east[0]])
    assert members(town.of(town.third[0])) == ids(town.third[0])
    assert town.of(town.third[0]).camera.review == "confirmed"
    assert members(town.of(town.west[0])) == ids(*town.west)
    assert town.of(town.west[0]).camera.review == "waiting"


@pytest.mark.parametrize(("answer", "review", "private"), [("reject", "rejected", False), ("private", "waiting", True)])
def test_no_camera_is_said_of_what_was_asked_about_and_not_of_the_rest(answer: str, review: str, private: bool) -> None:
    town = Town()
    town.answer(answer, town.third[:1], [town.west[0], town.east[0]])
    now, rest = town.of(town.third[0]), town.of(town.west[0])
    assert members(now) == ids(town.third[0])
    assert (now.camera.review, now.camera.private) == (review, private)
    assert members(rest) == ids(*town.west)
    assert (rest.camera.review, rest.camera.private) == ("waiting", False)


def test_not_of_one_says_nothing_of_the_others() -> None:
    town = Town()
    town.answer("apart", town.third[:1], town.west[:1])
    assert members(town.of(town.west[0])) == ids(*town.west)
    assert town.of(town.third[0]).camera.review == "waiting"
    assert [what.kind for what in town.made] == [DecisionKind.APART]


def test_what_is_unsure_beside_it_is_not_bound_by_the_answer() -> None:
    again = look(observer=(0.5, 0.5), walk="d" * 32)
    town = Town(again)
    town.unsure.append(again)
    assert ids(again, town.third[0]) < members(town.of(town.west[0]))
    town.answer("same", town.third[:1], town.west[:1])
    assert all(
        again.id not in (*what.sightings, *(one for group in what.others for one in group)) for what in town.made
    )
    (left,) = open_doubts(list(town.cameras().values()))
    assert left.doubt.sightings == (again.id,)
    assert town.of(again).camera.review == "waiting", "something of it is open still"
    town.answer("same", [again], town.west[:1])
    assert town.of(again).camera.review == "confirmed"


def test_one_answer_settles_what_hangs_together() -> None:
    town = Town()
    town.unsure.append(town.third[1])
    (question,) = [one for one in questions(list(town.cameras().values())) if one.asked is Asked.SAME]
    assert len(question.unsure) == 2
    town.answer("as-is", town.third, [town.west[0], town.east[0]])
    cameras = list(town.cameras().values())
    assert not open_doubts(cameras)
    assert [one.camera.review for one in cameras] == ["confirmed"] * 2
    assert members(town.of(town.third[0])) == ids(*town.west, town.third[0])
    assert members(town.of(town.third[1])) == ids(*town.east, town.third[1])
    assert {what.batch for what in town.made} == {"batch"}
    assert questions(cameras) == []


def test_one_that_is_alone_is_a_camera_of_its_own_unless_it_is_another_s() -> None:
    own = camera("1" * 32, review="waiting")
    other = camera("2" * 32, east_m=4.0, review="waiting")
    doubt = DoubtView(sightings=("1" * 32,), here=55, others=(OtherView(camera=other.camera.id, percent=45),))
    own = msgspec.structs.replace(own, doubts=(doubt,))
    (question,) = [one for one in questions([own, other]) if one.unsure]
    assert [(one.letter, one.percent, one.here) for one in question.candidates] == [("A", 45, False)]
    assert question.own == 55
    found = {one.camera.id: one for one in (own, other)}
    answer = Answer(answer="as-is", cameras=(own.camera.id,), others=(other.camera.id,), sightings=("1" * 32,))
    (made,) = decisions(answer, found.get, "b", TODAY)
    assert (made.kind, made.sightings, made.others) == (DecisionKind.NEW, ("1" * 32,), (("2" * 32,),))


def test_an_answer_that_comes_too_late_says_so() -> None:
    town = Town()
    town.answer("same", town.third[:1], town.west[:1])
    for answer in ("same", "new", "apart", "as-is"):
        with pytest.raises(BadInput, match="settled meanwhile"):
            town.answer(answer, town.third[:1], town.east[:1])


def test_what_radio_alone_told_is_asked_on_its_own_screen_and_not_in_the_evening() -> None:
    heard = radio(at=(0.0, 0.0), walk=WALK_C)
    town = Town(heard)
    home = town.of(heard)
    assert ids(*town.west) < members(home), "it was heard where it was seen"
    town.unsure = [heard]
    cameras = list(town.cameras().values())
    assert not open_doubts(cameras)
    assert all(one.asked is not Asked.SAME for one in questions(cameras))
    assert question_about(town.of(heard), cameras, doubts=True).unsure[0].doubt.sightings == (heard.id,)
    town.unsure, before = [heard], town.of(heard)
    (made,) = decisions(
        Answer(answer="confirm", cameras=(before.camera.id,)), town.cameras().get, "b", TODAY
    )  # fmt: skip
    assert heard.id not in made.sightings, "what may be of another one is not confirmed with it"
    assert set(made.sightings) == ids(*town.west, town.third[0])
    town.answer("new", [heard], town.west[:1])
    assert [what.kind for what in town.made] == [DecisionKind.APART], "radio alone makes no camera"
    assert town.of(heard).camera.standing == "hint"


def test_what_rests_on_unsure_sightings_is_published_only_once_a_person_has_said_so() -> None:
    town = Town()
    assert publishable_cameras(list(town.cameras().values())) == []
    town.answer("same", town.third[:1], town.west[:1])
    (one,) = publishable_cameras(list(town.cameras().values()))
    assert one.camera.id == town.of(town.west[0]).camera.id
    assert one.camera.contributors is None, "nobody signed these"


def test_a_contributor_counts_once_however_often_they_walk() -> None:
    seen = observed([look(walk=walk) for walk in (WALK_A, WALK_B, WALK_C)])
    for count, who in ((1, "aaa"), (2, "aab")):
        signed = [replace(one, contributor=name) for one, name in zip(seen, who, strict=True)]
        (detail,) = describe_all(derive(signed)[0])
        assert detail.camera.walks == 3
        assert detail.camera.contributors == count


def test_that_it_is_said_to_be_a_dwelling_s_is_asked_before_what_is_unsure_of_it() -> None:
    town = Town()
    cameras = photographed(town.cameras())
    home = town.of(town.third[0]).camera.id
    claim = ClaimView(about="private-dwelling", value=True, strength="strong", sightings=1)
    claimed = msgspec.structs.replace(cameras[home], claims=(*cameras[home].claims, claim))
    found = questions([*(one for key, one in cameras.items() if key != home), claimed])
    assert [one.asked for one in found if home in [detail.camera.id for detail in one.cameras]] == [Asked.PRIVATE]
    settled = msgspec.structs.replace(claimed, decided=("private",))
    assert Asked.SAME in [one.asked for one in questions([settled])]


def test_what_shows_on_no_picture_is_asked_last() -> None:
    town = Town(look(observer=(0.0, 300.0)), radio(at=(400.0, 0.0)))
    asked = [one.asked for one in questions(list(town.cameras().values()))]
    assert asked == [Asked.CAMERA, Asked.CAMERA, Asked.SAME, Asked.LOOK]
    asked = [one.asked for one in questions(list(photographed(town.cameras()).values()))]
    assert asked[0] is Asked.SAME


def test_the_most_doubtful_and_most_worth_comes_first() -> None:
    def unsure(number: int, here: int, kind: str) -> CameraDetail:
        first, second = f"{number:032x}", f"{number + 100:032x}"
        one = camera(first, second, east_m=500.0 * number, review="waiting", title_kind=kind)
        doubt = DoubtView(sightings=(second,), here=here, others=(OtherView(camera=None, percent=100 - here),))
        evidence = (*one.evidence, *one.evidence)
        return msgspec.structs.replace(one, doubts=(doubt,), evidence=evidence)

    asked = questions([unsure(1, 60, "dome"), unsure(2, 40, "dome"), unsure(3, 40, "alpr")])
    assert [one.camera.camera.title_kind for one in asked] == ["alpr", "dome", "dome"]
    assert [one.unsure[0].doubt.here for one in asked] == [40, 40, 60]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=40))
def test_each_doubt_is_in_one_question_of_a_few(pairs: list[tuple[int, int]]) -> None:
    cameras: dict[int, CameraDetail] = {}
    for number, (here, there) in enumerate(pairs):
        name = f"{number:032x}"
        home = cameras.get(here) or camera("f" * 32, id=f"c-{here}", review="waiting")
        doubt = DoubtView(sightings=(name,), here=51, others=(OtherView(camera=f"c-{there}", percent=49),))
        cameras[here] = msgspec.structs.replace(
            home, sighting_ids=(*home.sighting_ids, name), doubts=(*home.doubts, doubt), evidence=home.evidence * 2
        )
    every = [unsure for detail in cameras.values() for unsure in unsure_of(detail)]
    parts = together(every)
    asked = sorted(one.doubt.sightings for part in parts for one in part)
    assert asked == sorted(one.doubt.sightings for one in every)
    assert all(len(part) <= MOST_TOGETHER for part in parts)
    shuffled = together(reversed(every))
    assert [[one.doubt.sightings for one in part] for part in shuffled] == [
        [one.doubt.sightings for one in part] for part in parts
    ]
    for part in parts:
        found = {detail.camera.id: detail for detail in cameras.values()}
        letters = [one.letter for one in could_be(part[0], found.get)]
        assert letters == ["A", "B"][: len(letters)]


def photographed(cameras: dict[str, CameraDetail]) -> dict[str, CameraDetail]:
    """The same, with a photo for each look."""
    return {
        key: msgspec.structs.replace(
            detail, evidence=tuple(msgspec.structs.replace(item, kind="photo") for item in detail.evidence)
        )
        for key, detail in cameras.items()
    }


def test_what_is_probably_right_is_asked_at_once_and_what_was_taken_out_is_asked_alone() -> None:
    town = Town()
    town.unsure, town.percent = list(town.third), 85
    cameras = photographed(town.cameras())
    (question,) = questions(list(cameras.values()))
    assert question.asked is Asked.ALL_SAME
    assert {one.doubt.sightings[0] for one in question.unsure} == ids(*town.third)
    out = town.third[0].id
    alone = questions(list(cameras.values()), {out})
    assert [one.asked for one in alone] == [Asked.SAME], "what hangs together stays together"
    assert len(alone[0].unsure) == 2
    assert all(one.asked is not Asked.ALL_SAME for one in questions(list(town.cameras().values()))), "without a photo"
    town.percent = LIKELY_PERCENT - 1
    assert questions(list(photographed(town.cameras()).values()))[0].asked is Asked.SAME
