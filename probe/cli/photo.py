"""The command that takes one photo: `photo`."""

import hashlib
import json
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from probe.aim.calibration import known_or_told
from probe.aim.height import LENS_HEIGHT_SD_M, LENS_M, Measured
from probe.aim.lens import NARROWEST_DEG, WIDEST_DEG
from probe.camera.aiming import Foot
from probe.camera.choose import SPECS, camera_at
from probe.camera.claims import WORDS, tags_of_words
from probe.camera.geotag import BEARING_SD_DEG
from probe.camera.keeping import PhotoKeeper
from probe.camera.lens import STATED_SD_DEG
from probe.camera.pose import Pose
from probe.camera.shutter import BURST, PATIENCE_S, Shutter
from probe.cli.counter import Counter
from probe.cli.options import json_option, outbox_option
from probe.cli.process import forbid_core_dumps
from probe.cli.say import plain, say
from probe.config import default_outbox
from probe.contract.envelope import encode
from probe.contract.readable import json_for_terminal
from probe.contract.sighting import Place
from probe.errors import BadInput
from probe.outbox.outbox import Outbox
from probe.radio.privileges import keep_only
from probe.walk.kit import Kit
from probe.walk.live import LiveWalk
from probe.walk.snapshots import Photographer, Snapshot

MOST_BURST = 20
_FIX_S = 30.0
_Degrees = click.FloatRange


@click.command()
@click.option("--camera", default="auto", show_default=True, metavar="CAMERA", help=f"Which: {SPECS}.")
@click.option("--at", metavar="LAT,LON", help="Where you stand, in degrees.")
@click.option("--accuracy", type=_Degrees(0, 100_000), help="How well that is known, in metres (68 %).")
@click.option("--gnss", metavar="DEVICE", help="A receiver that says where you stand, such as /dev/ttyACM0.")
@click.option("--gnss-baud", default=9600, show_default=True, help="Its speed.")
@click.option("--bearing", type=_Degrees(0, 360), help="Where the lens points: degrees by a compass (magnetic north).")
@click.option("--true", "is_true", is_flag=True, help="The bearing is from true north.")
@click.option("--bearing-sd", type=_Degrees(0, 180), help=f"Its standard deviation. Default: {BEARING_SD_DEG:.0f}.")
@click.option("--pitch", type=_Degrees(-90, 90), help="How far the lens points up, in degrees, where it was measured.")
@click.option("--roll", type=_Degrees(-180, 180), help="How far it is turned clockwise, likewise.")
@click.option("--field-of-view", type=_Degrees(NARROWEST_DEG, WIDEST_DEG), help="How wide the lens sees, in degrees.")
@click.option("--attitude-sd", type=_Degrees(0, 90), help="Standard deviation of both. Default: 2.")
@click.option("--foot-pitch", type=_Degrees(-90, 0), help="The same with the lens at the foot of the pole: a height.")
@click.option("--lens-height", type=_Degrees(0.1, 10), help="How high you hold the lens, in metres. Default: 1.55.")
@click.option("--tag", "tags", multiple=True, metavar="WORD", help=f"What you see: {', '.join(WORDS)}. Repeatable.")
@click.option("--burst", type=click.IntRange(1, MOST_BURST), default=BURST, show_default=True, help="The sharpest of.")
@click.option(
    "--patience", type=_Degrees(1, 600), default=PATIENCE_S, show_default=True, help="Seconds to wait for the camera."
)
@outbox_option
@click.option("--print", "printed", is_flag=True, help="Print the sighting instead of keeping it; no hub is needed.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Also write the redacted picture there, as JPEG with EXIF."
)
@json_option
def photo(
    camera: str,
    tags: tuple[str, ...],
    burst: int,
    patience: float,
    outbox: Path | None,
    printed: bool,
    out: Path | None,
    as_json: bool,
    **said: Any,
) -> None:
    """Take one photo of a camera, with the people taken out in memory, and keep it until a hub has it.

    Frame the camera in the middle: what lies outside that and low is not kept, without --pitch, --roll and
    --field-of-view nothing outside it is. Where no picture may be kept, a pin is, and you are told why.
    How high the camera hangs comes of two looks from one spot: the cross on the foot of its pole or wall
    (--foot-pitch), then on the camera (--pitch).

    \b
      contrechamp-probe photo --at 47.2184,-1.5536 --bearing 120 --tag dome --tag pole
      contrechamp-probe photo --at 47.2184,-1.5536 --bearing 120 --pitch 21 --roll 0 --foot-pitch -11
      contrechamp-probe photo --camera v4l2 --at 47.2184,-1.5536 --print --out look.jpg
    """
    tags_of_words(tags)
    shutter_of, pose, foot, place = camera_at(camera), _pose(said), _foot(said), _place(said)
    if place is None and said["gnss"] is None and not camera.startswith("scripted:"):
        raise BadInput("say where you stand: --at LAT,LON, or --gnss DEVICE")
    path = outbox or default_outbox()
    told = keep_only((), None if printed else path)
    forbid_core_dumps()  # becoming another user had allowed them again
    if told:
        say(told)
    with ExitStack() as stack:
        box = None if printed else stack.enter_context(Outbox(path))
        if box is not None:
            box.paired()  # refused before the photo, not after it
        walk = LiveWalk(Kit(gnss=said["gnss"], gnss_baud=said["gnss_baud"]))
        if said["gnss"] is not None:
            stack.enter_context(walk.live)
            _wait_for_fix(walk)
        shutter = Shutter(shutter_of, clock=walk.clock, patience_s=patience)
        stack.callback(shutter.close)
        photographer = Photographer(
            shutter,
            PhotoKeeper(),
            walk=walk.id,
            clock=walk.clock,
            place=lambda at_s: place or walk.place_at(at_s),
            when=walk.when,
            known=known_or_told(path, say),
        )
        with Counter("tiles") as counter:
            snapshot = photographer.take(
                tags, pose, foot=foot, burst=burst, progress=lambda done, of: counter.photos(0, 1, done / of)
            )
        if box is not None:
            box.add([snapshot.sighting], beside=lambda sealer: [sealer.picture(each) for each in snapshot.pictures])
        _conclude(snapshot, None if printed else path, as_json=as_json)
        if out is not None:
            _write(snapshot, out)


def _place(said: dict[str, Any]) -> Place | None:
    """Where the walker says that they stand. Raises BadInput."""
    if said["at"] is None:
        if said["accuracy"] is not None:
            raise BadInput("--accuracy is of --at LAT,LON: give that, too")
        return None
    if said["gnss"] is not None:
        raise BadInput("give --at or --gnss, not both: they may say two places")
    parts = said["at"].split(",")
    try:
        lat, lon = (float(part) for part in parts)
    except ValueError:
        lat = lon = float("nan")
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise BadInput(f"--at {said['at']!r} is no place; give degrees as LAT,LON: --at 47.2184,-1.5536")
    return Place(lat=round(lat, 7), lon=round(lon, 7), accuracy_m=said["accuracy"])


def _pose(said: dict[str, Any]) -> Pose:
    bearing = said["bearing"]
    if bearing is None and (said["bearing_sd"] is not None or said["is_true"]):
        raise BadInput("--bearing-sd and --true are of a --bearing: give that, too")
    if bearing is not None:
        bearing %= 360.0
    return Pose(
        pitch_deg=said["pitch"],
        roll_deg=said["roll"],
        attitude_sd_deg=said["attitude_sd"],
        field_of_view_deg=said["field_of_view"],
        bearing_deg=bearing if said["is_true"] else None,
        magnetic_deg=None if said["is_true"] else bearing,
        bearing_sd_deg=said["bearing_sd"],
    )


def _foot(said: dict[str, Any]) -> Foot | None:
    """The first of two shots. Raises BadInput."""
    down, held_m = said["foot_pitch"], said["lens_height"]
    if down is None:
        if held_m is not None:
            raise BadInput("--lens-height is of two looks: give --foot-pitch, too")
        return None
    if said["pitch"] is None or said["roll"] is None:
        raise BadInput("--foot-pitch is the first of two looks: give --pitch and --roll of the second, too")
    sd_deg = STATED_SD_DEG if said["attitude_sd"] is None else said["attitude_sd"]
    above = LENS_M if held_m is None else Measured(m=held_m, sd_m=LENS_HEIGHT_SD_M)
    return Foot(pitch_deg=down, pitch_sd_deg=sd_deg, lens_height=above)


def _wait_for_fix(walk: LiveWalk) -> None:
    """Wait for a position. Raises BadInput where the receiver can never give one."""
    walk.live.wait_until_started()
    until_s = time.monotonic() + _FIX_S
    while time.monotonic() < until_s and walk.position.at(walk.clock()) is None:
        time.sleep(0.2)


def _conclude(snapshot: Snapshot, outbox: Path | None, *, as_json: bool) -> None:
    """Say what came of it, the sighting itself where it is not kept."""
    sighting, shot = snapshot.sighting, snapshot.shot
    if snapshot.told is not None:
        say(snapshot.told)
    for note in snapshot.notes:
        say(note)
    if sighting.observer is None:
        say("no position was known: nobody can put this on a map without one")
    if outbox is None and not as_json:
        click.echo(json_for_terminal(encode(sighting)))
    pictures = [
        {"sha256": hashlib.sha256(picture.jpeg).hexdigest(), "bytes": len(picture.jpeg)}
        for picture in snapshot.pictures
    ]
    if as_json:
        click.echo(json_for_terminal(json.dumps(_answer(snapshot, pictures, outbox)).encode()))
        return
    where = "kept nowhere" if outbox is None else f"kept in {outbox}"
    if shot is None or not pictures:
        say(f"1 pin without a picture, {where}", err=outbox is None)
        return
    size = f"{sum(len(picture.jpeg) for picture in snapshot.pictures):,} bytes in {len(pictures)} JPEG"
    taken = f"{shot.width} x {shot.height} pixels of {shot.camera}, the sharpest of {shot.frames}"
    fake = "; marked as composed" if sighting.made.composed else ""
    say(f"1 photo without people, {taken}; {size}, {where}{fake}", err=outbox is None)


def _answer(snapshot: Snapshot, pictures: list[dict[str, Any]], outbox: Path | None) -> dict[str, Any]:
    """What came of it, for machines."""
    sighting, shot = snapshot.sighting, snapshot.shot
    return {
        "made": sighting.kind,
        "why_no_picture": None if sighting.pin is None else sighting.pin.photo_not_kept,
        "told": None if snapshot.told is None else plain(snapshot.told),
        "notes": [plain(note) for note in snapshot.notes],
        "camera": None if shot is None else plain(shot.camera),
        "size": None if shot is None else [shot.width, shot.height],
        "frames": None if shot is None else shot.frames,
        "sharpness": None if shot is None else shot.sharpness,
        "pictures": pictures,
        "composed": sighting.made.composed,
        "kept": None if outbox is None else plain(str(outbox)),
        "sighting": json.loads(encode(sighting)),
    }


def _write(snapshot: Snapshot, out: Path) -> None:
    """Write the redacted picture. Exit with 2 where there is none, or it cannot be written."""
    if not snapshot.pictures:
        say(f"{out}: not written, as there is no picture")
        sys.exit(2)
    from probe.redact.geotag import geotagged, tags_of

    try:
        out.write_bytes(geotagged(snapshot.pictures[0].jpeg, tags_of(snapshot.sighting)))
    except OSError as problem:
        raise BadInput(f"{out}: cannot be written ({problem.strerror}); name another file with --out") from problem
