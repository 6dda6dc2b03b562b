"""What looks pictures through, in a process of its own: a stranger's picture may hang or crash what decodes it.

It reads tasks from its input and writes answers to its output, each as MessagePack behind its length in four octets.
The first answer says whether it can work at all. It ends with its input.
"""

import os
import resource
import sys
from typing import BinaryIO

import msgspec

from hub.photo.alike import same_place
from hub.photo.second import Held, SecondLook, Seen
from probe.redact.redactor import NoRedactor

MAX_MESSAGE = 4 << 20
_NICE = 10  # sightings and the page come first


class Look(msgspec.Struct, frozen=True, tag="look"):
    """Look a picture through."""

    jpeg: bytes
    held: Held


class Compare(msgspec.Struct, frozen=True, tag="compare"):
    """Count the points of two pictures that agree."""

    one: bytes
    other: bytes


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """It can work; `plates` says why plates are not looked for, empty where they are."""

    plates: str


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """It cannot, or could not do this; in a sentence."""

    why: str


class Agree(msgspec.Struct, frozen=True, tag="agree"):
    """So many points agree."""

    inliers: int


class Found(msgspec.Struct, frozen=True, tag="found"):
    """What a picture holds."""

    seen: Seen


Answer = Ready | Failed | Agree | Found


def write(stream: BinaryIO, message: msgspec.Struct) -> None:
    """Write a message. Raises OSError."""
    body = msgspec.msgpack.encode(message)
    stream.write(len(body).to_bytes(4, "big") + body)
    stream.flush()


def main() -> None:
    """Work until the input ends."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold pictures
    os.nice(_NICE)
    out, sys.stdout = sys.stdout.buffer, sys.stderr  # what a library prints is no answer
    try:
        import cv2

        cv2.setNumThreads(1)
        looker = SecondLook()
    except ImportError as problem:
        write(out, Failed(f"{problem.name or problem} is not installed: pip install 'contrechamp[hub,camera]'"))
        return
    except NoRedactor as problem:
        write(out, Failed(str(problem)))
        return
    write(out, Ready(looker.plates))
    tasks = msgspec.msgpack.Decoder(Look | Compare)
    while head := sys.stdin.buffer.read(4):
        write(out, _answer(looker, tasks.decode(sys.stdin.buffer.read(int.from_bytes(head, "big")))))


def _answer(looker: SecondLook, task: Look | Compare) -> Answer:
    try:
        if isinstance(task, Look):
            return Found(looker.look(task.jpeg, task.held))
        return Agree(same_place(task.one, task.other))
    except Exception as problem:  # noqa: BLE001 (OpenCV raises errors of its own; the parent is told)
        return Failed(f"{type(problem).__name__}: {problem}"[:200])


if __name__ == "__main__":
    main()
