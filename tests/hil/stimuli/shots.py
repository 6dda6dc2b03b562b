"""The probe's photos on an emulated processor: its network's answers come from a memory. Runs where the probe is.

    shots.py MEMORY [real=N] [kills=N] [patience=SECONDS] [tells=1] [without=DEFENCE] COMMAND OPTIONS...

An emulated processor takes a minute for each tile, some hundred times what it takes here. MEMORY holds what the very
same network answered here to the very same octets (`recall.py`); what is not in it is asked of the network, as are the
first N tiles (`real`), whose answers must then be those of the memory. All else is the product's.

With `patience`, a walk's shutter waits so long for its camera. With `tells`, a line says of each picture that it came.

With `kills`, two whole photos are taken, the second timed, then so many that are killed, each at a moment of its own in
that time, then another whole one; each in a process of its own that has everything loaded. A line tells of each. One
that had ended by itself before its moment is taken again.
"""

import hashlib
import os
import random
import select
import signal
import sys
import time
from typing import Any

TRIES = 3  # for each kill, before it is given up
LOOKED_AT = 3  # of the network's four answers; the last, landmarks in faces, takes most of the room


class Recalled:
    """A network that knows some answers already."""

    def __init__(self, network: Any, memory: Any, real: int) -> None:
        self._network, self._memory, self._real = network, memory, real
        self._blob: Any = None

    def setInput(self, blob: Any) -> None:  # noqa: N802 (OpenCV's name)
        self._blob = blob

    def forward(self, names: list[str]) -> Any:
        import numpy as np

        key = hashlib.sha256(self._blob.tobytes()).hexdigest()
        known = [self._memory[f"{key}-{name}"] for name in names if f"{key}-{name}" in self._memory]
        if self._real > 0 or not known:
            self._real -= 1
            print(
                "asked the network", key[:8], "" if known else "as nothing is remembered", file=sys.stderr, flush=True
            )
            self._network.setInput(self._blob)
            answers = self._network.forward(names)
            for remembered, answer in zip(known[:LOOKED_AT], answers, strict=False):
                assert np.allclose(remembered, answer, atol=1e-3), f"another answer than what is remembered to {key}"
            return answers
        return known


def recall(path: str, real: int) -> None:
    """Let the detector ask the memory first."""
    import numpy as np

    from probe.redact.faces import FaceDetector

    begin, memory = FaceDetector.__init__, dict(np.load(path))

    def begun(self: Any, *words: Any, **more: Any) -> None:
        begin(self, *words, **more)
        self._network = Recalled(self._network, memory, real)

    FaceDetector.__init__ = begun  # type: ignore[method-assign]


def tell() -> None:
    """Say of each picture of a burst that it came, where the shutter looks how sharp it is."""
    from probe.camera import shutter

    looked = shutter.sharpness

    def told(*words: Any) -> float:
        print("a picture came", file=sys.stderr, flush=True)
        return looked(*words)

    shutter.sharpness = told  # type: ignore[assignment]


def command() -> None:
    from probe.cli.main import main

    main()


def whole() -> float:
    """Take a photo in a process of its own; how long it took."""
    began_s = time.monotonic()
    child = fork()
    _, status, used = os.wait4(child, 0)
    took_s = time.monotonic() - began_s
    print(f"whole: {took_s:.2f} s, code {os.waitstatus_to_exitcode(status)}, peak {used.ru_maxrss} KB", flush=True)
    return took_s


def killed(after_s: float) -> float | None:
    """Take a photo and kill it at a moment; how long it took where it had ended by itself before."""
    began_s = time.monotonic()
    child = fork()
    ends = os.pidfd_open(child)
    ended = bool(select.select([ends], [], [], after_s)[0])
    took_s = time.monotonic() - began_s
    os.close(ends)
    if not ended:
        os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(f"killed: after {took_s:.2f} s, code {code}", flush=True)
    return took_s if ended else None


def killed_throughout(kills: int, took_s: float) -> None:
    """Kill a photo in each of so many parts of the time that it takes. A busy machine takes now longer, now not so
    long: where one had ended by itself, the next is aimed at by its time."""
    number = 0
    for _ in range(TRIES * kills):
        if (by_itself_s := killed((number + random.random()) / kills * took_s)) is None:
            number += 1
        else:
            took_s = by_itself_s
        if number == kills:
            return


def fork() -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            command()
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    return child


def main() -> None:
    path, options = sys.argv[1], {}
    words = sys.argv[2:]
    while "=" in words[0]:
        name, options[name] = words[0].split("=")[0], words.pop(0).split("=")[1]
    sys.argv[1:] = words
    if "without" in options:
        import runpy
        from pathlib import Path

        runpy.run_path(str(Path(__file__).with_name("without.py")))[options["without"]]()
    recall(path, int(options.get("real", 0)))
    if "tells" in options:
        tell()
    if "patience" in options:
        from probe.camera.shutter import Shutter

        begun = Shutter.__init__
        begun.__kwdefaults__ = {**(begun.__kwdefaults__ or {}), "patience_s": float(options["patience"])}
    kills = int(options.get("kills", 0))
    if not kills:
        command()
        return
    import probe.cli.photo
    import probe.redact.redactor  # all that is loaded once  # noqa: F401

    whole()  # what is read from the disk for the first time takes a while of its own
    took_s = whole()
    killed_throughout(kills, took_s)
    whole()


if __name__ == "__main__":
    main()
