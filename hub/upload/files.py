"""A file that was brought: another program's log or sightings, through the probe's importer and the hub's own import.

It goes the way that `contrechamp-probe import FILE | contrechamp-hub import` goes, so that it has an import's number,
can be taken back, and adds nothing when it comes again.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from hub.errors import BadInput
from hub.ingest.lines import import_lines
from hub.ingest.report import IntakeReport
from hub.store.store import Store
from hub.upload.confined import Confined
from hub.upload.incoming import Brought, IncomingFolder
from hub.upload.kinds import LOOK, Brings, brings
from hub.upload.outcome import Outcome, refused
from probe.contract.readable import readable

MOST_BYTES = 512 << 20
MOST_LINES_BYTES = 1 << 30  # of sightings that come of one log
WITHIN_S = 3600.0
MOST_SENTENCES = 10
_NO_FILE = {
    Brings.PHOTO: "upload_is_photo",
    Brings.CAPTURE: "upload_is_capture",
    Brings.ARCHIVE: "upload_is_archive",
    Brings.TRACK: "upload_is_track",
    Brings.EMPTY: "upload_is_empty",
    Brings.UNKNOWN: "upload_is_unknown",
}


class _Moving(msgspec.Struct, frozen=True):
    moving: int = 0


class _Read(msgspec.Struct, frozen=True):
    """What the probe's importer counted, as its `--json` says."""

    sightings: int = 0
    rows: int = 0
    bluetooth_rows: int = 0
    mobile_rows: int = 0
    recognised_rows: int = 0
    sweep: _Moving = _Moving()
    by_rule: dict[str, int] = {}
    troubles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


_counts = msgspec.json.Decoder(_Read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Who hears how far a file is: `started` gets the process that reads it, `reading` a share (0 to 1) of its octets,
    `taking` how many lines of its sightings are in, and a share of them."""

    started: Callable[[Confined], None]
    reading: Callable[[float], None]
    taking: Callable[[int, float], None]


def take_file(
    brought: Brought, name: str, store: Store, folder: IncomingFolder, watch: Watch, *, again: bool = False
) -> Outcome:
    """What came of a file that its owner calls `name`. Raises HubError where nothing could be done."""
    kind = brings(brought.start(LOOK))
    if kind in _NO_FILE:
        return refused(_NO_FILE[kind])
    if kind is Brings.SIGHTINGS:
        return _of_lines(brought, name, store, watch, again=again)
    made = folder.new(".jsonl")
    try:
        return _of_log(brought, made, name, store, watch, again=again)
    finally:
        made.close()


def _of_log(brought: Brought, made: Brought, name: str, store: Store, watch: Watch, *, again: bool) -> Outcome:
    path = brought.path
    assert path is not None  # noqa: S101
    command = ["-m", "probe", "import", str(path), "--json"]
    with Confined(command, stdin=brought.descriptor, stdout=made.descriptor, writes=MOST_LINES_BYTES) as process:
        watch.started(process)
        code = process.wait(
            within_s=WITHIN_S, tick=lambda octets: watch.reading(min(1.0, octets / max(1, brought.octets)))
        )
        said = process.said()
    read = _counted(said)
    if read is None:
        why = _sentence(said, path, name)
        # Killed, or out of memory: the log of another program may be made to be so.
        return refused("upload_log_refused", why=why) if code == 2 and why else refused("upload_log_crashed")
    troubles = [_sentence(one, path, name) for one in (*read.troubles, *read.notes)]
    outcome = Outcome(taken=True)
    made.octets = os.fstat(made.descriptor).st_size
    if made.octets:
        outcome = _of_lines(made, name, store, watch, again=again)
    _say_counts(outcome, read)
    for sentence in troubles[:MOST_SENTENCES]:
        outcome.say("upload_note", note=sentence)
    return outcome


def _say_counts(outcome: Outcome, read: _Read) -> None:
    """How many rows were of no camera, and why; in words."""
    nothing = max(0, read.rows - read.recognised_rows)
    outcome.say("upload_rows", n=read.rows)
    if nothing:
        outcome.say("upload_rows_nothing", n=nothing)
    if read.mobile_rows:
        outcome.say("upload_rows_mobile", n=read.mobile_rows)
    if read.sweep.moving:
        outcome.say("upload_moving", n=read.sweep.moving)
    if not outcome.stored and not outcome.known and not outcome.taken_back:
        outcome.said.insert(0, refused("upload_nothing").said[0])


def _of_lines(brought: Brought, name: str, store: Store, watch: Watch, *, again: bool) -> Outcome:
    assert brought.path is not None  # noqa: S101

    def progress(lines: int, octets: int) -> None:
        watch.taking(lines, min(1.0, octets / max(1, brought.octets)))

    try:
        report = import_lines(brought.path, store, again=again, name=name, progress=progress)
    except BadInput as problem:
        return refused("upload_log_refused", why=_sentence(str(problem), brought.path, name))
    return _told(report, brought, name)


def _told(report: IntakeReport, brought: Brought, name: str) -> Outcome:
    outcome = Outcome(taken=True, stored=report.stored, known=report.doubles, taken_back=report.undone > 0)
    if report.import_number is not None:
        outcome.undo = f"import-{report.import_number}"
    if report.stored:
        outcome.say("upload_stored", n=report.stored)
    if report.doubles:
        outcome.say("upload_known", n=report.doubles)
    if report.undone:
        outcome.say("upload_undone", n=report.undone)
    if report.refused:
        outcome.say("upload_refused_lines", n=report.refused)
        assert brought.path is not None  # noqa: S101
        for sentence in report.troubles[:MOST_SENTENCES]:
            outcome.say("upload_note", note=_sentence(sentence, brought.path, name))
    return outcome


def _counted(said: str) -> _Read | None:
    """The counts among what the importer said on stderr; None where it did not come to its end."""
    for line in said.splitlines():
        if line.startswith("{"):
            try:
                return _counts.decode(line)
            except msgspec.DecodeError:
                continue
    return None


def _sentence(text: str, path: object, name: str) -> str:
    """A sentence of the importer's, with the name that the owner knows in place of ours."""
    first = text.strip().splitlines()[0] if text.strip() else ""
    first = first.removeprefix("contrechamp-probe: ").replace(str(path), readable(name)[:80])
    return first[:400]
