"""What takes the photos of a walk. Loaded where there is a camera: it takes a small machine a second and more."""

from collections.abc import Callable
from contextlib import nullcontext

from probe.aim.calibration import known_or_told
from probe.camera.choose import camera_at
from probe.camera.keeping import PhotoKeeper
from probe.camera.shutter import Shutter
from probe.outbox.writer import Kept
from probe.run.heading import KitCompass
from probe.run.parts import SupervisedPart
from probe.run.running import RunningWalk
from probe.run.settings import ServiceSettings
from probe.walk.snapshots import Photographer
from probe.walk.taking import PhotoTaker


def taker_of(
    camera: str,
    settings: ServiceSettings,
    running: RunningWalk,
    compass: KitCompass | None,
    tell: Callable[[str], None],
) -> PhotoTaker:
    """What takes photos with a camera, by its word. Raises BadInput where it is none."""
    walk = running.walk
    photographer = Photographer(
        Shutter(camera_at(camera), clock=walk.clock),
        PhotoKeeper(),
        walk=walk.id,
        clock=walk.clock,
        place=walk.place_at,
        when=walk.when,
        holding=settings.holding if compass is None else compass.holding,
        pressed=nullcontext if compass is None else compass.pressed,
        known=known_or_told(settings.outbox, tell),
    )
    kept = {Kept.KEPT: True, Kept.HIDDEN: None, Kept.NO_ROOM: False}
    return PhotoTaker(photographer, lambda taken: kept[running.offer(taken.sighting, taken.pictures)], tell)


def take_photos(part: SupervisedPart, photos: PhotoTaker) -> None:
    """The work of the part that takes them."""
    photos.moved = part.calm
    photos.run()
