"""One contributor never counts twice, whatever quarters, areas and walks."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from hub.merge.contributors import area_of, at_least, comparable, weights_of_walks, who


@dataclass(frozen=True)
class Said:
    contributor: str | None = None
    contributor_tags: tuple[str, ...] = ()


def of(person: str, quarter: str = "2026q2", *areas: str, known: bool = False) -> Said:
    tags = tuple(f"{quarter}-1/15/{area}/{person}" for area in areas or ("1/1",))
    return Said(person if known else None, tags)


def test_distinct_ones_of_one_area_and_quarter_count_and_others_may_be_the_same() -> None:
    assert at_least([]) == 0
    assert at_least([Said()]) == 0
    assert at_least([of("a"), of("a"), of("b")]) == 2
    assert at_least([of("a"), of("b", "2026q3")]) == 1
    assert at_least([of("a", "2026q2", "1/1"), of("b", "2026q2", "1/2")]) == 1
    assert at_least([of("a", "2026q2", "1/1", "1/2"), of("b", "2026q2", "1/2")]) == 2
    assert at_least([Said("a"), Said("b"), of("c")]) == 2
    assert comparable("2026q2-1/15/1/1/aa") == comparable("2026q2-1/15/1/1/bb")
    assert area_of("17/66364/45087") == "15/16591/11271"


QUARTERS, AREAS = st.sampled_from(["2026q2", "2026q3"]), st.sampled_from(["1/1", "1/2"])
PEOPLE = st.lists(st.builds(of, st.sampled_from("abc"), QUARTERS, AREAS, known=st.booleans()))


@given(PEOPLE)
def test_never_more_than_there_are(some: list[Said]) -> None:
    people = {one.contributor_tags[0].rpartition("/")[2] for one in some}
    assert at_least(some) <= len(people)


def test_many_walks_of_one_weigh_as_one_where_others_were_there_too() -> None:
    many = {f"w{number}": of("mallory") for number in range(12)}
    assert set(weights_of_walks(many).values()) == {1.0}, "nobody else was there"
    weights = weights_of_walks({**many, "x": of("anne"), "y": of("bert"), "z": Said()})
    assert weights["x"] == weights["y"] == weights["z"] == 1.0
    assert abs(sum(weights[walk] for walk in many) - 1.0) < 1e-12


@given(st.dictionaries(st.text("wxyz", min_size=1, max_size=3), st.builds(of, st.sampled_from("abc"))))
def test_a_weight_is_above_nothing_and_at_most_one(walks: dict[str, Said]) -> None:
    weights = weights_of_walks(walks)
    assert weights.keys() == walks.keys()
    assert all(0.0 < weight <= 1.0 for weight in weights.values())


@given(PEOPLE)
def test_weights_are_the_same_when_nobody_knows_any_more_which_probe_it_was(some: list[Said]) -> None:
    """As the reported case: five walks of one quarter and one of the next, by two probes. A month later the camera went
    ten metres at the hub's next start, and its region of doubt was half as wide."""
    walks = {str(number): one for number, one in enumerate(some)}
    later = {walk: Said(None, one.contributor_tags) for walk, one in walks.items()}
    assert weights_of_walks(walks) == weights_of_walks(later)


def test_who_is_the_tag_before_the_probe() -> None:
    assert who(of("a", known=True)) == "2026q2-1/15/1/1/a"
    assert who(Said("a")) == "a"
    assert who(Said()) is None
