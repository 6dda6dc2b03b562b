"""A hub whose page takes what people bring, and a visitor who is signed in; for tests of that."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from hub.data import HubFolder, make_hub
from hub.derive.desk import Desk
from hub.derive.live import LiveCameras
from hub.log.people import Role
from hub.upload.adding import Adding
from hub.upload.jobs import Uploads
from hub.web.app import make_app
from hub.web.gate import OpenGate
from hub.web.pages.uploads import UploadPages
from tests.patience import Patience

HERE = "http://127.0.0.1:8787"
DROP = "00112233445566778899aabbccddeeff"
GPX = b"""<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="47.01" lon="-17.01"><name>Camera at the corner</name></wpt>
<wpt lat="47.02" lon="-17.02"><name>7</name><desc>man_made=surveillance; camera:type=dome</desc></wpt>
<wpt lat="47.03" lon="-17.03"><name>Bakery</name></wpt></gpx>"""
WIGLE = (
    b"WigleWifi-1.6,appRelease=2.90,model=x,release=14,device=x,display=x,board=x,brand=x,star=Sol,body=3,subBody=0\n"
    b"MAC,SSID,AuthMode,FirstSeen,Channel,Frequency,RSSI,CurrentLatitude,CurrentLongitude,AltitudeMeters,"
    b"AccuracyMeters,RCOIs,MfgrId,Type\n"
    b"58:8e:81:10:20:30,Flock-102030,[WPA2],2026-07-09 08:02:10,6,2437,-60,47.001,-17.001,10,5,,,WIFI\n"
    b"02:11:22:33:44:55,=HYPERLINK(1),[WPA2],2026-07-09 08:02:11,6,2437,-61,47.001,-17.001,10,5,,,WIFI\n"
)


@dataclass
class Bringing:
    """The hub, its page's app, and a client of it."""

    hub: HubFolder
    live: LiveCameras
    uploads: Uploads
    app: Starlette
    client: TestClient

    def photo(self, data: bytes, **query: str) -> dict[str, Any]:
        return self._bring("/add/photos", data, {"name": "IMG_1.jpg", "drop": DROP, **query})

    def file(self, data: bytes, name: str = "walk.csv", **query: str) -> dict[str, Any]:
        return self._bring("/add/files", data, {"name": name, **query})

    def camera(self, **fields: Any) -> Any:
        return self.client.post("/add/camera", json={"lat": 47.0, "lon": -17.0, **fields})

    def _bring(self, path: str, data: bytes, query: dict[str, str]) -> dict[str, Any]:
        answer = self.client.post(path, params=query, content=data)
        assert answer.status_code == 202, answer.text
        return self.done(answer.json()["id"])

    def done(self, job: str) -> dict[str, Any]:
        """What came of it, once it is done."""
        patience = Patience(60.0)
        while not patience.over():
            state: dict[str, Any] = self.client.get(f"/add/jobs/{job}").json()
            if state["stage"] == "done":
                return state
            time.sleep(0.02)
        raise AssertionError("it did not come to its end")


@contextmanager
def bringing(folder: Path, role: Role = Role.OPERATOR) -> Iterator[Bringing]:
    """A hub that runs in a folder, without its broker."""
    with make_hub(folder) as hub:
        live = LiveCameras(hub.store, data=folder, recogniser=hub.recogniser)
        uploads = Uploads(hub.store, folder, live.refresh)
        adding = Adding(hub.store, Desk(live, hub.store), live.refresh)
        app = make_app(live, gate=OpenGate(role, "ana"), parts=[UploadPages(uploads, adding)])
        uploads.start()
        try:
            with TestClient(app, base_url=HERE, headers={"origin": HERE}) as client:
                yield Bringing(hub, live, uploads, app, client)
        finally:
            uploads.stop()
            live.stop()


def phone_photo(seed: int = 1, *, place: tuple[float, float] | None = (47.0, 17.0), width: int = 640) -> bytes:
    """A JPEG as a phone takes it: noise, with a place (degrees north and west) where it has one."""
    pixels = np.random.default_rng(seed).integers(0, 256, (width * 3 // 4, width, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0110] = "Phone"
    if place is not None:
        gps = exif.get_ifd(0x8825)
        gps |= {1: "N", 2: _dms(place[0]), 3: "W", 4: _dms(place[1]), 16: "T", 17: 90.0}
        exif[0x8825] = gps
    out = BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()


def _dms(degrees: float) -> tuple[float, float, float]:
    minutes = (degrees % 1) * 60
    return float(int(degrees)), float(int(minutes)), round((minutes % 1) * 60, 4)
