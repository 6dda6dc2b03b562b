"""The probe with one of its defences taken out, to see that the bench notices. Runs where the probe is.

    without.py DEFENCE COMMAND OPTIONS...    for example: without.py loss run --monitor wlan1

Each function below takes out one defence, named as in the tests.
"""

import sys
from typing import Any


def swap(owner: object, name: str, new: object) -> None:
    """Replace a part; a part that is not there any more is a control that controls nothing."""
    assert hasattr(owner, name), f"{owner} has no {name} any more: mend this control"
    setattr(owner, name, new)


def passive() -> None:
    """Asks on the radio it listens with, as a careless sniffer does: a probe request at each visit."""
    from probe.radio.monitor import Monitor

    visit = Monitor._visit
    request = bytes.fromhex("0000080000000000") + bytes.fromhex("40000000ffffffffffff024242424242ffffffffffff0000")

    def asking(self: Monitor, mhz: int | None) -> Any:
        self._socket.send(request + b"\x00\x00\x01\x04\x82\x84\x8b\x96")
        return visit(self, mhz)

    swap(Monitor, "_visit", asking)


def loss() -> None:
    """Does not ask the kernel what it could not hand over."""
    from probe.radio.monitor import Monitor

    swap(Monitor, "_read_drops", lambda _self: 0)


def replug() -> None:
    """Takes a socket that says nothing for a quiet street."""
    import errno

    from probe.radio import monitor

    swap(monitor, "index_of", lambda _name: 1)
    for name in ("ENETDOWN", "ENODEV", "ENXIO"):
        swap(errno, name, -1)
    visit = monitor.Monitor._visit

    def deaf(self: Any, mhz: int | None) -> Any:
        try:
            yield from visit(self, mhz)
        except OSError:
            return

    swap(monitor.Monitor, "_visit", deaf)
    swap(monitor.Monitor, "_tune", lambda *_: True)


def together() -> None:
    """One source that is lost is the end of the walk."""
    from probe.errors import SourceLost
    from probe.walk.sources import Health, SourceSupervisor

    def keep(supervisor: Any, events: Any, stop: Any) -> None:
        try:
            supervisor.source = supervisor.open()
            supervisor._note_health(Health.LISTENING)
            supervisor._pass_on(supervisor.source, events, stop)
        except SourceLost:
            stop.set()

    swap(SourceSupervisor, "supervise", keep)


def again() -> None:
    """What is lost once is not opened again."""
    import threading

    from probe.walk.sources import Health, SourceSupervisor

    note_health = SourceSupervisor._note_health

    def only_once(supervisor: Any, health: Health, trouble: str | None = None) -> None:
        note_health(supervisor, health, trouble)
        if health is Health.LOST:
            threading.Event().wait()

    swap(SourceSupervisor, "_note_health", only_once)


def modes() -> None:
    """Listens to whatever it is given, whether frames come from it as a monitor gives them or not."""
    from probe.radio import monitor
    from probe.walk import sources

    swap(monitor, "is_radiotap", lambda _name: True)
    swap(sources, "to_monitor", lambda *_: None)


def quiet() -> None:
    """Scans for Bluetooth as everybody does: actively."""
    from struct import pack

    from probe.radio import bluetooth

    parameters = bluetooth.command(0x200B, pack("<BHHBB", 1, 96, 96, 0, 0))
    swap(bluetooth, "SCAN_OLD", (bluetooth.SCAN_OLD[0], parameters, bluetooth.SCAN_OLD[2]))


def sentences() -> None:
    """Believes that receivers never stutter: what its library does not understand is no longer caught."""
    from pynmeagps import NMEAReader

    from probe.position import sentence

    def unguarded(said: bytes, _line: int, _counts: object) -> tuple[str, str, list[str]] | None:
        message = NMEAReader.parse(said + b"\r\n")
        return None if message is None else (message.talker, message.msgID, message.payload)

    swap(sentence, "_parts", unguarded)


def doubt() -> None:
    """Takes the disk's word that a commit is on it."""
    from probe.outbox.file import OutboxFile

    swap(OutboxFile, "_still_writable", lambda _self: True)


def refusal() -> None:
    """Acknowledges a sighting also where the disk did not take it."""
    from probe.errors import OutboxError
    from probe.outbox.outbox import Outbox

    put = Outbox.put

    def hoping(self: Outbox, units: Any, marks: Any = ()) -> list[int]:
        try:
            return put(self, units, marks)
        except OutboxError:
            return list(range(len(units)))

    swap(Outbox, "put", hoping)


def clock() -> None:
    """Takes the machine's own clock for true."""
    from probe.contract.sighting import ClockSource
    from probe.sweep.sweep import moment
    from probe.walk.live import LiveWalk

    swap(LiveWalk, "when", lambda _self, at_s: moment(at_s, ClockSource.NTP))


def rollover() -> None:
    """Believes any date that a receiver tells."""
    from probe.position import live

    swap(live, "unrolled", lambda told_s, _not_before: told_s)


def receipts() -> None:
    """Is content when a parcel is given to the network, and forgets it."""
    from probe.uplink.mqtt import MqttUplink

    fill = MqttUplink._send_parcels

    def careless(self: MqttUplink, connection: Any, sending: Any) -> None:
        fill(self, connection, sending)
        for number in sending.under_way:
            sending.outbox._db.execute("DELETE FROM unit WHERE number = ?", (number,))
        sending.flights.clear()

    swap(MqttUplink, "_send_parcels", careless)


def finding() -> None:
    """Knows its hub by its address alone."""
    from probe.uplink import find

    swap(find, "brokers", lambda **_: iter(()))


def names() -> None:
    """Looks for a cable under the name that it had at first."""
    from probe.radio.serial import PortLocator

    swap(PortLocator, "find", lambda place: place.device)


def thrift() -> None:
    """Keeps in memory what a small machine cannot: 40 MB five times a second."""
    import threading
    import time

    def hoard() -> None:
        kept = []
        while True:
            block = bytearray(40_000_000)
            block[::4096] = b"\1" * len(block[::4096])  # a word in each page: an emulated processor has it at once
            kept.append(block)
            time.sleep(0.2)

    threading.Thread(target=hoard, daemon=True).start()


def patience() -> None:
    """Waits for a camera's picture for ever."""
    from probe.camera import picamera

    swap(picamera.PiCamera, "read", lambda camera: camera._camera.capture_array())


def nodes() -> None:
    """Takes the first camera for the only one."""
    from probe.camera import adapter

    swap(adapter, "MOST_CAMERAS", 1)


def asking() -> None:
    """Takes a camera that has a node for one that can be used."""
    from probe.camera import v4l2

    def unasked(camera: Any, cv2: Any, node: Any, _size: Any) -> None:
        camera._capture = cv2.VideoCapture(v4l2.number_of(node), cv2.CAP_V4L2)

    swap(v4l2.V4l2Camera, "__init__", unasked)


def care() -> None:
    """Lets the picture out in all the ways that are watched: a file that has no name any more, a device, packets, a
    Unix socket, an error's text; it seals nothing, and may dump core."""
    import base64
    import os
    import socket
    import sys
    from io import BytesIO

    from PIL import Image

    from probe.cli import process
    from probe.redact.redactor import Redactor
    from probe.seal import sealer

    redact = Redactor.redact

    class Unsealed:
        def encrypt(self, plain: bytes, *_: object) -> bytes:
            return plain + bytes(48)  # as long as if it were sealed

    def careless(self: Redactor, pixels: Any, **more: Any) -> Any:
        with open("/tmp/frame.raw", "wb") as file:  # noqa: S108
            os.unlink(file.name)
            file.write(pixels.tobytes())
        with open("/dev/frame", "wb") as file:
            file.write(pixels[0].tobytes())
        os.unlink("/dev/frame")
        coded = BytesIO()
        Image.fromarray(pixels).save(coded, "JPEG")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packets:
            packets.sendto(coded.getvalue()[:30_000], ("127.0.0.1", 9))
        for end in (near := socket.socketpair()):
            end.setblocking(False)
        near[0].send(pixels[0, :300].tobytes())
        print("cannot read", base64.b64encode(coded.getvalue()[:300]).decode(), file=sys.stderr)
        return redact(self, pixels, **more)

    swap(Redactor, "redact", careless)
    swap(sealer, "SUITE", Unsealed())
    swap(process, "forbid_core_dumps", lambda: None)


def tiles() -> None:
    """Looks for faces in the whole picture at once."""
    from probe.redact import faces

    in_tiles = faces.FaceDetector.faces

    def at_once(self: faces.FaceDetector, pixels: Any, *words: Any, **more: Any) -> list[faces.Face]:
        tall, wide = (-(-length // 32) * 32 for length in pixels.shape[:2])  # as the network wants it
        swap(faces, "TILE", (wide, tall))
        return in_tiles(self, pixels, *words, **more)

    swap(faces.FaceDetector, "faces", at_once)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
    sys.argv[1:] = sys.argv[2:]
    if sys.argv[1] in ("writer", "eye"):  # stimuli that use the probe's own parts
        import runpy
        from pathlib import Path

        name, *sys.argv[1:] = sys.argv[1:]
        runpy.run_path(str(Path(__file__).with_name(f"{name}.py")), run_name="__main__")
    else:
        from probe.cli.main import main

        main()
