"""The derived cameras as they are saved: all anew, or what changed, where nobody else has saved meanwhile."""

from collections.abc import Sequence
from secrets import token_hex

from hub.store.engine import Engine

_SAVED_AS = "cameras"  # names the derived cameras as they were saved last
_STREETS = "cameras.streets"  # and this the streets that they were placed by


def save(engine: Engine, cameras: Sequence[tuple[str, bytes]], streets: str | None) -> str:
    """Save these cameras and no others; returns the name of what is saved now."""
    with engine.transaction() as db:
        db.execute("DELETE FROM camera")
        db.executemany("INSERT INTO camera (id, body) VALUES (?, ?)", cameras)
        engine.set_meta(_STREETS, streets or "")
        return named_anew(engine)


def update(
    engine: Engine, changed: Sequence[tuple[str, bytes]], gone: Sequence[str], *, saved_as: str, streets: str | None
) -> str | None:
    """Save what changed since `saved_as` was saved; None where something else is saved meanwhile."""
    with engine.transaction() as db:
        if engine.meta(_SAVED_AS) != saved_as:
            return None
        db.executemany("DELETE FROM camera WHERE id = ?", [(key,) for key in gone])
        db.executemany(
            "INSERT INTO camera (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            changed,
        )
        engine.set_meta(_STREETS, streets or "")
        return named_anew(engine)


def streets_of(engine: Engine) -> str | None:
    """What names the streets by which the cameras were placed that are saved now."""
    return engine.meta(_STREETS) or None


def named_anew(engine: Engine) -> str:
    """Another name for the derived cameras than before: two who save notice each other."""
    name = token_hex(8)
    engine.set_meta(_SAVED_AS, name)
    return name
