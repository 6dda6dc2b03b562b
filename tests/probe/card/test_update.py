"""Updates: signed, into the other slot, back where the new version does not come to listen. The slots are real."""

import re
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from probe.card.release import name_successor, open_release, version_key
from probe.card.slots import Slots, build_slot, version_of
from probe.cli.update import update as update_command
from probe.errors import BadInput
from tests.probe.card.releases import KEY, NEXT_KEY, OTHER_KEY, pip_wheel, probe_wheel, public, release


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built slot of version 1.0, made once."""
    folder = tmp_path_factory.mktemp("first")
    build_slot(folder / "a", [probe_wheel(folder, "1.0"), pip_wheel(folder)])
    return folder / "a"


@pytest.fixture
def slots(tmp_path: Path, first: Path) -> Slots:
    """As a card's first start leaves it."""
    folder = tmp_path / "slots"
    folder.mkdir()
    (folder / "a").symlink_to(first)  # the environment knows its own path, so it stays where it was made
    (folder / "current").symlink_to("a")
    (folder / "release-key").write_text(public(KEY).hex() + "\n")
    return Slots(folder)


def _listens() -> str | None:
    return None


def test_a_good_release_is_used_and_the_one_before_it_kept(slots: Slots, tmp_path: Path) -> None:
    updated = slots.update(release(tmp_path / "new", "1.1"), _listens)
    assert (updated.version, updated.before) == ("1.1", "1.0")
    assert slots.current.name == "b"
    assert version_of(slots.current) == "1.1"
    assert version_of(slots.other) == "1.0"
    assert sorted(path.name for path in slots.folder.iterdir()) == ["a", "b", "current", "release-key"]


def test_a_version_that_does_not_come_to_listen_is_taken_back(slots: Slots, tmp_path: Path) -> None:
    started: list[str] = []

    def restart() -> str | None:
        started.append(version_of(slots.current))
        return "it is silent" if started[-1] == "1.1" else None

    with pytest.raises(BadInput, match=r"did not come to listen \(it is silent\); the one before it is back"):
        slots.update(release(tmp_path / "new", "1.1"), restart)
    assert started == ["1.1", "1.0"]
    assert version_of(slots.current) == "1.0"
    assert not (slots.folder / "trying").exists()


def test_the_power_goes_while_a_version_is_tried(slots: Slots, tmp_path: Path) -> None:
    def cut() -> str | None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        slots.update(release(tmp_path / "new", "1.1"), cut)
    again = Slots(slots.folder)
    assert version_of(again.current) == "1.1"
    answers = iter(["it is silent", None])
    assert again.settle(lambda: next(answers)) == "the new version did not come to listen; the one before it is back"
    assert version_of(again.current) == "1.0"
    assert again.settle(_listens) is None


def test_the_power_goes_while_a_version_is_tried_whose_key_is_a_new_one(slots: Slots, tmp_path: Path) -> None:
    def cut() -> str | None:
        raise KeyboardInterrupt

    named = name_successor(KEY, public(NEXT_KEY))
    path = release(tmp_path / "new", "1.1", key=NEXT_KEY, successors=(named,))
    with pytest.raises(KeyboardInterrupt):
        slots.update(path, cut)
    again = Slots(slots.folder)
    assert again.settle(_listens) is None
    with pytest.raises(BadInput, match="has already"):
        again.update(path, pytest.fail)
    assert version_of(again.current) == "1.1"
    assert again.release_key == public(NEXT_KEY), "else whoever has the old key can still change this kit"


def test_a_version_is_on_the_disk_before_anything_leads_to_it(slots: Slots, tmp_path: Path) -> None:
    told: list[tuple[str, str, bool]] = []

    def to_disk() -> None:
        told.append((version_of(slots.other), slots.current.name, (slots.folder / "trying").exists()))

    Slots(slots.folder, to_disk).update(release(tmp_path / "new", "1.1"), _listens)
    assert told == [("1.1", "a", False)], "else a cut of the power leaves empty files, and nothing to go back by"


def test_a_version_that_does_not_even_start_is_not_tried(slots: Slots, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not start"):
        slots.update(release(tmp_path / "new", "1.1", starts=False), pytest.fail)
    assert version_of(slots.current) == "1.0"
    assert not (slots.folder / "b").exists()


def test_another_key_is_refused_and_so_is_no_key(slots: Slots, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not signed by the release key that this probe knows"):
        slots.update(release(tmp_path / "new", "1.1", key=OTHER_KEY), pytest.fail)
    (slots.folder / "release-key").write_text("\n")
    with pytest.raises(BadInput, match="takes no updates"):
        slots.update(release(tmp_path / "new", "1.1"), pytest.fail)


def test_older_and_same_versions(slots: Slots, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"version 0\.9, older than 1\.0 here"):
        slots.update(release(tmp_path / "new", "0.9"), pytest.fail)
    with pytest.raises(BadInput, match="has already"):
        slots.update(release(tmp_path / "new", "1.0"), pytest.fail)
    assert slots.update(release(tmp_path / "new", "0.9"), _listens, older=True).version == "0.9"


def test_a_release_that_is_another_version_than_it_says(slots: Slots, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"says that it is 1\.2, and is 1\.1"):
        slots.update(release(tmp_path / "new", "1.2", inside="1.1"), pytest.fail)


def test_a_successor_is_followed_and_then_alone_known(slots: Slots, tmp_path: Path) -> None:
    named = name_successor(KEY, public(NEXT_KEY))
    slots.update(release(tmp_path / "new", "1.1", key=NEXT_KEY, successors=(named,)), _listens)
    assert slots.release_key == public(NEXT_KEY)
    with pytest.raises(BadInput, match="is not signed by"):
        slots.update(release(tmp_path / "new", "1.2", key=KEY), pytest.fail)


def test_a_successor_that_the_old_key_did_not_name(slots: Slots, tmp_path: Path) -> None:
    forged = name_successor(OTHER_KEY, public(NEXT_KEY))
    forged = type(forged)(key=forged.key, before=public(KEY).hex(), signature=forged.signature)
    with pytest.raises(BadInput, match="the old one has not signed that"):
        slots.update(release(tmp_path / "new", "1.1", key=NEXT_KEY, successors=(forged,)), pytest.fail)


def test_a_wheel_was_exchanged(slots: Slots, tmp_path: Path) -> None:
    path = release(tmp_path / "new", "1.1")
    evil = tmp_path / "evil.zip"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(evil, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data + b"!" if "contrechamp" in name else data)
    with pytest.raises(BadInput, match="is not what was signed"):
        slots.update(evil, pytest.fail)
    assert not (slots.folder / "incoming").exists()


def test_a_file_that_was_cut_short_anywhere(tmp_path: Path) -> None:
    data = release(tmp_path / "new", "1.1").read_bytes()
    cut = tmp_path / "cut.zip"
    for length in [*range(0, 4000, 37), *range(4000, len(data), 9973), *range(len(data) - 700, len(data), 7)]:
        cut.write_bytes(data[:length])
        with pytest.raises(BadInput):
            open_release(cut, public(KEY))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_file_with_anything_in_it(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    (small := folder / "small.zip").touch()
    with zipfile.ZipFile(small, "w") as archive:
        for name in ("release.json", "release.sig", "successor.json"):
            archive.writestr(name, data.draw(st.binary(max_size=60)))
    octets = bytearray(small.read_bytes())
    for _ in range(data.draw(st.integers(0, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    small.write_bytes(octets)
    with pytest.raises(BadInput):
        open_release(small, public(KEY))


def test_versions_sort() -> None:
    wanted = ["0.1.0.dev1", "0.1.0a2", "0.1.0rc1", "0.1.0", "0.2", "0.10.0", "1.0"]
    shuffled = [wanted[place] for place in (3, 6, 0, 5, 1, 4, 2)]
    assert sorted(shuffled, key=version_key) == wanted
    with pytest.raises(BadInput, match="is no version"):
        version_key("latest")


def test_a_file_on_the_card_is_tried_once_and_leaves_a_word(slots: Slots, tmp_path: Path) -> None:
    path = release(tmp_path / "new", "1.1", key=OTHER_KEY)
    done = CliRunner().invoke(update_command, [str(path), "--slots", str(slots.folder), "--once"])
    assert isinstance(done.exception, BadInput)
    assert not path.exists()
    assert "is not signed by" in path.with_name("update.txt").read_text()
    path = release(tmp_path / "new", "1.1")
    done = CliRunner().invoke(update_command, [str(path), "--slots", str(slots.folder), "--once", "--json"])
    assert done.output == '{"version": "1.1", "before": "1.0"}\n'
    assert "version 1.1 is used now" in path.with_name("update.txt").read_text()


def test_a_start_settles_an_update_by_ssh_that_the_power_cut_off(slots: Slots, tmp_path: Path) -> None:
    def cut() -> str | None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        slots.update(release(tmp_path / "new", "1.1"), cut)
    unit = Path(str(files("probe.card") / "files" / "units" / "contrechamp-update.service")).read_text()
    assert set(re.findall(r"^ConditionPathExists=\|(\S+)", unit, re.MULTILINE)) == {
        "/boot/firmware/contrechamp/update.zip",
        "/var/lib/contrechamp/slots/trying",
    }, "else nobody goes back from a version that does not come to listen"
    nowhere = tmp_path / "update.zip"
    done = CliRunner().invoke(update_command, [str(nowhere), "--slots", str(slots.folder), "--once"])
    assert done.exit_code == 0, done.output
    assert not (slots.folder / "trying").exists()
    assert version_of(slots.current) == "1.1"


def test_no_slots_no_update(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no probe is installed there"):
        Slots(tmp_path)
