"""The card: the power is cut at every moment of its life, in the middle of its writes; it errs; it lies.

The kernel's dm-log-writes notes all that is written while the product's outbox takes sightings, and what had been
acknowledged by then. From that, the disk is made here as a power cut would have left it, at each moment at which more
had become safe, and the product opens what is left. dm-flakey is the card that errs, or lies.
"""

import json
import random
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from probe.outbox.outbox import Outbox
from tests.examples import radio
from tests.hil.acknowledged import Writer, writer
from tests.hil.bench import Bench
from tests.hil.drivers.card import Mapped, QemuCard
from tests.hil.drivers.writelog import Entry, Moment, apply, disks, moments, read_log, torn
from tests.hil.remains import NAME, Damaged, left, taken_out
from tests.paired import pair

pytestmark = pytest.mark.hil
CARD_MIB, LOG_MIB = 24, 96
SIGHTINGS = 36
BLOCK = 4096  # ext4 counts on its first block, the superblock, being written whole: a torn one mounts on no kernel
MOST_MOMENTS = 240  # usually all; each takes about 0.07 s
ERRS = "flakey {device} 0 0 3600 1 error_writes"  # what is there can be read, nothing can be written
GONE = "flakey {device} 0 0 3600"
LIES = "flakey {device} 0 0 3600 1 drop_writes"  # says that it has written
WORKS = "linear {device} 0"


@dataclass(frozen=True, slots=True)
class Record:
    """A card as it was at first, and all that was written to it since."""

    base: bytes
    entries: list[Entry]
    acknowledged: list[str]

    def moments(self) -> list[Moment]:
        """From the first acknowledgement on."""
        return [moment for moment in moments(self.entries) if hashes(moment)]


def hashes(moment: Moment) -> set[str]:
    """What had been acknowledged; the kernel sets a mark of its own at the end."""
    return {mark for mark in moment.marks if not mark.startswith("dm-log-writes")}


def spread(all_of_them: Sequence[Moment], most: int) -> list[Moment]:
    """So many of them, evenly, the first and the last too."""
    if len(all_of_them) <= most:
        return list(all_of_them)
    return [all_of_them[number * (len(all_of_them) - 1) // (most - 1)] for number in range(most)]


@pytest.fixture(scope="module")
def paired_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty outbox that is paired with a hub."""
    folder = tmp_path_factory.mktemp("paired")
    (folder / "files").mkdir()
    pair(folder / "files" / NAME, folder / "hub")
    return folder / "files"


def fresh_card(bench: Bench, folder: Path, files: Path) -> QemuCard:
    card = QemuCard(bench, bench.part("machine").qmp, folder / "card.img", CARD_MIB)
    card.format(files)
    return card


def written(bench: Bench, mapped: Mapped, *words: str, without: str | None = None) -> Writer:
    """Start to write sightings to a card."""
    return writer(bench, *words, outbox=f"{mapped.at}/{NAME}", without=without)


def record(bench: Bench, folder: Path, files: Path, *words: str) -> Record:
    """Let sightings be written to a card, and all writes be logged."""
    folder.mkdir(exist_ok=True)
    card, log = (
        fresh_card(bench, folder, files),
        QemuCard(bench, bench.part("machine").qmp, folder / "log.img", LOG_MIB),
    )
    base = card.path.read_bytes()
    with card.plugged() as device, log.plugged() as log_device:
        mapped = Mapped(bench, card, device)
        try:
            mapped.mount(f"log-writes {{device}} {log_device}")
            told = written(bench, mapped, f"count={SIGHTINGS}", "walks=3", f"marks={mapped.name}", *words).rest()
        finally:
            mapped.unmount()
    assert told.code == 0, told.refused
    made = Record(base, read_log(log.path.read_bytes()), told.hashes)
    (last, *_) = reversed(moments(made.entries))
    assert hashes(last) == set(made.acknowledged), "the log is not whole"
    assert len(made.acknowledged) == SIGHTINGS
    whole = bytearray(base)
    apply(whole, made.entries)
    assert whole == card.path.read_bytes(), "the log does not make the card that it is of"
    return made


@pytest.fixture(scope="module")
def safe(bench: Bench, tmp_path_factory: pytest.TempPathFactory, paired_files: Path) -> Record:
    """What the product writes."""
    return record(bench, tmp_path_factory.mktemp("safe"), paired_files)


def lost_at(disk: bytes | bytearray, moment: Moment, folder: Path) -> set[str]:
    """The acknowledged sightings that a cut here loses. Raises Damaged."""
    image = folder / "cut.img"
    image.write_bytes(disk)
    return hashes(moment) - left(taken_out(image, folder / "left"))


def test_no_moment_for_a_power_cut_loses_what_was_acknowledged(
    safe: Record, tmp_path: Path, figures: dict[str, int | float | str]
) -> None:
    chosen = spread(safe.moments(), MOST_MOMENTS)
    assert len(chosen) >= 40, f"the log has {len(chosen)} moments only"
    figures |= {"disk.moments": len(chosen), "disk.moments_there_are": len(safe.moments())}
    for moment, disk in disks(safe.base, safe.entries, chosen):
        lost = lost_at(disk, moment, tmp_path)
        assert not lost, f"a cut after entry {moment.safe} loses {len(lost)} of {len(hashes(moment))}"


def test_a_card_that_reorders_and_tears_its_writes_loses_nothing_that_was_acknowledged(
    safe: Record, tmp_path: Path, figures: dict[str, int | float | str]
) -> None:
    chance = random.Random(20)
    chosen = spread([moment for moment in safe.moments() if moment.under_way], MOST_MOMENTS)
    assert len(chosen) >= 40, f"at {len(chosen)} moments only, something was under way"
    figures |= {"disk.torn_moments": len(chosen), "disk.torn_writes": sum(len(each.under_way) for each in chosen)}
    for moment, disk in disks(safe.base, safe.entries, chosen):
        cut = bytearray(disk)
        apply(cut, torn(moment.under_way, chance, BLOCK))
        lost = lost_at(cut, moment, tmp_path)
        assert not lost, f"a cut amid what follows entry {moment.safe} loses {len(lost)} of {len(hashes(moment))}"


@pytest.mark.parametrize("waits", ["off", "normal"])
def test_control_these_cuts_lose_what_is_not_written_through(
    bench: Bench, tmp_path: Path, paired_files: Path, waits: str, figures: dict[str, int | float | str]
) -> None:
    """SQLite that does not wait for the disk, not at all or not at each commit."""
    unsafe, lost, damaged = record(bench, tmp_path / waits, paired_files, f"waits={waits}"), set(), 0
    for moment, disk in disks(unsafe.base, unsafe.entries, spread(unsafe.moments(), 20)):
        try:
            lost |= lost_at(disk, moment, tmp_path)
        except Damaged:
            damaged += 1
    figures |= {f"disk.control_{waits}_lost": len(lost), f"disk.control_{waits}_damaged": damaged}
    assert len(lost) > SIGHTINGS // 3, f"{len(lost)} were lost: these cuts cut nothing"


def err(bench: Bench, card: QemuCard, becomes: str, without: str | None = None) -> Writer:
    """A card that errs for a while as sightings are written, then works again, and is pulled out in the end.

    Where it erred as the file system wrote to its own journal, that is dead until it is mounted anew; else the outbox
    takes sightings again at once.
    """
    with card.plugged() as device:
        mapped = Mapped(bench, card, device)
        try:
            mapped.mount()
            told = written(bench, mapped, without=without)
            told.read(12)
            mapped.become(becomes)
            before = len(told.ids)
            told.read_until(lambda: len(told.refused) >= 3 or len(told.ids) > before + 60)
            mapped.become(WORKS)
            between = len(told.ids)
            told.read_until(lambda: len(told.refused) >= 8 or len(told.ids) > between + 8)
            told.end()
        finally:
            mapped.unmount()
    print(f"{before}, {between - before}, {len(told.ids) - between} acknowledged before, amid and after")
    print(*sorted(set(told.refused)), sep="\n")
    return told


@pytest.mark.parametrize("becomes", [ERRS, GONE], ids=["cannot write", "gone"])
def test_a_card_that_errs_for_a_while_loses_nothing_that_was_acknowledged(
    bench: Bench, tmp_path: Path, paired_files: Path, becomes: str
) -> None:
    card = fresh_card(bench, tmp_path, paired_files)
    told = err(bench, card, becomes)
    assert told.refused, "the card did not err"
    assert all(f"{NAME}: cannot be" in line for line in told.refused), set(told.refused)
    outbox = taken_out(card.path, tmp_path / "left")
    missing = set(told.hashes) - left(outbox)
    assert not missing, f"{len(missing)} of {len(told.hashes)} are lost"
    with Outbox(outbox) as box:
        assert box.add([radio()]) == 1, "it does not go on from there"


def test_control_a_card_that_errs_loses_what_a_deaf_outbox_acknowledges(
    bench: Bench, tmp_path: Path, paired_files: Path
) -> None:
    """An outbox that does not listen to the disk's errors."""
    card = fresh_card(bench, tmp_path, paired_files)
    told = err(bench, card, ERRS, without="refusal")
    missing = set(told.hashes) - left(taken_out(card.path, tmp_path / "left"))
    print(f"{len(missing)} of {len(told.hashes)} are lost")
    assert missing, f"all {len(told.hashes)} are there: this card does not err"


def test_a_card_that_lies_takes_nothing_but_what_it_was_given_meanwhile(
    bench: Bench, tmp_path: Path, paired_files: Path
) -> None:
    """While it lies nothing can be noticed: the kernel's cache gives back what was never written. Nor afterwards, where
    what is on the card fits together: then the outbox is a shorter one. What was acknowledged before the lies is in it,
    or else the probe says in a sentence that it is damaged."""
    card = fresh_card(bench, tmp_path, paired_files)
    with card.plugged() as device:
        mapped = Mapped(bench, card, device)
        try:
            mapped.mount()
            told = written(bench, mapped)
            told.read(12)
            mapped.become(LIES)
            told.read(40)
            assert not told.refused, "it is an honest card"
            acknowledged = list(told.hashes)
            card.pull()
            told.end()
        finally:
            mapped.unmount()
    kept = tmp_path / "kept.img"
    shutil.copy(card.path, kept)
    with card.plugged() as device:
        bench.run("e2fsck", "-fy", device, check=False)
        mapped = Mapped(bench, card, device, "again")
        try:
            mapped.mount()
            status = bench.probe("status", "--json", "--outbox", f"{mapped.at}/{NAME}", check=False)
        finally:
            mapped.unmount()
    print(status.code, status.out, status.err)
    assert "Traceback" not in status.err, status.err
    if status.code:
        assert status.code == 2
        assert f"{mapped.at}/{NAME}" in status.err
        return
    there = left(taken_out(kept, tmp_path / "left"))
    assert set(acknowledged[:12]) <= there
    assert json.loads(status.out)["queued"] == len(there) < len(acknowledged), "the card has not lied"


def lies(safe: Record, count: int) -> Iterator[bytes]:
    """Cards that have lost some of what they had said to have written, at some moment."""
    chance, chosen = random.Random(7), safe.moments()
    for _ in range(count):
        moment, share = chance.choice(chosen), chance.choice((0.02, 0.1, 0.4))
        disk = bytearray(safe.base)
        apply(disk, [entry for entry in safe.entries[: moment.safe] if chance.random() > share])
        yield bytes(disk)


def test_what_a_lying_card_has_left_is_taken_or_refused_in_a_sentence(safe: Record, tmp_path: Path) -> None:
    """Any outcome but a traceback: it fits together, or the probe says that it does not, or SQLite when it is asked."""
    image, ends = tmp_path / "lies.img", Counter[str]()
    for disk in lies(safe, 60):
        image.write_bytes(disk)
        try:
            path = taken_out(image, tmp_path / "left")
            left(path)
            with Outbox(path) as box:
                box.add([radio()])
            ends["fits"] += 1
        except Damaged as problem:
            ends[problem.by] += 1
    print(ends)
    assert ends["fits"], f"{ends}: nothing of the product was tried"
    assert ends["probe"], f"{ends}: no lie has done any harm that the probe could tell"
