"""The database's schema: one entry for each version, each a tuple of statements; a database is brought forward from
whichever version it has."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        """
        CREATE TABLE sighting (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            hash TEXT NOT NULL,
            origin TEXT NOT NULL,
            body BLOB NOT NULL
        )
        """,
        # Who sent it stands apart, so that it can be forgotten without touching the sighting.
        "CREATE TABLE sender (seq INTEGER PRIMARY KEY, probe TEXT NOT NULL, expires TEXT NOT NULL)",
        """
        CREATE TABLE quarantine (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL, reason TEXT NOT NULL, topic TEXT NOT NULL, unit_id TEXT, size INTEGER NOT NULL, start BLOB
        )
        """,
        "CREATE TABLE camera (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID",
    ),
    (
        # The day on which it came, by the hub's clock.
        "ALTER TABLE sender ADD COLUMN day TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX sender_probe ON sender (probe)",
        # Waits for the operator; does not count until then.
        "CREATE TABLE held (seq INTEGER PRIMARY KEY, reason TEXT NOT NULL, day TEXT NOT NULL)",
        # What was erased, or is to be when it comes: a tombstone without the body.
        """
        CREATE TABLE deletion (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            sighting TEXT NOT NULL, why TEXT NOT NULL, day TEXT NOT NULL, probe TEXT
        )
        """,
        "CREATE INDEX deletion_sighting ON deletion (sighting)",
        "CREATE TABLE withdrawal (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, hash BLOB NOT NULL)",
        """
        CREATE TABLE picture (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            hash BLOB NOT NULL,
            sha256 TEXT NOT NULL,
            held TEXT,
            probe TEXT, expires TEXT NOT NULL,
            jpeg BLOB NOT NULL
        )
        """,
        "CREATE INDEX picture_sha256 ON picture (sha256)",
        """
        CREATE TABLE aside (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL, why TEXT NOT NULL, reason TEXT NOT NULL, topic TEXT NOT NULL, size INTEGER NOT NULL,
            data BLOB NOT NULL
        )
        """,
        """
        INSERT INTO aside (at, why, reason, topic, size, data)
            SELECT at, 'not of the contract', reason, topic, size, coalesce(start, x'') FROM quarantine ORDER BY number
        """,
        "DROP TABLE quarantine",
        "ALTER TABLE aside RENAME TO quarantine",
        "CREATE INDEX quarantine_topic ON quarantine (topic)",
        """
        CREATE TABLE probe (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            public BLOB NOT NULL,
            mailbox TEXT NOT NULL UNIQUE,
            enrolled TEXT NOT NULL,
            revoked TEXT,
            lost_on TEXT
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE account (
            mailbox TEXT PRIMARY KEY,
            client TEXT NOT NULL,
            password_hash TEXT NOT NULL,
            password TEXT,               -- until it was given to a probe
            taken INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE enrolment (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            token TEXT,                  -- erased when it was used or is over
            address TEXT,
            ends_s REAL NOT NULL,
            used_by BLOB,
            words TEXT,
            mailbox TEXT
        )
        """,
    ),
    (
        # A file that the operator imported; its fingerprint is there once the whole of it was read.
        """
        CREATE TABLE import (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            day TEXT NOT NULL, file TEXT NOT NULL, sha256 BLOB
        )
        """,
        # Which import brought a sighting; stands apart, as most come from probes.
        "CREATE TABLE imported (seq INTEGER PRIMARY KEY, import INTEGER NOT NULL)",
        # The operator took one import or one walk back; each sighting has its tombstone among the deletions.
        """
        CREATE TABLE undoing (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            day TEXT NOT NULL, import INTEGER, walk TEXT, sightings INTEGER NOT NULL
        )
        """,
    ),
    (
        # The name that a probe had until it came by this enrolment, where it had another.
        "ALTER TABLE enrolment ADD COLUMN was TEXT",
    ),
    (
        # How much of the log is a probe's, in octets: a number in all, and one of the last day on which it stored
        # something. It names no sighting, so it outlives the link between the two.
        """
        CREATE TABLE share (
            probe TEXT PRIMARY KEY,
            octets INTEGER NOT NULL, day TEXT NOT NULL, today INTEGER NOT NULL
        ) WITHOUT ROWID
        """,
        """
        INSERT INTO share
            SELECT probe, sum(size), '', 0 FROM (
                SELECT probe, 512 + length(body) AS size FROM sender JOIN sighting ON sighting.seq = sender.seq
                UNION ALL
                SELECT probe, 512 + length(jpeg) FROM picture WHERE probe IS NOT NULL
            ) GROUP BY probe
        """,
    ),
)
