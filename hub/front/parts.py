"""The parts of the page of a hub that runs, and what works behind them."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hub.basemap.incoming import Incoming
from hub.basemap.shown import StreetMap
from hub.basemap.works import StreetWorks
from hub.data import HubFolder
from hub.derive.desk import Desk
from hub.derive.live import LiveCameras
from hub.enroll.pairing import Pairing
from hub.enroll.stands import Stands
from hub.errors import StillReading
from hub.keys.day import machine_clock
from hub.photo.complaints import HubComplaints, StrangersComplaints
from hub.photo.gallery import Gallery
from hub.photo.public import public_jpeg
from hub.publish.publisher import Publisher
from hub.upload.adding import Adding
from hub.upload.jobs import Uploads
from hub.web.pages import Pages
from hub.web.pages.complaints import ComplaintPages
from hub.web.pages.operator import Ground, OperatorPages
from hub.web.pages.review import ReviewPages
from hub.web.pages.shared import SharedPages
from hub.web.pages.streets import StreetPages
from hub.web.pages.tiles import TilePages
from hub.web.pages.uploads import UploadPages
from hub.web.work import Work


class Worker(Protocol):
    """What works behind a part of the page, in a thread of its own."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
    @property
    def alive(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the parts stand in: the hub's folder and cameras, how it was started, and which of its parts are well."""

    folder: HubFolder
    data: Path
    cameras: LiveCameras
    desk: Desk
    pairing: Pairing
    tiles_url: str | None
    contact: str | None
    well: Callable[[], Mapping[str, bool]]


class Front:
    """The page's parts. `stack` ends what works behind them; `workers`, by name, are started by whoever runs the hub,
    who also sees that they live."""

    def __init__(self, stack: ExitStack, frame: Frame) -> None:
        self._frame = frame
        self.gallery = Gallery(frame.folder.store, self.sightings_of)
        self.publisher = self._publisher(stack)
        self.uploads = Uploads(frame.folder.store, frame.data, frame.cameras.request_refresh)
        stack.callback(self.uploads.stop)
        self.streets = StreetMap(frame.data)
        stack.callback(self.streets.close)
        self.workers: dict[str, Worker] = {"shared map": self.publisher, "uploads": self.uploads}
        self.parts = self._parts(stack)

    def sightings_of(self, camera_id: str) -> tuple[str, ...] | None:
        """The ids of a camera's sightings, also of one that is for people who review alone; None where there is no such
        camera. Raises StillReading where nothing is derived yet and no such camera was saved."""
        try:
            # All, and not those that are listed: a complaint hides pictures by them
            return self._frame.desk.sightings(camera_id) or None
        except StillReading:
            camera = self._frame.cameras.camera(camera_id)
            if camera is None:
                raise
            return camera.sighting_ids

    def sightings_named(self, camera: str) -> tuple[str, ...] | None:
        """The same of a camera whose page's address somebody has given: its id is the hub's, or the shared map's."""
        try:
            found = self.sightings_of(camera)
        except StillReading:
            if (shared := self.publisher.sightings_of(camera)) is None:
                raise
            return shared
        return self.publisher.sightings_of(camera) if found is None else found

    def _publisher(self, stack: ExitStack) -> Publisher:
        frame = self._frame
        publisher = Publisher(
            frame.folder.store,
            frame.desk.cameras,
            lambda: frame.cameras.status().revision,
            released=frame.desk.released,
            is_current=frame.desk.is_current,
            may_be_public=frame.desk.may_be_public,
            running=lambda: machine_clock().boot_s,
        )
        stack.callback(publisher.stop)
        frame.cameras.subscribe(publisher.request_look)
        return publisher

    def _parts(self, stack: ExitStack) -> list[Pages]:
        frame, store = self._frame, self._frame.folder.store
        works, incoming = StreetWorks(frame.data), Incoming(frame.data)
        stack.callback(works.stop)
        incoming.clear()
        review = ReviewPages(frame.desk, frame.cameras, add_path="/add")
        review.use_stands(Stands(frame.data, anywhere=True).of)
        operator = OperatorPages(self._ground())
        stack.callback(operator.stop)
        return [
            review,
            ComplaintPages(
                StrangersComplaints(store, self.gallery, self.sightings_named),
                frame.contact,
                lambda: frame.folder.keys.day,
            ),
            SharedPages(self.publisher, self._public_picture, store.people.note, streets=self.streets),
            TilePages(frame.cameras),
            UploadPages(self.uploads, Adding(store, frame.desk, frame.cameras.refresh), frame.tiles_url),
            StreetPages(self.streets, works, incoming),
            operator,
        ]

    def _ground(self) -> Ground:
        frame = self._frame
        return Ground(
            folder=frame.folder,
            pairing=frame.pairing,
            source=frame.cameras,
            work=Work(),
            every=frame.desk,
            parts=frame.well,
            has_streets=self._has_streets,
            audit=frame.folder.store.people,
            complaints=HubComplaints(frame.folder.store, self.gallery, self.sightings_named),
        )

    def _has_streets(self) -> bool:
        frame = self._frame
        return (
            frame.tiles_url is not None or self.streets.shown() is not None or frame.cameras.base_version() is not None
        )

    def _public_picture(self, sha256: str) -> bytes | None:
        jpeg = self._frame.folder.store.pictures.jpeg(sha256)
        return None if jpeg is None else public_jpeg(jpeg)
