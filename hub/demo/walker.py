"""The demo's walker: a probe of its own that plays a recorded walk, with its page for a phone to look at.

The town is smaller than the cell that hides where a walk starts (`probe/outbox/grid.py`), so whoever lived in it could
show next to nothing of it. The demo's walker comes and leaves by the ferry: what is hidden lies at sea.
"""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import reduce
from pathlib import Path

import msgspec

from hub.basemap import WALKERS
from hub.basemap.walkers import SheetWriter
from hub.demo.run import DATA, LISTEN_S, DemoWalk, pair
from hub.demo.score import Truth
from hub.errors import HubError, ServeError
from hub.service import RunningHub
from probe.contract.geodesy import degrees_off
from probe.contract.home import Look, SecondLook
from probe.contract.sighting import Place
from probe.contract.streets import WayClass
from probe.files.durable import write_durably

FERRY_M, FERRY_M_S = 520.0, 8.0  # beyond the cell, whose far side is 450 m away at most; a second each
NAME = "the walker"
HOST = "127.0.0.1"
END_S = 10.0
_KINDS = {"street": WayClass.STREET, "coast": WayClass.WATER, "water": WayClass.WATER}
_LOOKS = (Look.ASKED, Look.DOUBT, Look.DIRECTION)
_LOOKS_M = 12.0
_EVERY = 6  # of the town's cameras


def lay_streets(data: Path) -> None:
    """Give a hub's folder the town's streets, to place cameras by and for probes to take along."""
    town = json.loads((DATA / "base.geojson").read_bytes())
    scratch = data / "ways.db"
    sheets = SheetWriter(scratch)
    try:
        for feature in town["features"]:
            kind = _KINDS.get(feature["properties"]["layer"])
            lines = feature["geometry"]["coordinates"]
            for line in lines if feature["geometry"]["type"] == "Polygon" else [lines]:
                if kind is not None:
                    sheets.way(kind, feature["properties"]["name"], [(lon, lat) for lon, lat in line])
        sheets.finish(data / WALKERS, None, composed=True)
    finally:
        sheets.close()
        scratch.unlink()


def places() -> tuple[SecondLook, ...]:
    """Some of the town's cameras, as if their places were in doubt: composed, as all of the town is."""
    town = msgspec.json.decode((DATA / "truth.json").read_bytes(), type=Truth)
    return tuple(
        SecondLook(place=Place(lat=one.lat, lon=one.lon, accuracy_m=_LOOKS_M), reason=_LOOKS[number % len(_LOOKS)])
        for number, one in enumerate(town.cameras[::_EVERY])
    )


def by_ferry(walk: DemoWalk, folder: Path) -> Path:
    """The same walk with a way by sea before and after it, as a recorded walk in this folder."""
    folder.mkdir()
    for path in walk.folder.iterdir():
        if path.is_dir():
            shutil.copytree(path, folder / path.name)
        else:
            shutil.copyfile(path, folder / path.name)
    track = (walk.folder / "track.nmea").read_text()
    fixes = [line.split(",") for line in track.splitlines() if line.startswith("$GPRMC")]
    comes = _ferry(fixes[0], east=-1.0, north=0.0, seconds=-1)
    leaves = _ferry(fixes[-1], east=0.0, north=1.0, seconds=1)
    write_durably(folder / "track.nmea", "".join([*reversed(comes), track, *leaves]).encode())
    return folder


@contextmanager
def walking(running: RunningHub, outbox: Path, walk: DemoWalk, *, port: int, speed: float) -> Iterator[str]:
    """A probe that walks, from here to the end of the block; gives the link of its page, with the code.

    Beside its outbox it keeps what it needs; port 0 takes a free one. Raises HubError where it cannot be started.
    """
    code, log = outbox.with_name("page-code"), outbox.with_name("walker.log")
    played = by_ferry(walk, outbox.with_name("by-ferry"))
    port = _open_port(port)
    pair(running, NAME, outbox)
    command = [sys.executable, "-m", "probe", "run", "--played", str(played), "--speed", str(speed)]
    command += ["--page", f"{HOST}:{port}", "--page-secret-file", str(code), "--outbox", str(outbox)]
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    try:
        _wait_until_served(process, port, code, log)
        yield f"http://{HOST}:{port}/#{code.read_text().strip()}"
    finally:
        _end(process)


def _ferry(fix: list[str], *, east: float, north: float, seconds: int) -> list[str]:
    """NMEA sentences of the way between a fix of the walk and the ferry's landing at sea, from the fix on."""
    at = datetime.strptime(fix[9] + fix[1][:6], "%d%m%y%H%M%S").replace(tzinfo=UTC)
    lat, lon = _degrees(fix[3], fix[4], 2), _degrees(fix[5], fix[6], 3)
    found = []
    for second in range(1, int(FERRY_M / FERRY_M_S) + 1):
        north_deg, east_deg = degrees_off(lat, east * FERRY_M_S * second, north * FERRY_M_S * second)
        found.append(_sentences(at + timedelta(seconds=seconds * second), lat + north_deg, lon + east_deg))
    return found


def _sentences(at: datetime, lat: float, lon: float) -> str:
    where = f"{_minutes(lat, 2)},{'N' if lat >= 0 else 'S'},{_minutes(lon, 3)},{'E' if lon >= 0 else 'W'}"
    gga = f"GPGGA,{at:%H%M%S}.00,{where},1,09,0.9,12.0,M,50.0,M,,"
    rmc = f"GPRMC,{at:%H%M%S}.00,A,{where},{FERRY_M_S * 3600 / 1852:.1f},,{at:%d%m%y},,,A"
    return "".join(f"${line}*{reduce(lambda a, b: a ^ b, line.encode(), 0):02X}\r\n" for line in (gga, rmc))


def _degrees(text: str, side: str, digits: int) -> float:
    return (int(text[:digits]) + float(text[digits:]) / 60) * (1 if side in "NE" else -1)


def _minutes(degrees: float, digits: int) -> str:
    whole = int(abs(degrees))
    return f"{whole:0{digits}d}{(abs(degrees) - whole) * 60:08.5f}"


def _open_port(port: int) -> int:
    """The port, or a free one for 0. Raises ServeError where it is taken."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as problem:
            raise ServeError(
                f"the walker's page cannot be served on port {port} ({problem.strerror}); "
                "give another with --walker-port, or 0 for a free one"
            ) from problem
        return int(listener.getsockname()[1])


def _wait_until_served(process: "subprocess.Popen[bytes]", port: int, code: Path, log: Path) -> None:
    until_s = time.monotonic() + LISTEN_S
    while process.poll() is None and time.monotonic() < until_s:
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1.0):
            if code.exists():
                return
        time.sleep(0.1)
    told = log.read_text(errors="replace").strip()[-300:]
    raise HubError(f"the demo's walker failed: {told or 'its page did not come'}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Where Ctrl-C has reached the probe as well, this is its second signal, and it ends at once."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
