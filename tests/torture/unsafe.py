"""A hub without its safety, to see that the torture finds it out.

    python -m tests.torture.unsafe early|doubles serve --data ...

`early` sends receipts before it commits, a second later; `doubles` has forgotten how to tell doubles.
"""

import sys
import threading
import time
from typing import Any


def early() -> None:
    from hub.store.sqlite.store import SqliteStore

    commit = SqliteStore.append

    def append(self: SqliteStore, batch: Any) -> None:
        def late() -> None:
            time.sleep(1.0)
            commit(self, batch)

        threading.Thread(target=late, daemon=True).start()

    SqliteStore.append = append  # type: ignore[method-assign]


def doubles() -> None:
    from hub.store.sqlite import database, schema
    from hub.store.sqlite.store import SqliteStore

    loose = tuple(
        tuple(statement.replace("id TEXT NOT NULL UNIQUE", "id TEXT NOT NULL") for statement in statements)
        for statements in schema.MIGRATIONS
    )
    vars(database)["MIGRATIONS"] = loose
    SqliteStore.known = lambda *_args: {}  # type: ignore[method-assign]


if __name__ == "__main__":
    {"early": early, "doubles": doubles}[sys.argv[1]]()
    sys.argv[1:] = sys.argv[2:]
    from hub.cli.main import main

    main()
