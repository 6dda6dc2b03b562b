"""Where links lead: whoever looks at the demo begins at its desk, whom they invite chooses a password first."""

from datetime import date

from hub.log.people import Person, Role
from hub.service import DEMO_NAME, _after_link


def test_only_who_looks_at_the_demo_begins_at_its_desk() -> None:
    looking = Person(number=1, name=DEMO_NAME, role=Role.ADMIN, made=date(2026, 5, 9))
    invited = Person(number=2, name="Ada", role=Role.READER, made=date(2026, 5, 9))
    assert _after_link(looking, desk="/review") == "/review"
    assert _after_link(invited, desk="/review") == "/account#password"
