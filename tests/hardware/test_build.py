"""What `make kit` says before it begins, and of each thing that it made."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from hardware import build
from hardware.site.shots.terminal import Failed
from probe.errors import BadInput


@pytest.mark.parametrize("arguments", [[], ["--programs"]])
def test_without_chromium_it_is_one_sentence_and_two(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "dot").symlink_to("/bin/true")
    done = subprocess.run(
        [sys.executable, "-m", "hardware.build", *arguments], env={"PATH": str(tmp_path)}, cwd=build.ROOT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "Chromium prints the PDFs and is missing: apt install chromium-headless-shell\n"


def test_without_graphviz_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert build.no_program() == "Graphviz draws the wires and is missing: apt install graphviz"


def test_without_a_font_of_the_sheets_it_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "PROGRAMS", {})
    monkeypatch.setattr(build, "LIBRARIES", {})
    monkeypatch.setattr(build, "FONTS", {"No Such Font": "fonts-none"})
    monkeypatch.setattr("subprocess.run", lambda *_, **__: subprocess.CompletedProcess((), 0, "DejaVu Sans\n", ""))
    assert build.no_program() == (
        "the font No Such Font is missing, with which the sheets are laid out: apt install fonts-none"
    )


@pytest.mark.parametrize(
    ("problem", "code", "said"),
    [
        (OSError(28, "No space left on device"), 2, "The kits are not made: [Errno 28] No space left on device"),
        (BadInput("parts.toml: no TOML"), 2, "The kits are not made: parts.toml: no TOML"),
        (Failed("pair ended with 2"), "A picture of a screen was not made: pair ended with 2", ""),
    ],
)
def test_a_build_that_fails_says_so_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    problem: Exception,
    code: object,
    said: str,
) -> None:
    def fails(_out: Path) -> None:
        raise problem

    monkeypatch.setattr(build, "KIT", tmp_path / "kit")
    monkeypatch.setattr(build, "no_program", lambda: None)
    monkeypatch.setattr(build, "no_module", lambda: None)
    monkeypatch.setattr(build, "built", fails)
    monkeypatch.setattr("sys.argv", ["build"])
    with pytest.raises(SystemExit) as ended:
        build.main()
    assert ended.value.code == code
    assert capsys.readouterr().err.strip() == said


def test_without_a_package_it_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "MODULES", ("no_such_package",))
    said = build.no_module()
    assert said is not None
    assert "no_such_package is missing" in said


def test_files_and_folders_are_told_with_their_size(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_bytes(b"x" * 1500)
    (tmp_path / "b.svg").write_bytes(b"x" * 500)
    assert build.told(tmp_path / "a.svg").split() == ["1.5", "kB", str(tmp_path / "a.svg")]
    assert build.told(tmp_path).endswith("(2 files)")


def test_every_room_that_makes_something_is_built() -> None:
    rooms = build.ROOT / "hardware"
    makers = {
        path.parent.name
        for path in rooms.glob("*/*.py")
        if "\ndef make(" in path.read_text(encoding="utf-8") and path.parent.name != "site"
    }
    assert makers <= set(build.ROOMS)


def test_the_picture_of_the_readme_is_small_and_shown() -> None:
    assert build.PICTURE.stat().st_size < 60_000
    assert "(pictures/kit.png)" in (build.ROOT / "hardware" / "README.md").read_text(encoding="utf-8")


@pytest.mark.kit
def test_the_picture_of_the_readme_is_that_of_the_build() -> None:
    with Image.open(build.PICTURE) as kept:
        new = build.small(build.KIT / "pictures" / "scout-exploded.png")
        assert build.difference(new, kept) < build.NEARLY
        other = build.small(build.KIT / "pictures" / "surveyor-01.png").resize(kept.size)
        assert build.difference(other, kept) > 3 * build.NEARLY
