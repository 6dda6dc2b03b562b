"""Erasing for good in SQL: what a volunteer brought who leaves, and what was kept long enough.

Each works within the transaction that is under way.
"""

from datetime import date, timedelta

from hub.log.probes import Probe
from hub.log.retention import Terms
from hub.store.engine import Transaction


def forget_probe(db: Transaction, probe: Probe) -> list[str]:
    """Take out whatever says who a probe's carrier was, and what it sent that is no sighting; returns the hashes of its
    pictures, which are to be erased. The fingerprint of its key stays among the revoked ones."""
    hashes = [
        sha for (sha,) in db.execute("SELECT DISTINCT sha256 FROM picture WHERE probe = ?", (probe.id,)).fetchall()
    ]
    db.execute("UPDATE picture SET probe = NULL WHERE probe = ?", (probe.id,))
    db.execute("UPDATE deletion SET probe = NULL WHERE probe = ?", (probe.id,))
    db.execute("DELETE FROM contributor WHERE seq IN (SELECT seq FROM sender WHERE probe = ?)", (probe.id,))
    for table in ("sender", "share"):
        db.execute(f"DELETE FROM {table} WHERE probe = ?", (probe.id,))  # noqa: S608 (our own words)
    # What was set aside is sealed or broken: its topic is all that says whose it is; some reasons say a name.
    db.execute(
        "DELETE FROM quarantine WHERE topic LIKE ? OR reason LIKE ? OR reason LIKE ?",
        (f"%{probe.mailbox}%", f"%{probe.id}%", _containing(probe.name)),
    )
    db.execute("UPDATE held SET reason = 'revoked' WHERE reason LIKE ?", (_containing(probe.name),))
    db.execute(
        "DELETE FROM enrolment WHERE used_by = ? OR mailbox = ? OR name = ?", (probe.public, probe.mailbox, probe.name)
    )
    db.execute("UPDATE enrolment SET was = NULL WHERE was = ?", (probe.name,))
    db.execute("UPDATE probe SET name = 'left ' || substr(id, 1, 12) WHERE id = ?", (probe.id,))
    db.execute("UPDATE audit SET about = '' WHERE about LIKE ?", (_containing(probe.name),))
    return hashes


def forget_sighting(db: Transaction, seq: int) -> None:
    """Take out what is tied to the place in the log of a sighting whose body is erased."""
    for table in ("sender", "contributor", "imported", "held"):
        db.execute(f"DELETE FROM {table} WHERE seq = ?", (seq,))  # noqa: S608 (our own words)


def overdue(db: Transaction, terms: Terms, today: date) -> list[int]:
    """The places in the log of what nobody has decided for too long."""
    before = (today - timedelta(days=terms.held)).isoformat()
    return [seq for (seq,) in db.execute("SELECT seq FROM held WHERE day < ?", (before,)).fetchall()]


def expire_rows(db: Transaction, terms: Terms, today: date) -> tuple[int, int, int]:
    """Delete rows whose time is over: how many of the quarantine, of the complaints, of the audit."""

    def before(days: int) -> str:
        return (today - timedelta(days=days)).isoformat()

    quarantine = db.execute("DELETE FROM quarantine WHERE at < ?", (before(terms.quarantine),)).rowcount
    closed = "SELECT number FROM complaint WHERE closed IS NOT NULL AND closed < ?"
    db.execute(f"DELETE FROM complained WHERE complaint IN ({closed})", (before(terms.complaints),))  # noqa: S608
    complaints = db.execute(
        "DELETE FROM complaint WHERE closed IS NOT NULL AND closed < ?", (before(terms.complaints),)
    ).rowcount
    audit = db.execute("DELETE FROM audit WHERE at < ?", (before(terms.audit),)).rowcount
    return quarantine, complaints, audit


def _containing(name: str) -> str:
    """A pattern for texts with a name in them. A name's own % and _ match more than it, which only erases more."""
    return f"%{name}%"
