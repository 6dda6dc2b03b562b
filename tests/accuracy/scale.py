"""What an arrival costs on a map of so many cameras: real positions, set down again all around the globe.

    python -m tests.accuracy.scale [--cameras 2000,10000,100000,1000000] [--live 1000] [--json build/scale.json]

Each camera was reported on some of three walks; then single reports of a fourth walk come, one by one. Times are the
processor's (`cpu`) and the clock's (`wall`); a busy machine stretches the latter. A map of more cameras than
`--resolve-up-to` is not resolved but around what arrives, and in a sample of its windows, from which the cost of a
rebuild is reckoned; beyond `THIN_FROM` cameras there is one report of each, but for those around what arrives. Its
memory is that of the index, without what was not resolved. `--live` are sizes that are measured with store and deriver,
too.
"""

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from hub.derive.live import LiveCameras
from hub.log.events import Batch, NewSighting, Origin
from hub.merge.observe import Observation, observe
from hub.merge.windows.neighbourhoods import Neighbourhoods
from hub.store.sqlite.log import SqliteStore
from probe.contract.envelope import digest, encode
from probe.contract.geodesy import wrap_longitude
from probe.contract.sighting import Sighting
from tests.accuracy.positions import Positions, data_folder, linked, read
from tests.accuracy.reports import Report
from tests.accuracy.today import sighting
from tests.accuracy.walks import Setting, walked

ARRIVALS, RESOLVED_UP_TO, BATCH = 100, 2_000, 5_000
THIN_FROM = 200_000
SAMPLED = 150  # windows of a map that is not resolved as a whole
AROUND_DEG = 0.01
CONTRIBUTORS = 1_000  # walkers who share the reports among them
SETTING = Setting(name="cctv", level="4_3", law="smooth", seed=11)


@dataclass(frozen=True, slots=True)
class Size:
    """What to measure: a map of so many cameras, resolved as a whole or not, with store and deriver or without."""

    cameras: int
    resolved: bool
    live: bool


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cameras", default="2000,10000,100000,1000000")
    options.add_argument("--live", default="1000")
    options.add_argument("--resolve-up-to", type=int, default=RESOLVED_UP_TO)
    options.add_argument("--json", type=Path, default=Path("build/scale.json"))
    asked = options.parse_args()
    if data_folder() is None:
        print(
            "scale: nothing was measured: let CONTRECHAMP_TESTDATA name the folder of real positions", file=sys.stderr
        )
        sys.exit(2)
    figures = measure(_numbers(asked.cameras), _numbers(asked.live), resolve_up_to=asked.resolve_up_to)
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps(figures, indent=1) + "\n")


def measure(cameras: Sequence[int], live: Sequence[int], *, resolve_up_to: int = RESOLVED_UP_TO) -> dict[str, float]:
    """The figures by name, `scale.CAMERAS.…`; each size is measured in a process of its own, and told once it is."""
    sizes = [Size(count, count <= resolve_up_to, False) for count in cameras]
    sizes += [Size(count, True, True) for count in live]
    figures: dict[str, float] = {}
    for size in sizes:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            found = pool.apply(_measure_live if size.live else _measure_merge, (size,))
        name = f"scale.{size.cameras}{'.live' if size.live else ''}"
        figures |= {f"{name}.{key}": value for key, value in found.items()}
        form = "" if size.resolved else ", of which only what is around the arrivals and a sample was resolved"
        print(f"{size.cameras} cameras{', with store and deriver' if size.live else ''}{form}:", flush=True)
        for key, value in found.items():
            print(f"  {key:32} {value}", flush=True)
    return figures


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(",") if one]


def spread(count: int) -> Positions:
    """So many cameras as real ones stand: each area at its place, and again and again elsewhere on its latitude."""
    folder = data_folder()
    if folder is None:
        raise ValueError("no positions of real cameras are here")
    real = read(folder, "cctv")
    copies = -(-count // len(real))
    random = np.random.default_rng(5)
    areas = int(real.area.max()) + 1
    turn = random.uniform(-180.0, 180.0, (copies, areas))
    turn[0] = 0.0
    lon = np.concatenate([real.lon + turn[copy][real.area] for copy in range(copies)])[:count]
    lon = np.array([wrap_longitude(one) for one in lon.tolist()])
    lat = np.tile(real.lat, copies)[:count]
    return Positions(lat=lat, lon=lon, direction=np.full(count, np.nan), area=linked(lat, lon, 150.0))


def _measure_merge(size: Size) -> dict[str, float]:
    before_mb = _resident_mb()
    observations, coming = _reports(size)
    near = Neighbourhoods()
    began_s = time.process_time()
    near.add(observations)
    built: dict[str, float] = {}
    if size.resolved:
        near.refresh()
        built_s = time.process_time() - began_s
        built = {
            "found": len(near.cameras),
            "at_odds": near.at_odds,
            "parted": near.parted,
            "windows_cut": near.cut,
            "rebuild_s_per_100000": round(built_s * 100_000 / len(observations), 1),
        }
    elif size.cameras < THIN_FROM:
        built["rebuild_s_per_100000.sampled"] = round(_sampled_s(near, began_s) * 100_000 / len(observations), 1)
    else:
        near.refresh(within=())
    memory_mb = _resident_mb() - before_mb
    for one in coming[::2]:  # so that what is around the others is resolved, whatever the size
        near.add([one])
        near.refresh()

    def arrive(one: Observation) -> None:
        near.add([one])
        near.refresh()

    found = _timed(coming[1::2], arrive)
    kb = round(1024 * memory_mb / size.cameras, 1)
    name = "kb_per_camera" if size.resolved else "kb_per_camera.index"
    return {**found, "sightings": len(observations), name: kb, **built}


def _sampled_s(near: Neighbourhoods, began_s: float) -> float:
    """How many seconds it would take at most to resolve all windows, by a sample of them; from `began_s` on. Windows
    that lie apart share nothing: neighbours do, and cost less together."""
    near.settle()
    tiles = sorted(near.dirty_windows())
    indexed_s = time.process_time() - began_s
    chosen = np.random.default_rng(7).choice(len(tiles), min(SAMPLED, len(tiles)), replace=False).tolist()
    began_s = time.process_time()
    near.refresh(within=[tiles[number] for number in chosen])
    return indexed_s + (time.process_time() - began_s) * len(tiles) / len(chosen)


def _measure_live(size: Size) -> dict[str, float]:
    """The same through the log: written down, read, derived, described, saved."""
    before_mb = _resident_mb()
    observed, coming = _sightings(size)
    with tempfile.TemporaryDirectory(prefix="scale-") as folder, closing(SqliteStore(Path(folder))) as store:
        for start in range(0, len(observed), BATCH):
            _write(store, observed[start : start + BATCH])
        count = len(observed)
        del observed
        began_s = time.process_time()
        live = LiveCameras(store)
        live.refresh()
        built_s = time.process_time() - began_s

        def arrive(one: Sighting) -> None:
            _write(store, [one])
            live.refresh()

        found = _timed(coming[1::2], arrive)
        status = live.status()
    return {
        **found,
        "kb_per_camera": round(1024 * (_resident_mb() - before_mb) / size.cameras, 1),
        "parted": status.cameras_parted,
        "windows_cut": status.windows_cut,
        "left_out": status.left_out + status.cameras_left_out,
        "rebuild_s_per_100000": round(built_s * 100_000 / count, 1),
    }


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


def _sightings(size: Size) -> tuple[list[Sighting], list[Sighting]]:
    """What was reported, and what comes: two reports in a row are of neighbours."""
    positions = spread(size.cameras)
    reports = list(walked(positions, SETTING).reports)
    random = np.random.default_rng(3)
    last_day = max(one.day for one in reports)
    later = [one for one in reports if one.day == last_day]
    chosen = random.choice(len(later), ARRIVALS, replace=False).tolist()
    coming = [again for number in chosen for again in (_again(later[number], 0), _again(later[number], 1))]
    if size.cameras >= THIN_FROM:
        near = {around for number in chosen for around in _around(later[number])}
        reports = [one for one in reports if one.day == 0 or _square(one) in near]
    return [sighting(one) for one in reports], [sighting(one) for one in coming]


def _square(report: Report) -> tuple[int, int]:
    return round(report.lat / AROUND_DEG), round(report.lon / AROUND_DEG)


def _around(report: Report) -> list[tuple[int, int]]:
    row, column = _square(report)
    return [(row + up, column + right) for up in (-1, 0, 1) for right in (-1, 0, 1)]


def _again(report: Report, which: int) -> Report:
    """The same camera on a later walk, a metre away."""
    return Report(
        id=_named(f"{report.id} again {which}"),
        walk=_named(f"{report.walk} again {which}"),
        day=report.day + 1 + which,
        lat=report.lat + 1e-5,
        lon=report.lon,
        accuracy_m=report.accuracy_m,
        kind=report.kind,
        mount=report.mount,
        direction=report.direction,
    )


def _named(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]


def _reports(size: Size) -> tuple[list[Observation], list[Observation]]:
    reported, coming = _sightings(size)
    numbered = enumerate((*reported, *coming), 1)
    made = [found for seq, one in numbered if (found := observe(seq, one, f"{seq % CONTRIBUTORS:032x}")) is not None]
    return made[: len(reported)], made[len(reported) :]


def _write(store: SqliteStore, sightings: Sequence[Sighting]) -> None:
    bodies = {one.id: encode(one) for one in sightings}
    new = {
        key: NewSighting(id=key, hash=digest(body), body=body, origin=Origin.OPERATOR) for key, body in bodies.items()
    }
    store.append(Batch(sightings=new))


def _resident_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
