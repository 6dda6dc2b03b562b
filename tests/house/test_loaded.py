"""Commands forked from a process that has loaded the code: each is a process of its own all the same."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.loaded import _listening, ran_loaded
from tests.paired import pair
from tests.processes import probe


def test_it_has_its_own_words_streams_folder_and_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    told = probe("send")
    assert (told.returncode, told.stdout) == (2, "")
    assert str(tmp_path / "data") in told.stderr
    (tmp_path / "bad.pcap").write_bytes(b"none")
    assert probe("replay", "--frames", "bad.pcap").stderr.startswith("contrechamp-probe: bad.pcap: ")
    assert probe("--version").stdout.startswith("contrechamp-probe, version ")


def test_two_at_once_do_not_hear_of_each_other() -> None:
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda name: ran_loaded("probe", [name, "--help"], 60.0).stdout, ["send", "rules"] * 4))
    assert [text.split()[:3] for text in told] == [
        ["Usage:", "contrechamp-probe", name] for name in ["send", "rules"] * 4
    ]


def test_it_outlives_the_thread_that_asked_first() -> None:
    _listening.cache_clear()  # as in a run in which nobody has asked yet
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(ran_loaded, "probe", ["--version"], 60.0).result().returncode == 0
    assert ran_loaded("probe", ["--version"], 60.0).returncode == 0


def test_one_that_does_not_end_is_killed_and_told(tmp_path: Path) -> None:
    words = ["run", "--board", str(tmp_path / "none"), "--outbox", str(tmp_path / "o.db")]
    pair(tmp_path / "o.db", tmp_path / "hub")
    with pytest.raises(AssertionError, match="did not end"):
        ran_loaded("probe", words, 0.3)
