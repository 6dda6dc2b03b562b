"""A hub or a probe without its safety, to see that the torture finds it out.

    python -m tests.torture.unsafe early|doubles serve --data ...
    python -m tests.torture.unsafe serials send --outbox ...

A hub that is `early` sends receipts before it commits, a second later; `doubles` has forgotten how to tell doubles. A
probe without `serials` believes receipts of any epoch.
"""

import sys
import threading
import time
from typing import Any


def early() -> None:
    from hub.store.sqlite.log import SqliteStore

    commit = SqliteStore.append

    def append(self: SqliteStore, batch: Any) -> None:
        def late() -> None:
            time.sleep(1.0)
            commit(self, batch)

        threading.Thread(target=late, daemon=True).start()

    SqliteStore.append = append  # type: ignore[assignment, method-assign]


def doubles() -> None:
    from hub.store.sqlite import database, schema
    from hub.store.sqlite.log import SqliteStore

    loose = tuple(
        tuple(statement.replace("id TEXT NOT NULL UNIQUE", "id TEXT NOT NULL") for statement in statements)
        for statements in schema.MIGRATIONS
    )
    vars(database)["MIGRATIONS"] = loose
    SqliteStore.known = lambda *_args: {}  # type: ignore[method-assign]


def serials() -> None:
    from probe.outbox.identity import IdentityFile

    def enter(self: IdentityFile, epoch: str, serial: int | None, word: bytes) -> None:
        if (self._meta("epoch") or self.paired().hub.epoch) != epoch:
            self._set_meta("epoch", epoch)
            self._offer_again()

    IdentityFile._enter = enter  # type: ignore[method-assign]


if __name__ == "__main__":
    {"early": early, "doubles": doubles, "serials": serials}[sys.argv[1]]()
    unsafe, sys.argv[1:] = sys.argv[1], sys.argv[2:]
    if unsafe == "serials":
        from probe.cli.main import main
    else:
        from hub.cli.main import main

    main()
