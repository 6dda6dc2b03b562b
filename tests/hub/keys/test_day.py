"""Days that a machine's clock leaps through destroy nothing; certain ones do, however they became certain."""

import logging
import multiprocessing
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings

from hub.errors import BadInput
from hub.keys import IN_USE_DAYS, OPENS_DAYS, HubKeys
from hub.keys.day import Reading, machine_clock
from probe.contract.envelope import seal_info
from probe.seal.sealer import Sealer, new_key
from probe.seal.verify import verified_descriptor
from tests.examples import look
from tests.hub.keys.clocks import START, Machine, later, unix
from tests.hub.keys.world import STEPS, Step, ids, live_through


def doubted(keys: HubKeys) -> bool:
    """Whether the machine's clock is not believed."""
    return keys.doubt is not None


def aged(tmp_path: Path, machine: Machine, days: float = IN_USE_DAYS + 10) -> tuple[HubKeys, str]:
    """Keys of a hub that has run for a while, and the first of them: retired, but not overdue yet."""
    keys = HubKeys(tmp_path, clock=machine)
    (first,) = ids(keys)
    machine.live(keys.rotate, days)
    assert first in ids(keys)[1:]
    return keys, first


@pytest.mark.parametrize("leap", [later(200), date(2036, 1, 1), date(2199, 12, 31), date(9999, 12, 31)])
@pytest.mark.parametrize("restarts", [False, True])
def test_a_leap_ahead_destroys_nothing_however_often_it_is_looked_at(
    leap: date, restarts: bool, tmp_path: Path
) -> None:
    machine = Machine()
    keys, first = aged(tmp_path, machine)
    known = ids(keys)
    machine.show(leap)
    for _ in range(5):
        machine.run(2 / 86_400)
        keys.rotate()
        if restarts:
            machine.off(1 / 1440)
            keys = HubKeys(tmp_path, clock=machine)
    assert ids(keys) == known
    assert (keys.day, keys.certain_day) == (machine.day, machine.day)
    machine.right()
    keys.rotate()
    machine.live(keys.rotate, IN_USE_DAYS)
    assert ids(keys)[0] not in known, "rotation goes on"
    machine.live(keys.rotate, OPENS_DAYS)
    assert first not in ids(keys)


@pytest.mark.parametrize("shown", [date(1970, 1, 1), date(2019, 1, 1), START])
def test_keys_turn_by_running_time_on_a_machine_whose_clock_is_lost(shown: date, tmp_path: Path) -> None:
    machine = Machine()
    keys, first = aged(tmp_path, machine)
    for _ in range(20):
        machine.run(10)
        machine.show(shown)
        keys.rotate()
    assert first not in ids(keys)
    assert keys.day == machine.day
    assert len(keys.sealing_terms()) >= 2


def test_many_small_leaps_are_no_large_one(tmp_path: Path) -> None:
    machine = Machine()
    keys, first = aged(tmp_path, machine)
    for number in range(1, 60):
        machine.show(machine.day + timedelta(days=6 * number))
        machine.off(1 / 1440)
        keys = HubKeys(tmp_path, clock=machine)
        keys.rotate()
    assert first in ids(keys)
    assert keys.certain_day <= machine.day


def test_a_clock_that_is_a_week_ahead_destroys_nothing_a_week_early(tmp_path: Path) -> None:
    machine = Machine()
    keys, first = aged(tmp_path, machine)
    machine.live(keys.rotate, 75)
    machine.show(machine.day + timedelta(days=7))
    keys.rotate()
    keys = HubKeys(tmp_path, clock=machine)
    assert not doubted(keys)
    assert first in ids(keys), "145 days are over, not 152"


def test_a_hub_that_was_off_for_a_week_is_not_asked_for_anything(tmp_path: Path) -> None:
    machine = Machine()
    keys, _ = aged(tmp_path, machine, 55 + 10)
    machine.off(6.9)
    keys = HubKeys(tmp_path, clock=machine)
    assert not doubted(keys)
    assert keys.day == machine.day


def test_a_laptop_that_sleeps_is_not_off(tmp_path: Path) -> None:
    machine = Machine()
    keys, first = aged(tmp_path, machine)
    machine.run(100)  # running time goes on in its sleep
    keys.rotate()
    assert not doubted(keys)
    assert first not in ids(keys)


def test_after_2036_keys_turn_as_ever(tmp_path: Path) -> None:
    machine = Machine(date(2036, 3, 1))
    keys, first = aged(tmp_path, machine)
    machine.live(keys.rotate, 100)
    assert first not in ids(keys)
    assert [since for _, since, _ in keys.sealing_terms()] == [date(2036, 6, 29), date(2036, 4, 30)]


def test_a_hub_of_three_months_off_waits_and_two_probes_or_the_operator_settle_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for settle in ("probes", "word"):
        folder, machine = tmp_path / settle, Machine()
        keys, first = aged(folder, machine)
        keys.take_word(machine.day)
        unit = Sealer(new_key(), keys.hub_id, verified_descriptor(keys.descriptor()).keys[0]).sighting(look())
        known = ids(keys)
        machine.off(95)
        keys = HubKeys(folder, clock=machine)
        for _ in range(3):
            keys.rotate()
        assert ids(keys) == known
        doubt = keys.doubt or ""
        assert f"--today-is {machine.day}" in doubt
        assert [doubt] == [line.getMessage() for line in caplog.records if line.levelno == logging.WARNING], "once"
        assert keys.open(unit.key, unit.data, seal_info(keys.hub_id)), "all else goes on"
        if settle == "word":
            keys.take_word(machine.day)
        else:
            keys.hear_days({"one": machine.day})
            assert ids(keys) == known
            keys.hear_days({"two": machine.day - timedelta(days=1)})
        assert not doubted(keys)
        assert ids(keys)[0] not in known
        assert first not in ids(keys)
        assert keys.open(unit.key, unit.data, seal_info(keys.hub_id)), "the one in use opens for its full time"
        caplog.clear()


def test_one_probe_moves_nothing_and_two_never_beyond_the_hubs_own_clock(tmp_path: Path) -> None:
    machine = Machine()
    keys, first = aged(tmp_path, machine)
    known, far = ids(keys), machine.day + timedelta(days=400)
    for day in (far, machine.day + timedelta(days=200), date(9999, 12, 31)):
        keys.hear_days({"one": day, "two": day})
    keys.rotate()
    assert (ids(keys), keys.certain_day) == (known, machine.day)
    machine.show(far)
    for number in range(20):
        keys.hear_days({"one": far - timedelta(days=number)})
    keys = HubKeys(tmp_path, clock=machine)
    assert (ids(keys), keys.certain_day) == (known, machine.day)
    keys.hear_days({"two": machine.day})
    assert first in ids(keys), "they do not agree"


def test_what_a_revoked_probe_said_of_the_day_is_forgotten(tmp_path: Path) -> None:
    machine = Machine()
    keys, first = aged(tmp_path, machine)
    far = machine.day + timedelta(days=400)
    machine.show(far)
    keys.hear_days({"one": far})
    keys.disown("one")
    keys.hear_days({"two": far})
    assert first in ids(keys)
    assert keys.certain_day == machine.day


def test_a_clock_that_is_set_minutes_after_the_first_start_is_followed(tmp_path: Path) -> None:
    machine = Machine()
    machine.show(date(1970, 1, 1))
    keys = HubKeys(tmp_path, clock=machine)
    (first,) = ids(keys)
    machine.run(0.1)
    machine.right()
    keys.rotate()
    assert not doubted(keys)
    assert (keys.day, keys.certain_day) == (machine.day, machine.day)
    assert ids(keys) == [first], "minutes old, it is not overdue"
    machine.live(keys.rotate, IN_USE_DAYS)
    assert first in ids(keys)[1:]


@pytest.mark.parametrize("settle", ["probes", "word"])
def test_a_hub_that_was_made_in_2036_by_mistake_comes_back(settle: str, tmp_path: Path) -> None:
    machine = Machine()
    machine.show(date(2036, 1, 1))
    keys = HubKeys(tmp_path, clock=machine)
    machine.live(keys.rotate, 30)
    machine.right()
    keys.rotate()
    assert doubted(keys)
    if settle == "word":
        keys.take_word(machine.day)
    else:
        keys.hear_days({"one": machine.day, "two": machine.day})
    assert not doubted(keys)
    assert keys.day == machine.day
    known = ids(keys)
    machine.live(keys.rotate, IN_USE_DAYS + 1)
    assert ids(keys)[0] not in known
    machine.live(keys.rotate, OPENS_DAYS + 10)
    assert not set(known) & set(ids(keys))


def test_the_operators_word_says_first_what_it_would_destroy(tmp_path: Path) -> None:
    machine = Machine()
    keys, first = aged(tmp_path, machine)
    keys.take_word(machine.day)
    assert keys.lost_by(machine.day + timedelta(days=365)) == 1
    assert first in ids(keys), "asking destroys nothing"
    assert keys.lost_by(machine.day) == 0
    for impossible in (date(1970, 1, 1), date(2200, 1, 1), date(9999, 12, 31)):
        with pytest.raises(BadInput, match="give today's"):
            keys.take_word(impossible)


def test_a_state_of_an_earlier_version_with_a_leapt_day_comes_back(tmp_path: Path) -> None:
    machine = Machine()
    keys, first = aged(tmp_path, machine)
    path = tmp_path / "keys" / "state.json"
    text = path.read_text()
    start = text.index('"last_day"')
    old = text[:start] + '"last_day":"2036-01-01"' + text[text.index(",", start) : text.index(',"certain"')] + "}"
    path.write_text(old)
    keys = HubKeys(tmp_path, clock=machine)
    assert first in ids(keys)
    assert not doubted(keys)
    assert keys.day == machine.day


def test_the_machines_own_clocks_go_on_in_its_sleep() -> None:
    one, two = machine_clock(), machine_clock()
    assert one.boot == two.boot != ""
    assert 0 <= two.boot_s - one.boot_s < 3600


@settings(max_examples=15)
@given(STEPS)
def test_no_key_is_destroyed_before_its_time_and_keys_turn_once_days_are_certain(steps: list[Step]) -> None:
    live_through(steps)


def test_two_processes_at_once_make_one_key_and_see_each_others(tmp_path: Path) -> None:
    machine = Machine()
    one, two = HubKeys(tmp_path, clock=machine), HubKeys(tmp_path, clock=machine)
    machine.run(IN_USE_DAYS + 1)
    assert one.rotate()
    unit = Sealer(new_key(), one.hub_id, verified_descriptor(one.descriptor()).keys[0]).sighting(look())
    assert two.open(unit.key, unit.data, seal_info(two.hub_id))
    assert ids(one) == ids(two)
    assert not two.rotate()
    assert len(list((tmp_path / "keys").glob("sealing-*.key"))) == 2


def _in_processes(what: Callable[[], object], count: int = 4) -> None:
    """Do it in several processes at the same moment."""
    fork = multiprocessing.get_context("fork")
    together = fork.Barrier(count)

    def work() -> None:
        together.wait()
        what()

    all_of_them = [fork.Process(target=work) for _ in range(count)]
    for one in all_of_them:
        one.start()
    for one in all_of_them:
        one.join()
    assert [one.exitcode for one in all_of_them] == [0] * count


def test_several_processes_make_and_turn_the_keys_once(tmp_path: Path) -> None:
    machine = Machine()
    _in_processes(lambda: HubKeys(tmp_path, clock=machine))
    keys = HubKeys(tmp_path, clock=machine)
    (first,) = ids(keys)
    machine.run(IN_USE_DAYS + 1)
    _in_processes(lambda: HubKeys(tmp_path, clock=machine).rotate())
    assert keys.rotate()
    assert len(ids(keys)) == len(list((tmp_path / "keys").glob("sealing-*.key"))) == 2
    assert ids(keys)[1] == first


def test_a_key_that_a_crash_left_without_a_term_gets_one(tmp_path: Path) -> None:
    machine = Machine()
    keys = HubKeys(tmp_path, clock=machine)
    state = (tmp_path / "keys" / "state.json").read_bytes()
    machine.run(IN_USE_DAYS + 1)
    keys.rotate()
    (tmp_path / "keys" / "state.json").write_bytes(state)
    again = HubKeys(tmp_path, clock=machine)
    assert len(again.sealing_terms()) == 2
    assert set(ids(again)) == set(ids(keys))


def test_a_damaged_sealing_key_is_said_and_the_others_open(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine()
    keys, first = aged(tmp_path, machine)
    path = tmp_path / "keys" / f"sealing-{first}.key"
    path.write_bytes(b"\1" * 32)
    again = HubKeys(tmp_path, clock=machine)
    assert ids(again) == ids(keys)[:1]
    assert path.exists()
    assert "damaged" in caplog.text
    path.write_bytes(bytes(32))  # a destruction that was cut off
    HubKeys(tmp_path, clock=machine)
    assert not path.exists()


def test_a_reading_beyond_all_calendars_has_a_day() -> None:
    assert Reading(wall_s=1e18, boot="b", boot_s=0).day == date.max
    assert Reading(wall_s=-1e18, boot="b", boot_s=0).day == date.min
    assert Reading(wall_s=unix(START), boot="b", boot_s=0).day == START
