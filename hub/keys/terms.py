"""When sealing keys turn, by a state and what the clocks say. Nothing is read or written here."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from itertools import pairwise

from hub.keys.day import BELIEVED_DAYS, Certain, Judgement, Reading, borne_out, is_possible
from hub.keys.state import State, Term

IN_USE_DAYS = 60
OPENS_DAYS = 90
MOST_SAID = 16  # of as many probes the days are kept until a second one bears them out
SAID_DAYS = 30
SAVE_S = 3600.0  # a crash loses as much of the running time at most
_YOUNG_DAYS = 1
_A_LEAP_DAYS = 366  # no hub is put on a machine whose clock is so far behind


def newest_key(state: State, there: Collection[str]) -> str | None:
    """The key to seal to, of those that are there: the one that was taken into use last."""
    made = [name for name in state.terms if name in there]
    return max(made, key=lambda name: (state.terms[name].since, made.index(name)), default=None)


def newest_first(state: State, there: Collection[str]) -> list[str]:
    """All keys that are there, in the order of the descriptor."""
    made = [name for name in state.terms if name in there]
    return sorted(made, key=lambda name: (state.terms[name].since, made.index(name)), reverse=True)


def has_to_turn(state: State, there: Collection[str], day: date) -> bool:
    """Whether it is time to take a new key into use, on a day that is believed."""
    name = newest_key(state, there)
    return name is None or day - state.terms[name].since >= timedelta(days=IN_USE_DAYS)


def overdue(state: State, certain: date) -> list[str]:
    """The keys whose time is over on a day that is certain."""
    return [name for name, term in state.terms.items() if term.destroyed < certain]


def is_due(state: State, there: Collection[str], reading: Reading) -> bool:
    """Whether there is anything to do or to write down. Cheap: it is asked every two seconds."""
    certain = state.certain_at(reading)
    if is_stale(state, reading) or state.terms.keys() != set(there) or followed(state, reading):
        return True
    return has_to_turn(state, there, certain.believed(reading.day)) or bool(overdue(state, certain.day))


def is_stale(state: State, reading: Reading) -> bool:
    """Whether it was written down too long ago how late it is."""
    noted = state.certain
    return noted is None or noted.boot != reading.boot or abs(reading.boot_s - noted.boot_s) >= SAVE_S


def take_into_use(state: State, name: str, day: date, *, before: str | None) -> None:
    """A new key's term; the one before it, which probes have sealed to until now, opens for its full time."""
    if before is not None:
        retired = state.terms[before]
        retired.destroyed = max(retired.destroyed, day + timedelta(days=OPENS_DAYS))
    state.terms[name] = Term(since=day, destroyed=day + timedelta(days=IN_USE_DAYS + OPENS_DAYS))


def bring_forward(state: State, reading: Reading) -> None:
    """What an earlier version has written, which took any day for the last one, also one of a clock that had leapt."""
    if state.certain is not None:
        return
    if is_possible(reading.day) and state.last_day - reading.day > timedelta(days=_A_LEAP_DAYS):
        state.last_day = reading.day
        _clip_keys(state, reading.day)
    state.certain = state.certain_at(reading)


def followed(state: State, reading: Reading) -> bool:
    """Whether a hub so young that it still gets its clock set follows it: a machine without a battery wakes in another
    year and hears the time from the network. Its keys go along, so that each still has its full time."""
    certain, day = state.certain_at(reading), reading.day
    first = min((term.since for term in state.terms.values()), default=certain.day)
    young = not certain.borne_out and certain.day - first <= timedelta(days=_YOUNG_DAYS)
    return young and is_possible(day) and certain.judge(day) is not Judgement.BELIEVED


def follow(state: State, reading: Reading) -> None:
    """Set what is certain to the clock's day, where the hub is as young as that."""
    certain = state.certain_at(reading)
    _move_keys(state, reading.day - certain.day)
    state.certain = Certain(utc_s=reading.wall_s, boot=reading.boot, boot_s=reading.boot_s)


def hear(state: State, days: Mapping[str, date], reading: Reading) -> bool:
    """Take in the newest days that probes' own clocks have shown, by the probes' ids; returns whether two of them move
    what is certain."""
    certain, shown = state.certain_at(reading), reading.day
    for probe, newest_day in days.items():
        if certain.says_more(newest_day, shown):
            state.said[probe] = max(newest_day, state.said.get(probe, newest_day))
    day = borne_out(said for said in state.said.values() if certain.says_more(said, shown))
    if day is not None:
        _move_certain(state, certain, certain.borne_out_by_probes(day, shown), latest=shown)
    _forget_said(state, reading)
    return day is not None


def take_word(state: State, day: date, reading: Reading) -> None:
    """Take the operator's word for a day."""
    certain = state.certain_at(reading)
    _move_certain(state, certain, certain.borne_out_by_word(day), latest=day + timedelta(days=1))
    _forget_said(state, reading)


def _move_certain(state: State, certain: Certain, moved: Certain, *, latest: date) -> None:
    """`latest` is the day that it is at most: keys of days to come were made by then."""
    state.certain = moved
    if moved.day < certain.day:
        _clip_keys(state, latest)
        return
    # By so much the hub was off, or its days were wrong: nobody knows which. A key that was retired since the days were
    # settled last may have been in use until much later than is written beside it. It opens so much longer.
    by = moved.day - certain.day
    made = list(state.terms.values())
    if not certain.borne_out:
        _move_keys(state, by)
    for term, after in pairwise(made):
        if certain.settled is None or after.since >= certain.settled:
            term.destroyed += timedelta(days=BELIEVED_DAYS) + (by if certain.borne_out else timedelta(0))


def _clip_keys(state: State, latest: date) -> None:
    for term in state.terms.values():
        term.since = min(term.since, latest)
        term.destroyed = min(term.destroyed, latest + timedelta(days=IN_USE_DAYS + OPENS_DAYS))


def _move_keys(state: State, by: timedelta) -> None:
    for term in state.terms.values():
        term.since, term.destroyed = term.since + by, term.destroyed + by


def _forget_said(state: State, reading: Reading) -> None:
    certain = state.certain_at(reading)
    left = {
        probe: day
        for probe, day in sorted(state.said.items(), key=lambda said: said[1], reverse=True)
        if certain.says_more(day, reading.day) and reading.day - day <= timedelta(days=SAID_DAYS)
    }
    state.said = dict(list(left.items())[:MOST_SAID])
