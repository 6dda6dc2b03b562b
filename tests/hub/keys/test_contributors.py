"""Keys of contributor tags: one for a quarter, gone for certain after it; tags that say no more than they should."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.backup import read_backup, write_backup
from hub.data import make_hub, open_hub
from hub.keys import HubKeys
from hub.keys.contributors import is_over, make_contributor_key, quarter_of, read_contributor_keys
from tests.hub.keys.clocks import START, Machine

HERE, THERE = "15/16591/11271", "15/16592/11271"
ANNE, BERT = "a" * 40, "b" * 40
SPRING_ENDS = date(2026, 7, 1)


def keys_in(folder: Path) -> dict[str, bytes]:
    return read_contributor_keys(folder / "keys")


def test_a_tag_is_the_same_for_one_probe_area_and_quarter_and_for_nothing_else(tmp_path: Path) -> None:
    machine = Machine()
    keys, beside = HubKeys(tmp_path, clock=machine), HubKeys(tmp_path, clock=machine)
    (tag,) = keys.contributor_tags(ANNE, [HERE])
    machine.live(keys.rotate, 30)
    assert keys.contributor_tags(ANNE, [HERE, THERE])[0] == tag
    assert beside.contributor_tags(ANNE, [HERE]) == (tag,), "another process, which has made no key of its own"
    assert HubKeys(tmp_path, clock=machine).contributor_tags(ANNE, [HERE]) == (tag,)
    others = {*keys.contributor_tags(BERT, [HERE, THERE]), *keys.contributor_tags(ANNE, [THERE])}
    machine.live(keys.rotate, 30)
    others |= set(keys.contributor_tags(ANNE, [HERE]))
    with TemporaryDirectory() as elsewhere:
        others |= set(HubKeys(Path(elsewhere), clock=Machine()).contributor_tags(ANNE, [HERE]))
    values = [one.rpartition("/")[2] for one in (tag, *others)]
    assert len(set(values)) == 6, "no two have anything in common"
    assert ANNE not in "".join(values)


def test_after_the_quarter_its_key_is_in_no_file(tmp_path: Path) -> None:
    machine = Machine()
    keys = HubKeys(tmp_path, clock=machine)
    keys.contributor_tags(ANNE, [HERE])
    ((term, secret),) = keys_in(tmp_path).items()
    machine.live(keys.rotate, (SPRING_ENDS - START).days - 1, step=1)
    assert keys_in(tmp_path) == {term: secret}
    machine.live(keys.rotate, 1)
    assert keys_in(tmp_path) == {}
    assert secret not in b"".join(path.read_bytes() for path in (tmp_path / "keys").iterdir())
    assert not keys.contributor_tags(ANNE, [HERE])[0].startswith(term)


def test_a_clock_that_leaps_destroys_no_key_and_makes_none(tmp_path: Path) -> None:
    machine = Machine()
    keys = HubKeys(tmp_path, clock=machine)
    tags = keys.contributor_tags(ANNE, [HERE])
    machine.live(keys.rotate, 10)
    machine.show(date(2027, 3, 1))
    for _ in range(3):
        machine.live(keys.rotate, 0.01)
        assert keys.contributor_tags(ANNE, [HERE]) == tags
        keys = HubKeys(tmp_path, clock=machine)
    machine.right()
    assert keys.contributor_tags(ANNE, [HERE]) == tags


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["run", "off", "show", "right"]), st.integers(0, 120)), max_size=12))
def test_whatever_the_clock_does_no_key_goes_before_its_quarter_has_ended(steps: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder:
        machine = Machine()
        keys = HubKeys(Path(folder), clock=machine)
        machine.live(keys.rotate, 3)  # no longer so young that it follows any clock
        keys.contributor_tags(ANNE, [HERE])
        term = next(iter(keys_in(Path(folder))))
        for what, days in steps:
            if what == "show":
                machine.show(START + timedelta(days=10 * days - 300))
            elif what == "right":
                machine.right()
            else:
                getattr(machine, what)(days)
            keys = HubKeys(Path(folder), clock=machine)
            keys.rotate()
            keys.contributor_tags(ANNE, [HERE])
            assert term in keys_in(Path(folder)) or machine.day >= SPRING_ENDS
        machine.right()
        keys.take_word(machine.day)
        ended = {one for one in keys_in(Path(folder)) if is_over(one, machine.day)}
        assert not ended, "and on a day that is certain, what has ended is gone"


@given(st.dates(date(2025, 1, 1), date(2199, 12, 31)))
def test_a_term_is_over_on_the_first_day_of_the_next_quarter(day: date) -> None:
    term = f"{quarter_of(day)}-00000000"
    last = day
    while quarter_of(last + timedelta(days=1)) == quarter_of(day):
        last += timedelta(days=1)
    assert not is_over(term, day)
    assert not is_over(term, last)
    assert is_over(term, last + timedelta(days=1))


def test_what_is_damaged_is_left_out_and_what_was_cut_off_goes(tmp_path: Path) -> None:
    term, _ = make_contributor_key(tmp_path, START)
    path = tmp_path / f"contributor-{term}.key"
    path.write_bytes(b"short")
    (tmp_path / "contributor-else.key").write_bytes(bytes(range(32)))
    assert read_contributor_keys(tmp_path) == {}
    path.write_bytes(bytes(32))
    assert read_contributor_keys(tmp_path) == {}
    assert not path.exists()


@pytest.mark.parametrize("keys_only", [True, False])
def test_no_backup_holds_a_key_of_tags(tmp_path: Path, keys_only: bool) -> None:
    with make_hub(tmp_path / "hub") as hub:
        tag = hub.keys.contributor_tags(ANNE, [HERE])
    words = "four words picked at random"
    write_backup(tmp_path / "hub", tmp_path / "copy", words, keys_only=keys_only)
    read_backup(tmp_path / "copy", tmp_path / "again", words)
    assert keys_in(tmp_path / "hub")
    assert keys_in(tmp_path / "again") == {}
    with open_hub(tmp_path / "again") as hub:
        assert hub.keys.contributor_tags(ANNE, [HERE])[0].rpartition("/")[0] != tag[0].rpartition("/")[0]
