"""A group's own releases: a key is never written over, and what it packs is taken by cards with that key alone."""

import json
import platform
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from probe.card.packing import read_private_key
from probe.card.release import key_words, open_release, read_public_key
from probe.card.slots import Slots, build_slot, version_of
from probe.card.wheels import LockedWheel, digest
from probe.cli import card as card_module
from probe.cli import update as update_module
from probe.errors import BadInput
from tests.probe.card.cards import stock_card
from tests.probe.card.releases import TAG, pip_wheel, probe_wheel

MACHINE = platform.machine()


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(update_module.update, [str(word) for word in words])


def refused(*words: str | Path) -> str:
    done = run(*words)
    assert isinstance(done.exception, BadInput), done.output
    return str(done.exception)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A release key that was just made."""
    path = tmp_path / "release.key"
    assert run("--new-key", path).exit_code == 0
    return path


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with our wheel, version 1.1, and a table of one that it needs: pip, for two Pythons."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    probe_wheel(folder, "1.1")
    pip = pip_wheel(folder)
    one = LockedWheel(TAG, MACHINE, "pip", "1", pip.name, digest(pip))
    monkeypatch.setattr(update_module, "locked_wheels", lambda _machine: [one, replace(one, tag="cp399")])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def slots_with(folder: Path, key: Path) -> Slots:
    """As the first start of a card leaves it that was made with this key's public half."""
    folder.mkdir()
    build_slot(folder / "a", [probe_wheel(folder, "1.0"), pip_wheel(folder)])
    (folder / "current").symlink_to("a")
    (folder / "release-key").write_bytes(card_module._release_key(key.with_name(key.name + ".pub")))
    return Slots(folder)


def test_a_key_is_for_its_maker_alone_and_never_written_over(key: Path) -> None:
    other = key.with_name("release.key.pub")
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_bytes(), other.read_bytes()
    assert "is there already" in refused("--new-key", key)
    key.rename(aside := key.with_name("aside"))
    assert "is there already" in refused("--new-key", key), "the public half is kept as well"
    assert not key.exists()
    aside.rename(key)
    assert (key.read_bytes(), other.read_bytes()) == before
    link = key.with_name("link")
    link.symlink_to("nowhere")
    assert "is there already" in refused("--new-key", link)
    assert "cannot be written" in refused("--new-key", key / "below")


def test_the_command_says_what_two_people_compare_and_nothing_secret(tmp_path: Path) -> None:
    done = run("--new-key", tmp_path / "k", "--json")
    told = json.loads(done.output)
    public = read_public_key((tmp_path / "k.pub").read_text())
    assert (told["key"], told["words"]) == (public.hex(), key_words(public))
    assert read_private_key(tmp_path / "k").hex() not in done.output


def test_what_a_new_key_packs_is_taken_by_a_card_with_that_key(tmp_path: Path, key: Path, wheels: Path) -> None:
    update = tmp_path / "update.zip"
    done = run("--pack", update, "--key-file", key, "--wheels", wheels, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output) == {
        "file": str(update),
        "version": "1.1",
        "wheels": 2,
        "bytes": update.stat().st_size,
        "key": key.with_name("release.key.pub").read_text().strip(),
    }
    assert sorted(path.name for path in tmp_path.iterdir() if "update" in path.name) == ["update.zip"]
    slots = slots_with(tmp_path / "slots", key)
    done = run(update, "--slots", slots.folder)
    assert "version 1.1 is used now, instead of 1.0" in done.output
    assert version_of(slots.current) == "1.1"
    assert "is there already" in refused("--pack", update, "--key-file", key, "--wheels", wheels)


def test_where_it_does_not_listen_the_version_before_is_back(tmp_path: Path, key: Path, wheels: Path) -> None:
    run("--pack", tmp_path / "update.zip", "--key-file", key, "--wheels", wheels)
    slots = slots_with(tmp_path / "slots", key)
    answers = iter(["it is silent", None])
    with pytest.raises(BadInput, match="the one before it is back"):
        slots.update(tmp_path / "update.zip", lambda: next(answers))
    assert version_of(slots.current) == "1.0"


def test_a_card_with_another_key_refuses_it(tmp_path: Path, key: Path, wheels: Path) -> None:
    run("--new-key", tmp_path / "other.key")
    run("--pack", tmp_path / "update.zip", "--key-file", tmp_path / "other.key", "--wheels", wheels)
    slots = slots_with(tmp_path / "slots", key)
    assert "is not signed by the release key that this probe knows" in refused(
        tmp_path / "update.zip", "--slots", slots.folder
    )
    assert version_of(slots.current) == "1.0"


def test_a_kit_that_slept_follows_the_keys_that_were_used_since(tmp_path: Path, key: Path, wheels: Path) -> None:
    keys = [key, tmp_path / "second.key", tmp_path / "third.key"]
    for one in keys[1:]:
        run("--new-key", one)
    old = [word for one in keys[:2] for word in ("--old-key-file", one)]
    run("--pack", tmp_path / "update.zip", "--key-file", keys[2], *old, "--wheels", wheels)
    for one in keys:
        known = read_public_key(one.with_name(one.name + ".pub").read_text())
        signed = open_release(tmp_path / "update.zip", known)
        assert signed.key == read_public_key((tmp_path / "third.key.pub").read_text())
    (tmp_path / "update.zip").unlink()
    run("--pack", tmp_path / "update.zip", "--key-file", keys[2], "--wheels", wheels)
    with pytest.raises(BadInput, match="is not signed by"):
        open_release(tmp_path / "update.zip", read_public_key((tmp_path / "release.key.pub").read_text()))


def test_each_wheel_says_which_pythons_take_it(tmp_path: Path, key: Path, wheels: Path) -> None:
    run("--pack", tmp_path / "update.zip", "--key-file", key, "--wheels", wheels)
    with zipfile.ZipFile(tmp_path / "update.zip") as archive:
        told = json.loads(archive.read("release.json"))["wheels"]
    assert [(one["tags"], one["machines"]) for one in told] == [(sorted([TAG, "cp399"]), [MACHINE])] * 2


def test_the_halves_are_not_taken_for_each_other(tmp_path: Path, key: Path, wheels: Path) -> None:
    public = key.with_name("release.key.pub")
    why = refused("--pack", tmp_path / "u.zip", "--key-file", public, "--wheels", wheels)
    assert "is the public half" in why
    with pytest.raises(BadInput, match="is the private half") as problem:
        card_module._release_key(key)
    assert read_private_key(key).hex() not in str(problem.value)
    given = [str(stock_card(tmp_path / "boot")), "--wheels", str(wheels), "--release-key", str(key)]
    assert isinstance(CliRunner().invoke(card_module.card, given).exception, BadInput)


def test_a_key_file_that_others_could_read_is_closed(key: Path) -> None:
    key.chmod(0o644)
    read_private_key(key)
    assert key.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "give one of the three"),
        (("a.zip", "--pack", "b.zip"), "give one of the three"),
        (("a.zip", "--key-file", "k"), "go with --pack"),
        (("--pack", "b.zip", "--once"), "go with a FILE"),
        (("--pack", "b.zip"), "--new-key FILE` makes one"),
        (("--pack", "b.zip", "--key-file", "missing"), "no such file"),
        (("--pack", "b.zip", "--key-file", "junk"), "is no release key"),
        (("--pack", "b.zip", "--key-file", "."), "is no file"),
        (("--pack", "no/b.zip", "--key-file", "release.key", "--wheels", "wheels"), "cannot be written"),
        (("--pack", "b.zip", "--key-file", "release.key", "--wheels", "missing"), "no such folder"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    words: tuple[str, ...], why: str, tmp_path: Path, key: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert key.parent == wheels.parent == tmp_path
    monkeypatch.chdir(tmp_path)
    (tmp_path / "junk").write_bytes(b"\xff" * 3000)
    told = refused(*words)
    assert why in told
    assert "\n" not in told
    assert not (tmp_path / "b.zip").exists()
