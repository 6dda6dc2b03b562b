"""Whatever is wrong with the detector, `replay --photos` keeps no picture: a pin with its reason, and a sentence.

The model is known by its hash. Each damage is tried with that check, and once more with the hash of what stands there
instead, so that the detector's test of itself has to notice.
"""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from probe.cli.recordings import replay_command
from probe.contract.envelope import decode_sighting
from probe.contract.sighting import PhotoNotKept
from probe.outbox.outbox import Outbox
from probe.redact import model as model_module
from probe.redact import redactor as redactor_module
from probe.redact.model import MODEL, NoModel, read_model
from tests.paired import pair
from tests.probe.redact.networks import other_network
from tests.probe.walk.test_pictures import street

cv2 = pytest.importorskip("cv2", reason="OpenCV is not installed: pip install 'contrechamp[camera]'")
ROOT = Path(__file__).parents[3]
OCTETS = MODEL.read_bytes() if MODEL.is_file() else b""


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return street(tmp_path / "photos" / "a.jpg").parent


def leaves_a_pin(folder: Path, why: PhotoNotKept, said: str) -> None:
    """The command prints a pin that says why, tells the walker, and names no picture."""
    done = CliRunner().invoke(replay_command, ["--photos", str(folder)])
    assert done.exit_code == 0, done.output
    (sighting,) = map(decode_sighting, done.stdout.splitlines())
    assert sighting.photo is None
    assert sighting.pin is not None
    assert sighting.pin.photo_not_kept is why
    assert said in done.stderr
    assert "without people" not in done.stderr
    assert "bytes, of" not in done.stderr


def use_instead(monkeypatch: pytest.MonkeyPatch, path: Path, octets: bytes, *, known: bool) -> None:
    """Let these octets be the model; `known` says that their hash is the one that is looked for."""
    path.write_bytes(octets)
    monkeypatch.setattr(redactor_module, "read_model", lambda: read_model(path))
    if known:
        monkeypatch.setattr(model_module, "MODEL_SHA256", hashlib.sha256(octets).hexdigest())


def test_a_model_that_is_gone(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redactor_module, "read_model", lambda: read_model(photos / "none.onnx"))
    leaves_a_pin(photos, PhotoNotKept.NO_REDACTOR, "the face detector's model is missing")


DAMAGES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "cut": lambda: OCTETS[: len(OCTETS) * 2 // 3],
    "one bit": lambda: changed(len(OCTETS) // 2, 0x40),
    "another network": lambda: other_network("zeros"),
}


def changed(at: int, bits: int) -> bytes:
    octets = bytearray(OCTETS)
    octets[at] ^= bits
    return bytes(octets)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_model_that_is_not_the_one_that_was_tried(
    damage: str, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_instead(monkeypatch, tmp_path / "m.onnx", DAMAGES[damage](), known=False)
    leaves_a_pin(photos, PhotoNotKept.NO_REDACTOR, "is not the face detector's model that was tried")


@pytest.mark.parametrize(
    ("octets", "why", "said"),
    [
        pytest.param(lambda: b"", PhotoNotKept.NO_REDACTOR, "the face detector does not start", id="empty"),
        pytest.param(
            lambda: OCTETS[: len(OCTETS) * 2 // 3], PhotoNotKept.NO_REDACTOR, "the face detector does not start",
            id="cut",
        ),
        pytest.param(
            lambda: other_network("zeros"), PhotoNotKept.SELF_TEST, "missed 5 of 5 faces of its own test", id="zeros"
        ),
        pytest.param(
            lambda: other_network("nan"), PhotoNotKept.NO_REDACTOR, "the face detector does not start", id="nan"
        ),
        pytest.param(lambda: other_network("pixels"), PhotoNotKept.SELF_TEST, "that are not there", id="noise"),
    ],
)  # fmt: skip
def test_with_its_hash_accepted_its_answers_give_it_away(
    octets: Callable[[], bytes],
    why: PhotoNotKept,
    said: str,
    photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_instead(monkeypatch, tmp_path / "m.onnx", octets(), known=True)
    leaves_a_pin(photos, why, said)


def test_each_bit_of_the_model_counts(tmp_path: Path) -> None:
    for at in range(0, len(OCTETS), len(OCTETS) // 25):
        for wrong in (changed(at, 1 << at % 8), OCTETS[:at]):
            (tmp_path / "m.onnx").write_bytes(wrong)
            with pytest.raises(NoModel):
                read_model(tmp_path / "m.onnx")


def test_cut_anywhere_it_starts_no_redactor(tmp_path: Path) -> None:
    for end in (1, 7, 100, 4_000, *range(50_000, len(OCTETS), 900_000), len(OCTETS) - 1):
        with pytest.raises(redactor_module.NoRedactor):
            redactor_module.Redactor(model=OCTETS[:end])


class FailsOnThePhoto:
    """A detector's network that does its test of itself, and then something else."""

    TEST_TILES = 3

    def __init__(self, network: Any, fail: Callable[[list[Any]], list[Any]]) -> None:
        self._network, self._fail, self._seen = network, fail, 0

    def setInput(self, blob: Any) -> None:  # noqa: N802 (OpenCV's name)
        self._seen += 1
        self._network.setInput(blob)

    def forward(self, outputs: list[str]) -> list[Any]:
        answer = [np.array(part) for part in self._network.forward(outputs)]
        return answer if self._seen <= self.TEST_TILES else self._fail(answer)


def no_memory(answer: list[Any]) -> list[Any]:
    raise MemoryError


def no_memory_in_opencv(answer: list[Any]) -> list[Any]:
    cv2.copyMakeBorder(np.zeros((1, 1), np.uint8), 0, 1 << 30, 0, 1 << 30, cv2.BORDER_CONSTANT)
    return answer


def no_numbers(answer: list[Any]) -> list[Any]:
    answer[0][:] = np.nan
    return answer


def another_shape(answer: list[Any]) -> list[Any]:
    return answer[:2]


@pytest.mark.parametrize(
    ("fail", "why", "said"),
    [
        (no_memory, PhotoNotKept.MEMORY, "a.jpg: there was not enough memory to look for faces in this picture, so"),
        (no_memory_in_opencv, PhotoNotKept.MEMORY, "not enough memory to look for faces in this picture, so"),
        (no_numbers, PhotoNotKept.NO_REDACTOR, "a.jpg: the face detector failed on this picture (ArithmeticError), so"),
        (another_shape, PhotoNotKept.NO_REDACTOR, "the face detector failed on this picture (ValueError), so"),
    ],
)
def test_a_detector_that_fails_on_a_photo(
    fail: Callable[[list[Any]], list[Any]],
    why: PhotoNotKept,
    said: str,
    photos: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = cv2.dnn.readNetFromONNX
    monkeypatch.setattr(cv2.dnn, "readNetFromONNX", lambda octets: FailsOnThePhoto(read(octets), fail))
    leaves_a_pin(photos, why, said)


def test_a_detector_that_has_no_memory_to_start(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2.dnn, "readNetFromONNX", no_memory_in_opencv)
    leaves_a_pin(photos, PhotoNotKept.MEMORY, "there is not enough memory for the face detector")


@pytest.mark.parametrize("missing", ["numpy", "cv2"])
def test_a_library_that_is_missing(missing: str, photos: Path) -> None:
    code = (
        f"import sys; sys.modules[{missing!r}] = None; from probe.cli.main import main\n"
        f"sys.argv = ['x', 'replay', '--photos', {str(photos)!r}]; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    (sighting,) = map(decode_sighting, done.stdout.splitlines())
    assert sighting.pin is not None
    assert sighting.pin.photo_not_kept is PhotoNotKept.NO_REDACTOR
    assert f"{missing} is not installed" in done.stderr
    assert "pip install 'contrechamp[camera]'" in done.stderr


def test_into_an_outbox_goes_the_pin_alone(photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox = tmp_path / "o.db"
    pair(outbox, tmp_path / "hub")
    use_instead(monkeypatch, tmp_path / "m.onnx", other_network("zeros"), known=True)
    done = CliRunner().invoke(replay_command, ["--photos", str(photos), "--outbox", str(outbox)])
    assert done.exit_code == 0, done.output
    with Outbox(outbox) as box:
        assert (len(box.waiting(limit=9)), box.waiting(limit=9, pictures=True)) == (1, [])
