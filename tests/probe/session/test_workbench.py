"""The workbench as a session shows it: all can be tried, and each thing says that nothing of it is kept."""

import pytest

from probe.contract.sighting import PhotoNotKept
from probe.session.noticing import NO_FIRST_FIX_S
from probe.session.signs import Sign
from probe.session.view import Phase
from probe.walk.snapshots import Snapshot
from tests.probe.session.around import ScriptedAround, a_snapshot
from tests.probe.session.walks import a_session, line, refused, seconds


@pytest.mark.parametrize(
    ("came", "code", "pictured"),
    [
        (a_snapshot(), "hidden-workbench", True),
        (a_snapshot(why=PhotoNotKept.CAMERA), "photo-pin-camera", False),  # what its maker has to mend
    ],
)
def test_a_photo_is_tried_and_not_kept(came: Snapshot, code: str, pictured: bool) -> None:
    session, around = a_session()
    session.tick()
    session.workbench()
    assert (session.view().hidden, session.view().phase) == ("workbench", Phase.WALKING)
    number = session.photo(("dome",))
    around.come(came)
    shown = line(session.view(), number)
    assert shown.note is not None
    assert (shown.note.code, shown.hidden, shown.picture, shown.at) == (code, True, pictured, None)
    assert around.signs[-2:] == [Sign.PAUSED, Sign.PHOTO_REFUSED]
    assert (session.view().tally.photos, session.view().tally.pins) == (0, 0)


def test_a_pause_is_refused_with_the_same_sign_and_no_way_is_drawn() -> None:
    session, around = a_session()
    session.workbench()
    for metres in range(5):
        around.walk_to(20.0 * metres)
        seconds(session, around, 2)
    assert "start the kit again" in refused(lambda: session.pause(True))
    assert around.signs.count(Sign.PAUSED) == 2
    assert ("pause", True) not in around.done
    assert session.track()[1] == []
    assert session.view().stands == ()


def test_nobody_waits_there_for_satellites() -> None:
    signs = []
    for hidden in ("no-fix-yet", "workbench"):
        session, around = a_session(ScriptedAround(place=None, hidden_now=hidden))
        seconds(session, around, round(NO_FIRST_FIX_S) + 5)
        signs.append(Sign.NO_FIX in around.signs)
    assert signs == [True, False]
