"""Makes all of the kits in build/kit and lists it with seconds and sizes: `make kit`."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from ctypes import CDLL
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from hardware.site.make import PagesWrong, language
from hardware.site.pagelist import LANGUAGES
from hardware.site.shots import make_shots
from hardware.site.shots.terminal import Failed
from probe.errors import BadInput

if TYPE_CHECKING:
    from PIL.Image import Image

ROOT = Path(__file__).parents[1]
# What README.md shows. It is written anew only where it has become another picture: renderers differ in a few pixels
PICTURE = ROOT / "hardware" / "pictures" / "kit.png"
NEARLY = 3.0  # mean difference of a pixel's 0 to 255
KIT = ROOT / "build" / "kit"
# In this order, each with the folder that it is given: the pages show what the others made
ROOMS = {"parts": "", "wiring": "wiring", "enclosure": "", "pictures": "", "drawings": ""}
PROGRAMS = {
    "dot": "Graphviz draws the wires and is missing: apt install graphviz",
    "chromium-headless-shell|chromium": "Chromium prints the PDFs and is missing: apt install chromium-headless-shell",
    "fc-list": "fontconfig, which knows the fonts, is missing: apt install fontconfig",
}
# Chromium is driven through Node, which a bare Debian cannot load
LIBRARIES = {"libatomic.so.1": "libatomic.so.1, which drives Chromium, is missing: apt install libatomic1"}
# On paper a line more is a sheet more: the fonts are those that the sheets were made with
FONTS = {"DejaVu Sans Condensed": "fonts-dejavu-extra", "Liberation Sans": "fonts-liberation"}
MODULES = ("build123d", "vtk", "wireviz", "sphinx", "myst_parser", "furo", "playwright")

Maker = Callable[[Path], Sequence[Path]]


def no_program() -> str | None:
    """Return one sentence about the first program or library that this machine lacks, None where it has all."""
    for names, sentence in PROGRAMS.items():
        if not any(shutil.which(name) for name in names.split("|")):
            return sentence
    for name, sentence in LIBRARIES.items():
        try:
            CDLL(name)
        except OSError:
            return sentence
    there = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=False).stdout
    for font, package in FONTS.items():
        if font not in there:
            return f"the font {font} is missing, with which the sheets are laid out: apt install {package}"
    return None


def no_module() -> str | None:
    """Return one sentence about the first package that this Python lacks, None where it has all."""
    for module in MODULES:
        try:
            import_module(module)
        except ModuleNotFoundError:
            return f"Python's {module} is missing: `make kit` fetches it, `python -m hardware.build` alone does not"
        except ImportError as problem:  # a library of the system's, mostly OpenGL's
            return (
                f"Python's {module} does not load ({problem}): apt install libgl1 libegl1 libegl-mesa0 libgl1-mesa-dri"
            )
    return None


def maker(room: str) -> Maker:
    """Return a room's `make`, from the room itself or its module of that name."""
    made = getattr(import_module(f"hardware.{room}"), "make", None)
    if not callable(made):
        made = import_module(f"hardware.{room}.make").make
    return made  # type: ignore[no-any-return]


def small(render: Path) -> "Image":
    """Return a render without its empty rim, as README.md shows it: less than 60 kB as PNG."""
    from PIL import Image, ImageChops

    with Image.open(render) as opened:
        picture = opened.convert("RGB")
    rim = ImageChops.difference(picture, Image.new("RGB", picture.size, picture.getpixel((0, 0)))).getbbox()
    shown = picture.crop(rim)
    shown.thumbnail((560, 560))
    return shown.quantize(64)


def difference(one: "Image", other: "Image") -> float:
    """Return by how much two pictures differ, as the mean of a pixel's three values, 0 to 255."""
    from PIL import ImageChops, ImageStat

    if one.size != other.size:
        return 255.0
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


def keep_picture(out: Path) -> list[Path]:
    """Write the picture of README.md where it has become another one."""
    from PIL import Image

    new = small(out / "pictures" / "scout-exploded.png")
    if PICTURE.exists():
        with Image.open(PICTURE) as old:
            if difference(new, old) < NEARLY:
                return []
    new.save(PICTURE, optimize=True)
    return [PICTURE]


def told(path: Path) -> str:
    """Return a line about a file, or about a folder as a whole."""
    files = [one for one in path.rglob("*") if one.is_file()] if path.is_dir() else [path]
    size = sum(one.stat().st_size for one in files)
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    more = f" ({len(files)} files)" if path.is_dir() else ""
    return f"  {size / 1000:10,.1f} kB  {shown}{more}"


def built(out: Path) -> None:
    """Run all rooms' makers one after the other, and say what each made."""
    began = time.monotonic()
    steps: list[tuple[str, Callable[[], Sequence[Path]]]] = [
        (room, partial(maker(room), out / folder)) for room, folder in ROOMS.items()
    ]
    steps.append(("README's picture", partial(keep_picture, out)))
    steps.append(("shots", partial(make_shots, out / "shots")))
    steps += [(f"pages, {name}", partial(language, name, out)) for name in LANGUAGES]
    for name, step in steps:
        start = time.monotonic()
        paths = step()
        print(f"{name}: {time.monotonic() - start:.1f} s", flush=True)
        for path in paths:
            print(told(path), flush=True)
    print(f"All in {out}, {time.monotonic() - began:.0f} s")


def main() -> None:
    """Make everything; exit 2 with a sentence where something is missing or the disk fails, 1 where what is made is
    wrong."""
    programs_only = sys.argv[1:] == ["--programs"]  # before 700 MB are fetched
    lacking = no_program() or (None if programs_only else no_module())
    if lacking:
        print(lacking, file=sys.stderr)
        sys.exit(2)
    if programs_only:
        return
    try:
        shutil.rmtree(KIT, ignore_errors=True)
        KIT.mkdir(parents=True)
        built(KIT)
    except PagesWrong as problem:
        sys.exit(f"The pages are wrong:\n{problem}")
    except Failed as problem:
        sys.exit(f"A picture of a screen was not made: {problem}")
    except (BadInput, OSError) as problem:
        print(f"The kits are not made: {problem}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
