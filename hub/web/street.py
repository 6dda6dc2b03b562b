"""The street at which a camera stands, in words."""

from hub.basemap.shown import StreetMap
from hub.publish.view import CameraView
from hub.web.words import Words


def street_at(streets: StreetMap | None, say: Words, camera: CameraView) -> str:
    """Such as "Rue Grimaldi, near no. 12"; empty where no street is known within 60 m, or no street map is there."""
    found = None if streets is None else streets.near(camera.lat, camera.lon)
    if found is None:
        return ""
    name = found.called(say.code)
    return name if found.number is None else say("street_number", street=name, number=found.number)
