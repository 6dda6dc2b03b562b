"""The database's schema: one entry for each version, each a tuple of statements; a database is brought forward from
whichever version it has."""


def _only_grows(table: str, key: str) -> tuple[str, ...]:
    """Triggers that keep the rows of a table as they are; what is there already is passed over when it comes again."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
    return (
        f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_known BEFORE INSERT ON {table} WHEN NEW.{key} IN (SELECT {key} FROM {table})"  # noqa: S608 (our own words)
        " BEGIN SELECT RAISE(IGNORE); END",
    )


def depict(which: str) -> str:
    """The statement that writes down which pictures some sightings name; `which` is a condition on them."""
    text = "CAST(body AS TEXT)"
    readable = f"CASE WHEN length(body) > 0 AND json_valid({text}) THEN {text} END"
    photo = f"SELECT seq, {readable} AS said FROM sighting WHERE {which}"  # noqa: S608 (our own words)
    names = " UNION ALL ".join(
        f"SELECT json_extract(said, '$.photo.{field}'), seq, '{part}', json_extract(said, '$.observer.lat'),"  # noqa: S608
        f" json_extract(said, '$.observer.lon') FROM ({photo}) WHERE json_extract(said, '$.photo.{field}') IS NOT NULL"
        for field, part in (("content_sha256", "scene"), ("reticle_sha256", "reticle"))
    )
    return f"INSERT OR IGNORE INTO depicted (sha256, seq, part, lat, lon) {names}"


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
        # What is revoked stays revoked: keys that no probe may have again, and mailboxes that no broker lets in again.
        # The lists stand apart from the probes, and the database itself refuses whatever would go round them.
        "CREATE TABLE revoked_key (probe TEXT PRIMARY KEY, public BLOB NOT NULL, day TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE closed_mailbox (mailbox TEXT PRIMARY KEY, day TEXT NOT NULL) WITHOUT ROWID",
        "INSERT INTO revoked_key SELECT id, public, revoked FROM probe WHERE revoked IS NOT NULL",
        "INSERT INTO closed_mailbox SELECT mailbox, revoked FROM probe WHERE revoked IS NOT NULL",
        # A probe that came a second time has left its first account behind.
        """
        INSERT INTO closed_mailbox SELECT mailbox, date('now') FROM account
            WHERE taken = 1 AND mailbox NOT IN (SELECT mailbox FROM probe)
        """,
        "UPDATE account SET password = NULL WHERE mailbox IN (SELECT mailbox FROM closed_mailbox)",
        *_only_grows("revoked_key", "probe"),
        *_only_grows("closed_mailbox", "mailbox"),
        """
        CREATE TRIGGER probe_revoked AFTER UPDATE OF revoked ON probe WHEN NEW.revoked IS NOT NULL BEGIN
            INSERT INTO revoked_key VALUES (NEW.id, NEW.public, NEW.revoked);
            INSERT INTO closed_mailbox VALUES (NEW.mailbox, NEW.revoked);
        END
        """,
        """
        CREATE TRIGGER probe_moved AFTER UPDATE OF mailbox ON probe WHEN NEW.mailbox <> OLD.mailbox BEGIN
            INSERT INTO closed_mailbox VALUES (OLD.mailbox, date('now'));
        END
        """,
        """
        CREATE TRIGGER probe_gone AFTER DELETE ON probe BEGIN
            INSERT INTO closed_mailbox VALUES (OLD.mailbox, date('now'));
        END
        """,
        """
        CREATE TRIGGER probe_comes BEFORE INSERT ON probe
            WHEN NEW.id IN (SELECT probe FROM revoked_key) OR NEW.mailbox IN (SELECT mailbox FROM closed_mailbox)
        BEGIN SELECT RAISE(ABORT, 'a revoked key or a closed mailbox is never enrolled again'); END
        """,
        """
        CREATE TRIGGER probe_stays BEFORE UPDATE ON probe
            WHEN (OLD.id IN (SELECT probe FROM revoked_key) AND NEW.revoked IS NULL)
              OR ((NEW.id <> OLD.id OR NEW.public <> OLD.public)
                AND (OLD.id IN (SELECT probe FROM revoked_key) OR NEW.id IN (SELECT probe FROM revoked_key)))
              OR (NEW.mailbox <> OLD.mailbox
                AND (OLD.id IN (SELECT probe FROM revoked_key) OR NEW.mailbox IN (SELECT mailbox FROM closed_mailbox)))
        BEGIN SELECT RAISE(ABORT, 'a revoked key stays revoked'); END
        """,
        """
        CREATE TRIGGER probe_kept BEFORE DELETE ON probe WHEN OLD.id IN (SELECT probe FROM revoked_key)
        BEGIN SELECT RAISE(ABORT, 'a revoked probe stays known'); END
        """,
        """
        CREATE TRIGGER account_given BEFORE UPDATE OF taken ON account WHEN OLD.taken = 1 AND NEW.taken <> 1
        BEGIN SELECT RAISE(ABORT, 'an account is given once'); END
        """,
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
    (
        # Which sighting names a picture, and from where it was taken: as its body says, so that nobody has to read it.
        """
        CREATE TABLE depicted (
            sha256 TEXT NOT NULL, seq INTEGER NOT NULL, part TEXT NOT NULL, lat REAL, lon REAL,
            PRIMARY KEY (sha256, seq)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX depicted_seq ON depicted (seq)",
        "CREATE INDEX depicted_place ON depicted (lat, lon)",
        depict("TRUE"),
        # A picture as it is now: `version` is the hash of its octets; one that was deleted stays known by its first.
        """
        CREATE TABLE gallery (
            sha256 TEXT PRIMARY KEY,
            version TEXT NOT NULL,
            standing TEXT NOT NULL DEFAULT 'new',
            octets INTEGER NOT NULL,
            width INTEGER, height INTEGER,
            second TEXT, found INTEGER, tries INTEGER NOT NULL DEFAULT 0,
            compared INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID
        """,
        "CREATE INDEX gallery_second ON gallery (second)",
        "CREATE INDEX gallery_compared ON gallery (compared)",
        """
        INSERT INTO gallery (sha256, version, octets)
            SELECT sha256, sha256, max(length(jpeg)) FROM picture GROUP BY sha256
        """,
        """
        CREATE TABLE picture_event (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            day TEXT NOT NULL, sha256 TEXT NOT NULL, done TEXT NOT NULL, by TEXT NOT NULL, boxes TEXT
        )
        """,
        "CREATE INDEX picture_event_sha256 ON picture_event (sha256)",
        "CREATE TABLE alike (one TEXT NOT NULL, other TEXT NOT NULL, inliers INTEGER NOT NULL,"
        " PRIMARY KEY (one, other)) WITHOUT ROWID",
        "CREATE INDEX alike_other ON alike (other)",
        """
        CREATE TABLE complaint (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            opened TEXT NOT NULL, about TEXT NOT NULL, contact TEXT, closed TEXT, decision TEXT
        )
        """,
        """
        CREATE TABLE complained (complaint INTEGER NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (complaint, sha256))
            WITHOUT ROWID
        """,
        "CREATE INDEX complained_sha256 ON complained (sha256)",
        # Files outside the folder that hold a picture: the copies that were made of it, and backups.
        "CREATE TABLE published (sha256 TEXT NOT NULL, path TEXT NOT NULL, digest TEXT NOT NULL, day TEXT NOT NULL,"
        " PRIMARY KEY (sha256, path)) WITHOUT ROWID",
        "CREATE TABLE backup (path TEXT PRIMARY KEY, day TEXT NOT NULL) WITHOUT ROWID",
    ),
    (
        # What people decided; the sightings that it is about stand in the body.
        """
        CREATE TABLE decision (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL, by_whom TEXT NOT NULL, body BLOB NOT NULL
        )
        """,
        # Who works at the hub. A name is never given a second time: decisions are signed with it.
        """
        CREATE TABLE person (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE, role INTEGER NOT NULL, made TEXT NOT NULL, password TEXT, closed TEXT
        )
        """,
        """
        CREATE TABLE passkey (
            id BLOB PRIMARY KEY, person INTEGER NOT NULL, public BLOB NOT NULL, counter INTEGER NOT NULL,
            label TEXT NOT NULL, made TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        # Of tokens there are hashes alone: who reads the database is not signed in by it.
        """
        CREATE TABLE session (
            token_hash BLOB PRIMARY KEY, person INTEGER NOT NULL,
            began_s REAL NOT NULL, used_s REAL NOT NULL, ends_s REAL NOT NULL
        ) WITHOUT ROWID
        """,
        # A link that lets somebody in once, to choose a password.
        """
        CREATE TABLE login_link (
            token_hash BLOB PRIMARY KEY, person INTEGER NOT NULL, ends_s REAL NOT NULL
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE audit (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, about TEXT NOT NULL
        )
        """,
    ),
    (
        # The shared map. A public id is drawn by lot and never derived, so that it says nothing of the log; the
        # sightings that it stands for never leave the hub.
        """
        CREATE TABLE public_camera (
            id TEXT PRIMARY KEY, body BLOB, coming BLOB, ripe_s REAL, merged_into TEXT
        ) WITHOUT ROWID
        """,
        "CREATE TABLE public_sighting (sighting TEXT PRIMARY KEY, camera TEXT NOT NULL) WITHOUT ROWID",
        "CREATE INDEX public_sighting_camera ON public_sighting (camera)",
        "CREATE TABLE public_picture (id TEXT PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE) WITHOUT ROWID",
    ),
    (
        # How far the log went when a backup was made: what has come since is in no copy.
        "ALTER TABLE backup ADD COLUMN sightings INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE backup ADD COLUMN decisions INTEGER NOT NULL DEFAULT 0",
    ),
    (
        # The month in which a sighting came, for how long it is kept; of what came before this version, nobody knows.
        "ALTER TABLE sighting ADD COLUMN came TEXT NOT NULL DEFAULT ''",
    ),
    (
        # By what sightings are known to be of one contributor, within an area and a quarter of a year: it outlives the
        # link to the probe, and names none.
        "CREATE TABLE contributor (seq INTEGER PRIMARY KEY, tags TEXT NOT NULL)",
    ),
)
