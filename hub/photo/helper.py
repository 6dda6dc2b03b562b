"""The hub's side of the process that looks pictures through: started when there is work, killed when it hangs."""

import os
import select
import subprocess
import sys
from collections.abc import Sequence
from time import monotonic

import msgspec

from hub.broker import leash
from hub.photo.second import Held, Seen
from hub.photo.worker import MAX_MESSAGE, Agree, Answer, Compare, Failed, Found, Look, Ready, write

START_S, WORK_S = 120.0, 120.0  # a picture takes a second or two of a desk's core, and twenty times that of a small one
PROGRAM = (sys.executable, "-m", "hub.photo.worker")
_FILES = 256  # that it may have open
_answers: "msgspec.msgpack.Decoder[Answer]" = msgspec.msgpack.Decoder(Answer)


class CannotLook(Exception):
    """Pictures cannot be looked through here at all; the message says why."""


class NotDone(Exception):
    """This picture could not be looked through: the process hung or crashed, and `again` it may go; or it said so."""

    def __init__(self, message: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.again = again


class Helper:
    """A process that looks pictures through. For one thread; `end` may come from another."""

    def __init__(self, *, command: Sequence[str] = PROGRAM, start_s: float = START_S, work_s: float = WORK_S) -> None:
        self._command, self._start_s, self._work_s = list(command), start_s, work_s
        self._process: subprocess.Popen[bytes] | None = None
        self.plates = ""  # why plates are not looked for

    def look(self, jpeg: bytes, held: Held) -> Seen:
        """What of a picture has to go. Raises CannotLook, NotDone."""
        answer = self._ask(Look(jpeg, held))
        if not isinstance(answer, Found):
            raise NotDone(answer.why if isinstance(answer, Failed) else "no answer to the question")
        return answer.seen

    def same_place(self, one: bytes, other: bytes) -> int:
        """How many points of two pictures agree. Raises CannotLook, NotDone."""
        answer = self._ask(Compare(one, other))
        if not isinstance(answer, Agree):
            raise NotDone(answer.why if isinstance(answer, Failed) else "no answer to the question")
        return answer.inliers

    def end(self) -> None:
        """End the process, whatever it is at."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def _ask(self, task: Look | Compare) -> Answer:
        process = self._started()
        assert process.stdin is not None  # noqa: S101
        try:
            write(process.stdin, task)  # type: ignore[arg-type]
            return self._read(process, self._work_s)
        except (OSError, ValueError) as problem:
            self.end()
            raise NotDone(
                "the process that looks pictures through hung or crashed on this one", again=True
            ) from problem

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.end()
        try:
            # It ends with the hub however that ends, and Ctrl-C is the hub's to answer.
            leashed = [sys.executable, leash.__file__, str(os.getpid()), "-", str(_FILES), *self._command]
            process = subprocess.Popen(leashed, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
            self._process = process
            answer = self._read(process, self._start_s)
        except (OSError, ValueError) as problem:
            self.end()
            raise CannotLook(
                "the process that looks pictures through does not start; is OpenCV broken here? Install it anew: "
                "pip install --force-reinstall 'contrechamp[camera]'"
            ) from problem
        if not isinstance(answer, Ready):
            self.end()
            raise CannotLook(answer.why if isinstance(answer, Failed) else "the process said something else")
        self.plates = answer.plates
        return process

    def _read(self, process: "subprocess.Popen[bytes]", within_s: float) -> Answer:
        """The next answer. Raises TimeoutError, EOFError as an OSError, ValueError for what is none."""
        assert process.stdout is not None  # noqa: S101
        until_s = monotonic() + within_s
        length = int.from_bytes(_exactly(process.stdout.fileno(), 4, until_s), "big")
        if length > MAX_MESSAGE:
            raise ValueError("an answer that is too long")
        answer: Answer = _answers.decode(_exactly(process.stdout.fileno(), length, until_s))
        return answer


def _exactly(descriptor: int, size: int, until_s: float) -> bytes:
    """So many octets of a pipe. Raises OSError where they do not come in time, or end."""
    data = b""
    while len(data) < size:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, until_s - monotonic()))
        part = os.read(descriptor, size - len(data)) if ready else b""
        if not part:
            raise OSError("no answer in time" if not ready else "the process has ended")
        data += part
    return data
