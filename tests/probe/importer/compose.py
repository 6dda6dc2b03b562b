"""WiGLE rows and Kismet networks composed for tests. All of them are made up."""

from pathlib import Path

from probe.contract.sighting import Sighting
from probe.importer.sightings import import_log
from probe.walk.outcome import Outcome

BANNER = "WigleWifi-1.6,appRelease=1,model=x,release=1,device=x,display=x,board=x,brand=x,star=Sol,body=3,subBody=0\n"
NAMES = (
    "MAC,SSID,AuthMode,FirstSeen,Channel,Frequency,RSSI,CurrentLatitude,CurrentLongitude,AltitudeMeters,"
    "AccuracyMeters,RCOIs,MfgrId,Type\n"
)
APP = BANNER + NAMES
OLD = (
    "WigleWifi-1.4,appRelease=1\n"
    "MAC,SSID,AuthMode,FirstSeen,Channel,RSSI,CurrentLatitude,CurrentLongitude,AltitudeMeters,AccuracyMeters,Type\n"
)
WEB = "trilat,trilong,ssid,qos,transid,firsttime,lasttime,lastupdt,netid,type,channel,road,city\n"
WEB_BLE = "trilat,trilong,ssid,qos,firsttime,lasttime,netid,type,capabilities,device,mfgrId,name,country\n"


def camera(number: int) -> str:
    """The address of an invented camera whose network's name ends as its address does."""
    return f"70:c9:4e:0a:0b:{number:02x}"


def app(
    mac: str = camera(1),
    ssid: str | None = None,
    *,
    at: str = "2026-05-09 10:00:00",
    channel: object = 6,
    mhz: object = 2437,
    rssi: object = -60,
    lat: object = 48.1,
    lon: object = 2.1,
    accuracy: object = 5,
    company: object = "",
    kind: str = "WIFI",
) -> str:
    """A row of the app's format, version 1.6."""
    name = f"Flock-{mac.replace(':', '')[6:]}" if ssid is None else ssid
    return f"{mac},{name},[ESS],{at},{channel},{mhz},{rssi},{lat},{lon},30,{accuracy},,{company},{kind}\n"


def old(mac: str, ssid: str) -> str:
    """A row of version 1.4."""
    return f"{mac},{ssid},[ESS],2026-05-09 10:00:00,6,-60,48.1,2.1,30,5,WIFI\n"


def imported(content: str | bytes, folder: Path, name: str = "log.csv") -> tuple[list[Sighting], Outcome]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", errors="surrogateescape"))
    outcome = Outcome()
    return list(import_log(path, outcome)), outcome


def addresses(found: list[Sighting]) -> list[str]:
    return sorted(sighting.radio.transmitter for sighting in found if sighting.radio is not None)
