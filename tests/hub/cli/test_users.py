"""The commands for people, on a hub that is served meanwhile."""

import json
from pathlib import Path

from hub.people.accounts import Accounts
from hub.store.sqlite.log import SqliteStore
from tests.paired import made_hub
from tests.processes import hub


def test_people_are_added_changed_and_closed_at_the_terminal(tmp_path: Path) -> None:
    made_hub(tmp_path)
    data = ("--data", tmp_path)
    assert "Nobody yet" in hub("users", "list", *data).stdout
    added = json.loads(hub("users", "add", "Anna", "--role", "admin", "--json", *data).stdout)
    assert added["role"] == "admin"
    token = added["link"].split("/welcome#")[1]
    store = SqliteStore(tmp_path, make=False)
    accounts = Accounts(store.people)
    try:
        assert accounts.invited(token) == 1
        again = hub("users", "link", "anna", *data)
        assert again.returncode == 0, again.stderr
        assert accounts.invited(token) is None, "a fresh link ends the one before"
        assert accounts.come_in(again.stdout.strip().split("#")[-1]).name == "Anna"
        assert hub("users", "add", "Ben", *data).returncode == 0
        assert hub("users", "role", "Ben", "operator", *data).returncode == 0
        assert [(one.name, one.role.name) for one in store.people.people()] == [("Anna", "ADMIN"), ("Ben", "OPERATOR")]
        for words, told in (
            (("close", "Anna", "--yes"), "only admin left"),
            (("close", "Ben"), "say --yes"),
            (("link", "Nobody"), "nobody of that name"),
            (("add", "BEN"), "there is, or was"),
            (("add", "a\nb"), "a name is one line"),
        ):
            done = hub("users", *words, *data)
            assert done.returncode == 2, words
            assert told in done.stderr
        assert hub("users", "close", "Ben", "--yes", *data).returncode == 0
        listed = json.loads(hub("users", "list", "--json", *data).stdout)
        assert [(one["name"], one["closed"] is None) for one in listed] == [("Anna", True), ("Ben", False)]
        assert {one.who for one in store.people.audit()} == {"command line"}
    finally:
        store.close()
