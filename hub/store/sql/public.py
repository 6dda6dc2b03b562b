"""The shared map in SQL."""

from collections.abc import Mapping, Sequence

import msgspec

from hub.log.events import Erasure
from hub.log.public import PublicRow, Sharing
from hub.store.engine import Engine

_META = "sharing"
_IDS_PER_QUERY = 500


class SqlPublic:
    """A `PublicStore` in the hub's database."""

    def __init__(self, db: Engine) -> None:
        self._db = db

    def rows(self) -> list[PublicRow]:
        sightings: dict[str, list[str]] = {}
        for sighting, camera in self._db.rows("SELECT sighting, camera FROM public_sighting"):
            sightings.setdefault(camera, []).append(sighting)
        rows = self._db.rows("SELECT id, body, coming, ripe_s, merged_into FROM public_camera ORDER BY id")
        return [
            PublicRow(
                id=name,
                sightings=frozenset(sightings.get(name, ())),
                body=None if body is None else bytes(body),
                coming=None if coming is None else bytes(coming),
                ripe_s=ripe_s,
                merged_into=merged_into,
            )
            for name, body, coming, ripe_s, merged_into in rows
        ]

    def save(self, rows: Sequence[PublicRow], sharing: Sharing | None = None, *, generation: int | None = None) -> bool:
        with self._db.transaction() as db:
            if generation is not None and generation != int(self._db.meta("generation") or 0):
                return False
            for row in rows:
                db.execute(
                    "INSERT INTO public_camera (id, body, coming, ripe_s, merged_into) VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT (id) DO UPDATE SET body = excluded.body, coming = excluded.coming,"
                    " ripe_s = excluded.ripe_s, merged_into = excluded.merged_into",
                    (row.id, row.body, row.coming, row.ripe_s, row.merged_into),
                )
                db.execute("DELETE FROM public_sighting WHERE camera = ?", (row.id,))
            for row in rows:
                db.executemany(
                    "INSERT INTO public_sighting (sighting, camera) VALUES (?, ?)"
                    " ON CONFLICT (sighting) DO UPDATE SET camera = excluded.camera",
                    [(sighting, row.id) for sighting in sorted(row.sightings)],
                )
            if sharing is not None:
                self._db.set_meta(_META, msgspec.json.encode(sharing).decode())
        return True

    def forget(self, sightings: Sequence[str]) -> int:
        left = 0
        with self._db.transaction() as db:
            for start in range(0, len(sightings), _IDS_PER_QUERY):
                some = list(sightings[start : start + _IDS_PER_QUERY])
                marks = ",".join("?" * len(some))
                touched = db.execute(
                    f"SELECT DISTINCT camera FROM public_sighting WHERE sighting IN ({marks})",  # noqa: S608 (marks)
                    some,
                ).fetchall()
                db.execute(f"DELETE FROM public_sighting WHERE sighting IN ({marks})", some)  # noqa: S608 (marks)
                for (camera,) in touched:
                    left += db.execute(
                        "UPDATE public_camera SET body = NULL, coming = NULL, ripe_s = NULL WHERE id = ?"
                        " AND NOT EXISTS (SELECT 1 FROM public_sighting WHERE camera = ?)",
                        (camera, camera),
                    ).rowcount
        return left

    def taken_back(self) -> frozenset[str]:
        rows = self._db.rows(
            "SELECT public_sighting.sighting FROM public_sighting"
            " JOIN sighting ON sighting.id = public_sighting.sighting WHERE length(sighting.body) = 0 AND EXISTS"
            " (SELECT 1 FROM deletion WHERE deletion.sighting = public_sighting.sighting AND deletion.why IN (?, ?))",
            (Erasure.UNDONE, Erasure.REJECTED),
        )
        return frozenset(sighting for (sighting,) in rows)

    def sharing(self) -> Sharing:
        said = self._db.meta(_META)
        return Sharing() if said is None else msgspec.json.decode(said, type=Sharing)

    def pictures(self) -> Mapping[str, str]:
        return dict(self._db.rows("SELECT id, sha256 FROM public_picture"))

    def name_pictures(self, ids: Mapping[str, str]) -> None:
        with self._db.transaction() as db:
            db.executemany(
                "INSERT INTO public_picture (id, sha256) VALUES (?, ?) ON CONFLICT DO NOTHING", list(ids.items())
            )
