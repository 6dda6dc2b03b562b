"""The pictures in SQL: one row keeps the octets, and what is known of a picture stands beside it, by its first hash.

What was deleted or covered stays known by the hash that sightings name it by, so that a unit that comes again brings
nothing back.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from math import cos, hypot, radians
from typing import Any

import msgspec

from hub.log.events import NewPicture
from hub.log.pictures import Alike, By, Done, LookedThrough, Part, PictureEvent, SecondPass, Standing, StoredPicture
from hub.store.engine import Engine, Transaction
from hub.store.pictures import Changed
from hub.store.sql.shares import Shares
from probe.contract.sighting import Box
from probe.redact.geotag import NoJpeg, size_of

_UNREADABLE = 0  # pixels of what is no JPEG, in the table alone
_EXPIRES_DAYS = 30  # a picture's row says when its sender is forgotten: so long after it came
_M_PER_DEG = 111_320.0
_NEIGHBOURS = 500  # rows that are looked at for the nearest ones
_LIVE = "picture.sha256 = gallery.sha256 AND picture.held IS NULL AND length(picture.jpeg) > 0"
_FIELDS = (
    "gallery.sha256, version, standing, gallery.octets, width, height, second, found, depicted.part, sighting.id, body"
)
_NAMED = "depicted ON depicted.sha256 = gallery.sha256 LEFT JOIN sighting ON sighting.seq = depicted.seq"
_SEEN = f"standing <> 'deleted' AND EXISTS (SELECT 1 FROM picture WHERE {_LIVE})"  # noqa: S608 (our own words)
_TOLD = f"EXISTS (SELECT 1 FROM depicted WHERE depicted.sha256 = gallery.sha256) AND {_SEEN}"  # noqa: S608
_WHY = "second pass"
# Pictures of which copies must not hold the octets: deleted, covered or erased.
_WITHOUT = """
    SELECT sha256 FROM gallery WHERE version <> sha256 OR NOT EXISTS
        (SELECT 1 FROM picture WHERE picture.sha256 = gallery.sha256 AND length(jpeg) > 0)
"""
_IDS_PER_QUERY = 500
_SHARES = {
    "held": "SELECT probe, sum(length(jpeg)) FROM picture"
    " WHERE probe IS NOT DISTINCT FROM ? AND held IS NOT NULL GROUP BY probe",
    "named": "SELECT probe, sum(length(jpeg)) FROM picture WHERE sha256 = ? GROUP BY probe",
}
_ERASE = {
    "held": "UPDATE picture SET jpeg = ?, held = NULL WHERE probe IS NOT DISTINCT FROM ? AND held IS NOT NULL",
    "named": "UPDATE picture SET jpeg = ?, held = NULL WHERE sha256 = ?",
}


class _Named(msgspec.Struct):
    content_sha256: str | None = None
    reticle_sha256: str | None = None


class _Place(msgspec.Struct):
    lat: float | None = None
    lon: float | None = None


class _Said(msgspec.Struct):
    """What a sighting's body says of its pictures."""

    photo: _Named
    observer: _Place = msgspec.field(default_factory=_Place)


_NAMES = msgspec.json.Decoder(_Said)
_BOXES = msgspec.json.Decoder(tuple[Box, ...])


class SqlPictures:
    """A `PictureStore` in the hub's database."""

    def __init__(self, db: Engine, shares: Shares, today: Callable[[], date]) -> None:
        self._db, self._shares, self._today = db, shares, today

    def get(self, sha256: str) -> StoredPicture | None:
        row = self._db.row(
            f"SELECT {_FIELDS} FROM gallery LEFT JOIN {_NAMED} WHERE gallery.sha256 = ? AND {_SEEN}"  # noqa: S608
            " ORDER BY depicted.seq LIMIT 1",
            (sha256,),
        )
        return None if row is None else self._picture(row)

    def starting(self, letters: str) -> list[str]:
        query = f"SELECT sha256 FROM gallery WHERE sha256 >= ? AND sha256 < ? AND {_SEEN} LIMIT 3"  # noqa: S608
        return [sha256 for (sha256,) in self._db.rows(query, (letters, letters + "g"))]

    def named_by(self, sightings: Sequence[str]) -> list[StoredPicture]:
        rows: list[Any] = []
        for start in range(0, len(sightings), _IDS_PER_QUERY):
            some = sightings[start : start + _IDS_PER_QUERY]
            rows += self._db.rows(
                f"SELECT {_FIELDS}, sighting.seq FROM sighting JOIN depicted ON depicted.seq = sighting.seq"  # noqa: S608
                f" JOIN gallery ON gallery.sha256 = depicted.sha256 WHERE {_SEEN}"
                f" AND sighting.id IN ({','.join('?' * len(some))})",
                some,
            )
        seen: dict[str, StoredPicture] = {}
        for row in sorted(rows, key=lambda row: (row[-1], row[8] != Part.SCENE)):
            seen.setdefault(row[0], self._picture(row[:-1]))
        return list(seen.values())

    def listed(self, limit: int, standing: Standing | None = None) -> list[StoredPicture]:
        hashes = self._db.rows(
            "SELECT gallery.sha256 FROM picture JOIN gallery ON gallery.sha256 = picture.sha256"
            " WHERE held IS NULL AND length(jpeg) > 0 AND standing <> 'deleted' AND (? OR standing = ?)"
            " GROUP BY gallery.sha256 ORDER BY max(number) DESC LIMIT ?",
            (standing is None, standing, limit),
        )
        found = [self.get(sha256) for (sha256,) in hashes]
        return [one for one in found if one is not None]

    def new(self) -> int:
        query = f"SELECT count(*) FROM gallery WHERE standing = 'new' AND {_TOLD}"  # noqa: S608
        return int(self._db.row(query)[0])

    def new_ones(self, limit: int) -> list[tuple[str, str]]:
        rows = self._db.rows(
            "SELECT gallery.sha256, sighting.id FROM depicted JOIN gallery ON gallery.sha256 = depicted.sha256"  # noqa: S608
            f" JOIN sighting ON sighting.seq = depicted.seq WHERE standing = 'new' AND {_SEEN}"
            " ORDER BY depicted.seq, gallery.sha256 LIMIT ?",
            (limit,),
        )
        return [(sha256, sighting) for sha256, sighting in rows]

    def came(self, sha256: str) -> date | None:
        (expires,) = self._db.row("SELECT min(expires) FROM picture WHERE sha256 = ?", (sha256,))
        return None if expires is None else date.fromisoformat(expires) - timedelta(days=_EXPIRES_DAYS)

    def jpeg(self, sha256: str) -> bytes | None:
        row = self._db.row(
            "SELECT jpeg FROM picture WHERE sha256 = ? AND held IS NULL AND length(jpeg) > 0 LIMIT 1", (sha256,)
        )
        return None if row is None else bytes(row[0])

    def stand(self, sha256: str, standing: Standing, done: Done) -> None:
        with self._db.transaction() as db:
            changed = db.execute(
                "UPDATE gallery SET standing = ? WHERE sha256 = ? AND standing <> 'deleted' AND NOT EXISTS"
                " (SELECT 1 FROM complained JOIN complaint ON complaint.number = complained.complaint"
                " WHERE complained.sha256 = gallery.sha256 AND complaint.closed IS NULL)",
                (standing, sha256),
            ).rowcount
            if changed:
                self._note(db, sha256, done, By.OPERATOR)

    def replace(self, was: StoredPicture, jpeg: bytes, boxes: Sequence[Box], by: By) -> None:
        version = hashlib.sha256(jpeg).hexdigest()
        size = _size(jpeg)
        with self._db.transaction() as db:
            changed = db.execute(
                "UPDATE gallery SET version = ?, octets = ?, width = ?, height = ?, compared = 0"
                " WHERE sha256 = ? AND version = ? AND standing <> 'deleted'",
                (version, len(jpeg), *size, was.sha256, was.version),
            ).rowcount
            number = db.execute(
                "SELECT number FROM picture WHERE sha256 = ? AND held IS NULL AND length(jpeg) > 0 LIMIT 1",
                (was.sha256,),
            ).fetchone()
            if not changed or number is None:
                raise Changed(was.sha256)
            self._shares.give_back(db, _SHARES["named"], was.sha256)
            db.execute("UPDATE picture SET jpeg = ? WHERE sha256 = ?", (b"", was.sha256))  # also of what is held of it
            db.execute("UPDATE picture SET jpeg = ? WHERE number = ?", (jpeg, *number))
            db.execute(
                "UPDATE share SET octets = octets + ? WHERE probe = (SELECT probe FROM picture WHERE number = ?)",
                (len(jpeg), *number),
            )
            self._forget_derived(db, was.sha256)
            self._note(db, was.sha256, Done.COVERED, by, boxes)
            self._empty_quarantine(db, was.octets)
        self._finish_erasing(soon=True)  # the second pass covers one after the other

    def delete(self, sha256: str) -> None:
        with self._db.transaction() as db:
            row = db.execute("SELECT octets FROM gallery WHERE sha256 = ?", (sha256,)).fetchone()
            self.erase(db, "named", sha256)
            db.execute(
                "UPDATE gallery SET standing = 'deleted', version = '', octets = 0, width = NULL, height = NULL,"
                " second = 'gone', found = NULL, compared = 1 WHERE sha256 = ?",
                (sha256,),
            )
            self._note(db, sha256, Done.DELETED, By.OPERATOR)
            if row is not None:
                self._empty_quarantine(db, row[0])
        self.finish_erasing()

    def finish_erasing(self) -> list[str]:
        return self._finish_erasing(soon=False)

    def history(self, sha256: str) -> list[PictureEvent]:
        rows = self._db.rows(
            "SELECT day, done, by, boxes FROM picture_event WHERE sha256 = ? ORDER BY number", (sha256,)
        )
        return [
            PictureEvent(
                day=date.fromisoformat(day), sha256=sha256, done=Done(done), by=By(by),
                boxes=() if boxes is None else _BOXES.decode(boxes),
            )
            for day, done, by, boxes in rows
        ]  # fmt: skip

    def waiting(self) -> tuple[str, int] | None:
        row = self._db.row(
            f"SELECT sha256, tries FROM gallery WHERE second IS NULL AND {_TOLD} ORDER BY tries LIMIT 1"  # noqa: S608
        )
        return None if row is None else (str(row[0]), int(row[1]))

    def looked_through(self) -> LookedThrough:
        row = self._db.row(
            "SELECT count(*) FILTER (WHERE second = 'done'), count(*) FILTER (WHERE second = 'failed'), count(*)"  # noqa: S608
            f" FROM gallery WHERE {_TOLD}"
        )
        why = self._db.meta(_WHY) or ""
        return LookedThrough(done=row[0], failed=row[1], in_all=row[2], why=why)

    def note_why(self, why: str) -> None:
        if why != (self._db.meta(_WHY) or ""):
            self._db.set_meta(_WHY, why)

    def begin_second_pass(self, sha256: str) -> None:
        with self._db.transaction() as db:
            db.execute("UPDATE gallery SET tries = tries + 1 WHERE sha256 = ?", (sha256,))

    def end_second_pass(
        self, sha256: str, outcome: SecondPass, found: int | None = None, doubtful: Sequence[Box] = ()
    ) -> None:
        with self._db.transaction() as db:
            changed = db.execute(
                "UPDATE gallery SET second = ?, found = ? WHERE sha256 = ? AND standing <> 'deleted'",
                (outcome, found, sha256),
            ).rowcount
            if changed:
                self._note(db, sha256, Done.SECOND_PASS, By.SECOND_PASS, doubtful)

    def to_compare(self, within_m: float, most: int) -> tuple[str, list[str]] | None:
        named = "gallery JOIN depicted ON depicted.sha256 = gallery.sha256"
        row = self._db.row(
            f"SELECT gallery.sha256, part, lat, lon, seq FROM {named} WHERE compared = 0 AND {_SEEN} LIMIT 1"  # noqa: S608
        )
        if row is None:
            return None
        mine, part, lat, lon, seq = row
        if part != Part.SCENE or lat is None or lon is None:
            return mine, []
        north = within_m / _M_PER_DEG
        east = north / max(0.01, cos(radians(lat)))
        rows = self._db.rows(
            f"SELECT gallery.sha256, lat, lon FROM depicted JOIN gallery ON gallery.sha256 = depicted.sha256"  # noqa: S608
            f" WHERE lat BETWEEN ? AND ? AND lon BETWEEN ? AND ? AND part = 'scene' AND seq <> ? AND {_SEEN} LIMIT ?",
            (lat - north, lat + north, lon - east, lon + east, seq, _NEIGHBOURS),
        )
        far = {
            sha256: hypot((at[0] - lat) / north, (at[1] - lon) / east) for sha256, *at in rows if sha256 != mine
        }  # 1 is the bound
        known = {one.one if one.other == mine else one.other for one in self.alike([mine], least=0)}
        near = sorted((distance, sha256) for sha256, distance in far.items() if distance <= 1 and sha256 not in known)
        return mine, [sha256 for _, sha256 in near[:most]]

    def compared(self, sha256: str) -> None:
        with self._db.transaction() as db:
            db.execute("UPDATE gallery SET compared = 1 WHERE sha256 = ?", (sha256,))

    def note_alike(self, pair: Alike) -> None:
        one, other = sorted((pair.one, pair.other))
        with self._db.transaction() as db:
            db.execute(
                "INSERT INTO alike VALUES (?, ?, ?) ON CONFLICT (one, other) DO UPDATE SET inliers = excluded.inliers",
                (one, other, pair.inliers),
            )

    def alike(self, hashes: Sequence[str], least: int = 1) -> list[Alike]:
        found: dict[tuple[str, str], int] = {}
        for sha256 in hashes:
            rows = self._db.rows("SELECT one, other, inliers FROM alike WHERE ? IN (one, other)", (sha256,))
            found |= {(one, other): inliers for one, other, inliers in rows if inliers >= least}
        return [Alike(one=one, other=other, inliers=inliers) for (one, other), inliers in sorted(found.items())]

    # What the log's own changes do to pictures: each within the transaction that is under way.

    def add(self, db: Transaction, pictures: Iterable[NewPicture], expires: str) -> None:
        """Write pictures down. One that was deleted or covered leaves a row without octets."""
        for new in pictures:
            known = db.execute("SELECT version, standing FROM gallery WHERE sha256 = ?", (new.sha256,)).fetchone()
            gone = known is not None and (known[0] != new.sha256 or known[1] == Standing.DELETED)
            db.execute(
                "INSERT INTO picture (id, hash, sha256, held, probe, expires, jpeg) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (new.id, new.hash, new.sha256, new.held, new.sender, expires, b"" if gone else new.jpeg),
            )
            if not gone:
                db.execute(
                    "INSERT INTO gallery (sha256, version, octets, width, height) VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT (sha256) DO UPDATE SET"
                    " octets = excluded.octets, width = excluded.width, height = excluded.height",
                    (new.sha256, new.sha256, len(new.jpeg), *_size(new.jpeg)),
                )

    def depict(self, db: Transaction, sightings: Iterable[tuple[int, bytes]]) -> None:
        """Write down which pictures sightings name, by their places in the log and their bodies."""
        for seq, body in sightings:
            if b'"photo":{' in body:
                db.executemany(
                    "INSERT INTO depicted (sha256, seq, part, lat, lon) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    _names(seq, body),
                )

    def no_longer_named(self, db: Transaction, seq: int) -> None:
        """A sighting is erased: pictures that it alone names go with it."""
        names = db.execute("SELECT sha256 FROM depicted WHERE seq = ?", (seq,)).fetchall()
        db.execute("DELETE FROM depicted WHERE seq = ?", (seq,))
        for (sha256,) in names:
            if db.execute("SELECT 1 FROM depicted WHERE sha256 = ?", (sha256,)).fetchone() is None:
                self.erase(db, "named", sha256)

    def erase(self, db: Transaction, which: str, value: str | None) -> None:
        """A picture's row stays without its octets, so that the same one is known when it comes again."""
        self._shares.give_back(db, _SHARES[which], value)
        db.execute(_ERASE[which], (b"", value))
        if which == "named" and value is not None:
            self._forget_derived(db, value)

    def _forget_derived(self, db: Transaction, sha256: str) -> None:
        db.execute("DELETE FROM alike WHERE ? IN (one, other)", (sha256,))

    def _empty_quarantine(self, db: Transaction, octets: int) -> None:
        """What was set aside is sealed, so nobody can say what it holds: all goes that has room for the picture."""
        db.execute("UPDATE quarantine SET data = ? WHERE size >= ?", (b"", octets))

    def _finish_erasing(self, *, soon: bool) -> list[str]:
        return self._db.finish_erasing([sha256 for (sha256,) in self._db.rows(_WITHOUT)], soon=soon)

    def _note(self, db: Transaction, sha256: str, done: Done, by: By, boxes: Sequence[Box] = ()) -> None:
        said = msgspec.json.encode(boxes).decode() if boxes else None
        db.execute(
            "INSERT INTO picture_event (day, sha256, done, by, boxes) VALUES (?, ?, ?, ?, ?)",
            (self._today().isoformat(), sha256, done, by, said),
        )

    def _picture(self, row: Sequence[Any]) -> StoredPicture:
        sha256, version, standing, octets, width, height, second, found, part, sighting, body = row
        if width is None:  # it came to an earlier version of the hub
            width, height = _size(self.jpeg(sha256) or b"")
        return StoredPicture(
            sha256=sha256,
            version=version,
            standing=Standing(standing),
            octets=octets,
            width=width or None,
            height=height or None,
            second_pass=None if second is None else SecondPass(second),
            found=found,
            part=None if part is None else Part(part),
            sighting=sighting,
            body=None if body is None else bytes(body),
        )


def _names(seq: int, body: bytes) -> list[tuple[str, int, Part, float | None, float | None]]:
    """The rows that say which pictures a sighting names, and from where they were taken."""
    try:
        said = _NAMES.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return []
    named = ((said.photo.content_sha256, Part.SCENE), (said.photo.reticle_sha256, Part.RETICLE))
    return [(sha256, seq, part, said.observer.lat, said.observer.lon) for sha256, part in named if sha256 is not None]


def _size(jpeg: bytes) -> tuple[int, int]:
    try:
        return size_of(jpeg)
    except NoJpeg:
        return _UNREADABLE, _UNREADABLE
