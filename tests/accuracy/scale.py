"""What an arrival costs on a map of so many cameras: real positions, set down again all around the globe.

    python -m tests.accuracy.scale [--cameras 2000,10000,100000,1000000] [--live 1000,50000] [--json build/scale.json]

Each camera was reported on some of three walks; then single reports of later walks come, one by one, the same ones
in each map that has all real positions. Times are the processor's (`cpu`) and the clock's (`wall`); a busy machine
stretches the latter.
Beyond the real positions the reports are the real ones' again, moved along their latitude, area by area. A map of more
cameras than `--resolve-up-to` is not resolved but around what arrives, and in a sample of its windows, from which the
cost of a rebuild is reckoned; its memory is that of the index, without what was not resolved. `--live` are sizes that
are measured with store and deriver, too: where they are not resolved, the log is as large as it would be, and so is
the table of derived cameras, whose rows are those around what arrives, again and again.
"""

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import cycle, islice
from pathlib import Path

import msgspec
import numpy as np

from hub.derive.live import LiveCameras
from hub.log.events import Batch, NewSighting, Origin
from hub.merge.observe import Observation, observe
from hub.merge.windows.neighbourhoods import Neighbourhoods
from hub.store.sqlite.log import SqliteStore
from probe.contract.envelope import digest, encode
from probe.contract.geodesy import wrap_longitude
from probe.contract.sighting import Sighting
from tests.accuracy.positions import Positions, data_folder, read
from tests.accuracy.reports import Report
from tests.accuracy.today import sighting
from tests.accuracy.walks import Setting, walked

ARRIVALS, RESOLVED_UP_TO, BATCH = 200, 2_000, 5_000
SAMPLED = 150  # windows of a map that is not resolved as a whole
CONTRIBUTORS = 1_000  # walkers who share the reports among them
SETTING = Setting(name="cctv", level="4_3", law="smooth", seed=11)


@dataclass(frozen=True, slots=True)
class Size:
    """What to measure: a map of so many cameras, resolved as a whole or not, with store and deriver or without, and so
    many arrivals."""

    cameras: int
    resolved: bool
    live: bool
    arrivals: int = ARRIVALS


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cameras", default="2000,10000,100000,1000000")
    options.add_argument("--live", default="1000,50000")
    options.add_argument("--resolve-up-to", type=int, default=RESOLVED_UP_TO)
    options.add_argument("--arrivals", type=int, default=ARRIVALS)
    options.add_argument("--json", type=Path, default=Path("build/scale.json"))
    asked = options.parse_args()
    if data_folder() is None:
        print(
            "scale: nothing was measured: let CONTRECHAMP_TESTDATA name the folder of real positions", file=sys.stderr
        )
        sys.exit(2)
    figures = measure(
        _numbers(asked.cameras), _numbers(asked.live), resolve_up_to=asked.resolve_up_to, arrivals=asked.arrivals
    )
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps(figures, indent=1) + "\n")


def measure(
    cameras: Sequence[int], live: Sequence[int], *, resolve_up_to: int = RESOLVED_UP_TO, arrivals: int = ARRIVALS
) -> dict[str, float]:
    """The figures by name, `scale.CAMERAS.…`; each size is measured in a process of its own, and told once it is."""
    sizes = [Size(count, count <= resolve_up_to, False, arrivals) for count in cameras]
    sizes += [Size(count, count <= resolve_up_to, True, arrivals) for count in live]
    figures: dict[str, float] = {}
    for size in sizes:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            found = pool.apply(_measure_live if size.live else _measure_merge, (size,))
        name = f"scale.{size.cameras}{'.live' if size.live else ''}"
        base = figures.get("scale.10000.cpu_ms.p50")
        if base and size.cameras > 10_000 and not size.live:
            found["p50_to_10000"] = round(found["cpu_ms.p50"] / base, 2)
        figures |= {f"{name}.{key}": value for key, value in found.items()}
        form = "" if size.resolved else ", of which only what is around the arrivals and a sample was resolved"
        print(f"{size.cameras} cameras{', with store and deriver' if size.live else ''}{form}:", flush=True)
        for key, value in found.items():
            print(f"  {key:32} {value}", flush=True)
    return figures


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(",") if one]


def real(count: int) -> Positions:
    """So many cameras where real ones stand, or all that are known."""
    folder = data_folder()
    if folder is None:
        raise ValueError("no positions of real cameras are here")
    found = read(folder, "cctv")
    return Positions(**{name: getattr(found, name)[:count] for name in ("lat", "lon", "direction", "area")})


@dataclass(frozen=True, slots=True)
class Map:
    """What was reported where real cameras stand, how often that is set down in all, and what comes."""

    cameras: int
    reports: Sequence[Report]
    camera: Sequence[int]  # of each report
    area: Sequence[int]  # of each camera
    coming: Sequence[Report]

    def copies(self) -> Iterator[Iterator[tuple[int, Report, str, float]]]:
        """For each time that it is set down, the reports with their places in the list, the start of their ids and
        walks, and how far they are turned around the globe, in degrees."""
        random = np.random.default_rng(5)
        there = len(self.area)
        for copy in range(-(-self.cameras // there)):
            turn = random.uniform(-180.0, 180.0, max(self.area) + 1).tolist() if copy else [0.0] * (max(self.area) + 1)
            yield self._copy(f"{copy:04x}", turn, self.cameras - copy * there)

    def _copy(self, prefix: str, turn: Sequence[float], most: int) -> Iterator[tuple[int, Report, str, float]]:
        for place, (report, camera) in enumerate(zip(self.reports, self.camera, strict=True)):
            if camera < most:
                yield place, report, prefix, turn[self.area[camera]]


def map_of(size: Size) -> Map:
    """A map of this size. Two reports in a row of what comes are of neighbours."""
    positions = real(size.cameras)
    world = walked(positions, SETTING)
    numbers = np.array([int(one.id.removeprefix("camera-")) for one in world.cameras])
    camera = numbers[world.camera].tolist()
    last_day = max(one.day for one in world.reports)
    later = [one for one in world.reports if one.day == last_day]
    chosen = np.random.default_rng(3).choice(len(later), min(size.arrivals, len(later)), replace=False).tolist()
    coming = [again for number in chosen for again in (_again(later[number], 0), _again(later[number], 1))]
    return Map(size.cameras, world.reports, camera, positions.area.tolist(), coming)


def observations(whole: Map) -> Iterator[Observation]:
    """What was reported, as the merge takes it."""
    first = [_observed(number, one) for number, one in enumerate(whole.reports, 1)]
    seq = 0
    for copy in whole.copies():
        for place, _, prefix, turn in copy:
            seq += 1
            yield _moved(first[place], seq, prefix, turn)


def _observed(seq: int, report: Report) -> Observation:
    found = observe(seq, sighting(report), f"{seq % CONTRIBUTORS:032x}")
    if found is None or found.estimate is None:
        raise ValueError("a report without a place")
    return found


def _moved(one: Observation, seq: int, prefix: str, turn: float) -> Observation:
    """The same again elsewhere, under another id and of another walk."""
    said = msgspec.structs.replace(one.sighting, id=_named(one.sighting.id, prefix), walk=_named(one.walk, prefix))
    estimate = replace(one.place, lon=wrap_longitude(one.place.lon + turn))
    return replace(one, seq=seq, sighting=said, estimate=estimate)


def _named(text: str, prefix: str) -> str:
    return prefix + text[len(prefix) :]


def _measure_merge(size: Size) -> dict[str, float]:
    whole = map_of(size)
    before_mb = _resident_mb()
    near = Neighbourhoods()
    began_s = time.process_time()
    near.add(observations(whole))
    near.settle()
    indexed_s = time.process_time() - began_s
    count = len(near)
    built: dict[str, float] = {}
    if size.resolved:
        near.refresh()
        built_s = time.process_time() - began_s
        built = {
            "found": len(near.cameras),
            "at_odds": near.at_odds,
            "parted": near.parted,
            "windows_cut": near.cut,
            "rebuild_s_per_100000": round(built_s * 100_000 / count, 1),
        }
    else:
        built["rebuild_s_per_100000.sampled"] = round((indexed_s + _sampled_s(near)) * 100_000 / count, 1)
    built["index_s_per_100000"] = round(indexed_s * 100_000 / count, 1)
    memory_mb = _resident_mb() - before_mb
    coming = [_observed(count + number, one) for number, one in enumerate(whole.coming, 1)]
    for one in coming[::2]:  # so that what is around the others is resolved, whatever the size
        near.add([one])
        near.refresh()

    def arrive(one: Observation) -> None:
        near.add([one])
        near.refresh()

    found = _timed(coming[1::2], arrive)
    kb = round(1024 * memory_mb / size.cameras, 1)
    name = "kb_per_camera" if size.resolved else "kb_per_camera.index"
    return {**found, "sightings": count, name: kb, "most_mb": round(_resident_mb("VmHWM")), **built}


def _sampled_s(near: Neighbourhoods) -> float:
    """How many seconds it would take at most to resolve all windows, by a sample of them. Windows that lie apart share
    nothing: neighbours do, and cost less together."""
    tiles = sorted(near.dirty_windows())
    chosen = np.random.default_rng(7).choice(len(tiles), min(SAMPLED, len(tiles)), replace=False).tolist()
    began_s = time.process_time()
    near.refresh(within=[tiles[number] for number in chosen])
    return (time.process_time() - began_s) * len(tiles) / len(chosen)


def _measure_live(size: Size) -> dict[str, float]:
    """The same through the log: written down, read, derived, described, saved."""
    whole = map_of(size)
    with tempfile.TemporaryDirectory(prefix="scale-") as folder, closing(SqliteStore(Path(folder))) as store:
        count = 0
        reported = _reported(whole)
        while some := list(islice(reported, BATCH)):
            _write(store, some)
            count += len(some)
        before_mb, began_s = _resident_mb(), time.process_time()
        live = LiveCameras(store)
        if not size.resolved:
            _open_unresolved(live)
        live.refresh()
        if live.status().left_out:  # an arrival would be left out as well, and cost nothing
            raise ValueError(f"a hub has no room for what was reported of {size.cameras} cameras")
        built_s, memory_mb = time.process_time() - began_s, _resident_mb() - before_mb

        def arrive(one: Sighting) -> None:
            _write(store, [one])
            live.refresh()

        coming = [sighting(one) for one in whole.coming]
        for one in coming[::2]:
            arrive(one)
        if not size.resolved:
            live._saved_as = store.save_cameras(_filled_up(live.deriver.saved_form(), size.cameras))
        found = _timed(coming[1::2], arrive)
        status = live.status()
    return {
        **found,
        "sightings": count,
        "kb_per_camera" if size.resolved else "kb_per_camera.index": round(1024 * memory_mb / size.cameras, 1),
        "most_mb": round(_resident_mb("VmHWM")),
        "parted": status.cameras_parted,
        "windows_cut": status.windows_cut,
        "left_out": status.left_out + status.cameras_left_out,
        "rebuild_s_per_100000" if size.resolved else "index_s_per_100000": round(built_s * 100_000 / count, 1),
    }


def _filled_up(rows: Sequence[tuple[str, bytes]], count: int) -> list[tuple[str, bytes]]:
    """So many rows: these, and copies of them under ids of their own."""
    copies = ((f"c-{number:016x}", body) for number, (_, body) in enumerate(cycle(rows)))
    return [*rows, *islice(copies, max(0, count - len(rows)))]


def _open_unresolved(live: LiveCameras) -> None:
    """Read the whole log, and let no window of it be resolved."""
    deriver = live.deriver
    deriver._read_new()
    deriver._neighbourhoods.refresh(within=())


def _reported(whole: Map) -> Iterator[Sighting]:
    for copy in whole.copies():
        for _, report, prefix, turn in copy:
            there = replace(
                report,
                id=_named(report.id, prefix),
                walk=_named(report.walk, prefix),
                lon=wrap_longitude(report.lon + turn),
            )
            yield sighting(there)


def _timed(coming: Sequence[object], arrive: Callable[..., None]) -> dict[str, float]:
    cpu, wall = [], []
    for one in coming:
        began = time.process_time(), time.perf_counter()
        arrive(one)
        cpu.append(1000 * (time.process_time() - began[0]))
        wall.append(1000 * (time.perf_counter() - began[1]))
    return {
        f"{kind}_ms.{name}": round(float(np.percentile(times, share)), 2)
        for kind, times in (("cpu", cpu), ("wall", wall))
        for name, share in (("p50", 50), ("p99", 99))
    }


def _again(report: Report, which: int) -> Report:
    """The same camera on a later walk, a metre away."""
    return Report(
        id=_other(f"{report.id} again {which}"),
        walk=_other(f"{report.walk} again {which}"),
        day=report.day + 1 + which,
        lat=report.lat + 1e-5,
        lon=report.lon,
        accuracy_m=report.accuracy_m,
        kind=report.kind,
        mount=report.mount,
        direction=report.direction,
    )


def _other(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]


def _write(store: SqliteStore, sightings: Iterable[Sighting]) -> None:
    bodies = {one.id: encode(one) for one in sightings}
    new = {
        key: NewSighting(id=key, hash=digest(body), body=body, origin=Origin.OPERATOR) for key, body in bodies.items()
    }
    store.append(Batch(sightings=new))


def _resident_mb(what: str = "VmRSS") -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{what}:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
