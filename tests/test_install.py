"""The base install alone, and installs that lack a package: one sentence that names the extra, never a traceback."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from probe.cli.main import cli
from tests.paired import pair
from tests.probe.radio.compose import beacon, pcap, radiotap

ROOT = Path(__file__).parents[1]
BASE = ("msgspec", "click")
NEEDS_NOTHING = {"rules": (), "explain": ("--help",), "calibrate": ("--help",)}
COMMANDS = cli.list_commands(None)  # type: ignore[arg-type]  # it asks for nothing


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages in which there is nothing but what the base install brings."""
    folder = tmp_path_factory.mktemp("base")
    for name in BASE:
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        (folder / name).symlink_to(Path(spec.origin).parent)
    return folder


def bare(base: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """A command of the probe with the standard library, the base's packages and our code."""
    start = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(base)!r}]; from probe.cli.main import main; main()"
    command = [sys.executable, "-I", "-S", "-c", start, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)


@pytest.mark.parametrize(
    "words", [("--help",), ("--version",), *((name, *words) for name, words in NEEDS_NOTHING.items())]
)
def test_what_needs_nothing_works_in_a_base_install(base: Path, words: tuple[str, ...]) -> None:
    done = bare(base, *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in NEEDS_NOTHING])
@pytest.mark.parametrize("words", [(), ("--help",), ("--to", "folder:stick", "word")], ids=["bare", "help", "words"])
def test_any_other_command_names_the_extra(base: Path, name: str, words: tuple[str, ...]) -> None:
    done = bare(base, name, *words)
    assert done.returncode == 2
    assert "pip install 'contrechamp[probe]'" in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr


@pytest.mark.parametrize(
    ("package", "words"),
    [
        ("paho", ("send", "--to", "mqtt://127.0.0.1:1", "--outbox", "{box}")),
        ("zeroconf", ("send", "--outbox", "{box}")),
        ("pynmeagps", ("replay", "--frames", "{air}", "--track", "{track}")),
        ("serial", ("run", "--board", "auto", "--outbox", "{box}")),
        ("serial", ("run", "--gnss", "/dev/ttyNone", "--bluetooth", "hci9", "--for", "1", "--outbox", "{box}")),
        ("PIL", ("replay", "--photos", "{photos}")),
        ("PIL", ("pair", "{photos}/one.jpg", "--outbox", "{box}")),
        ("zxingcpp", ("pair", "{photos}/one.jpg", "--outbox", "{box}")),
        ("defusedxml", ("import", "{log}")),
        ("rich", ("listen", "--frames", "{air}")),
    ],
)
def test_a_package_that_is_missing_is_named_with_its_extra(
    package: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    """As after an update that brought a new one: the rest of the extra is there."""
    from PIL import Image

    from probe.outbox.outbox import Outbox
    from tests.examples import look

    pair(tmp_path / "o.db", tmp_path / "hub")
    with Outbox(tmp_path / "o.db") as box:
        box.add([look()])
    (tmp_path / "air.pcap").write_bytes(pcap([radiotap(beacon())]))
    (tmp_path / "track.nmea").write_text("$GPRMC,120000.00,A,4700.0000,N,01700.0000,W,0.0,,010126,,,A*5C\n")
    (tmp_path / "log.netxml").write_text("<?xml version='1.0'?><detection-run></detection-run>")
    (tmp_path / "photos").mkdir()
    Image.new("RGB", (64, 64)).save(tmp_path / "photos" / "one.jpg")
    names = {"box": "o.db", "air": "air.pcap", "track": "track.nmea", "log": "log.netxml", "photos": "photos"}
    said = [word.format(**{name: tmp_path / path for name, path in names.items()}) for word in words]
    start = f"import sys; sys.modules[{package!r}] = None; from probe.cli.main import main; main()"
    command = [sys.executable, "-c", start, *said]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False, cwd=ROOT)
    assert done.returncode == 2, done.stdout
    assert "contrechamp[probe]" in done.stderr
    assert "Traceback" not in done.stderr
