"""How each part of a probe is, as its walker is told: a health, and what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from probe.run.parts import SupervisedPart
from probe.session.view import Note, Part, PartHealth, PartName
from probe.walk.shutters import CameraHealth, CameraStatus
from probe.walk.sources import Health, SourceSupervisor

RECEIVER = "gnss"  # a source of this kind gives no frames
_CAMERA = {
    CameraHealth.STARTING: (PartHealth.STARTING, "camera-starting"),
    CameraHealth.READY: (PartHealth.GOOD, None),
    CameraHealth.BUSY: (PartHealth.GOOD, None),
    CameraHealth.LOST: (PartHealth.TROUBLE, "camera-lost"),
    CameraHealth.REFUSED: (PartHealth.TROUBLE, "camera-refused"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What the service sees of its parts at one moment. `supervised` are those with a thread of ours, by their names;
    None stands for what the kit does not have."""

    sources: Sequence[SourceSupervisor]
    supervised: Mapping[str, SupervisedPart]
    has_receiver: bool
    has_fix: bool
    paused: bool
    camera: CameraStatus | None
    outbox_trouble: str | None
    outbox_late: bool
    in_ram: int
    offline: bool
    delivery_trouble: str | None
    has_compass: bool
    heading_trouble: str | None
    has_button: bool
    power_low: bool | None
    network_trouble: str | None
    network_detail: str | None
    network_up: bool | None
    page: bool


def parts_of(looked: Looked) -> tuple[Part, ...]:
    """All parts, those that the kit does not have as well."""
    return (
        _radio(looked),
        _position(looked),
        _heading(looked),
        _camera(looked),
        _outbox(looked),
        _delivery(looked),
        _thread(looked, PartName.BUTTON, there=looked.has_button),
        _thread(looked, PartName.SIGNALS, there="signals" in looked.supervised),
        _power(looked),
        _network(looked),
        _thread(looked, PartName.PAGE, there=looked.page),
    )


def _part(
    name: PartName, health: PartHealth, code: str | None = None, detail: str | None = None, **values: str | int
) -> Part:
    note = None if code is None else Note(code=code, values=dict(values), detail=detail)
    return Part(name=name, health=health, note=note)


def _failing(looked: Looked, name: PartName, thread: str) -> Part | None:
    """The trouble of a part's thread, None where it has none."""
    part = looked.supervised.get(thread)
    if part is None:
        return None
    if part.hangs:
        return _part(name, PartHealth.TROUBLE, "part-hangs")
    if part.fault is not None:
        return _part(name, PartHealth.TROUBLE, "part-fault", part.trouble, kind=part.fault)
    if part.trouble is not None:
        return _part(name, PartHealth.TROUBLE, "part-trouble", part.trouble)
    return None


def _thread(looked: Looked, name: PartName, *, there: bool) -> Part:
    if not there:
        return _part(name, PartHealth.ABSENT)
    return _failing(looked, name, name.value) or _part(name, PartHealth.GOOD)


def _source(name: PartName, supervisor: SourceSupervisor) -> Part:
    """A source that does not listen."""
    codes = {Health.LOST: "source-lost", Health.REFUSED: "source-refused"}
    if supervisor.health not in codes:
        return _part(name, PartHealth.STARTING, "source-starting", source=supervisor.name)
    return _part(name, PartHealth.TROUBLE, codes[supervisor.health], supervisor.trouble, source=supervisor.name)


def _radio(looked: Looked) -> Part:
    radios = [one for one in looked.sources if one.kind != RECEIVER]
    failing = _failing(looked, PartName.RADIO, "walk")
    if failing is not None:
        return failing
    if not radios:
        return _part(PartName.RADIO, PartHealth.ABSENT, "radio-none")
    deaf = [one for one in radios if one.health is not Health.LISTENING]
    if deaf:
        worst = next((one for one in deaf if one.health is not Health.STARTING), deaf[0])
        return _source(PartName.RADIO, worst)
    return _part(PartName.RADIO, PartHealth.GOOD)


def _position(looked: Looked) -> Part:
    if not looked.has_receiver:
        return _part(PartName.POSITION, PartHealth.ABSENT, "receiver-none")
    silent = next((one for one in looked.sources if one.kind == RECEIVER and one.health is not Health.LISTENING), None)
    if silent is not None:
        return _source(PartName.POSITION, silent)
    if looked.has_fix or looked.paused:  # then, and after the walk's end, nobody waits for a place
        return _part(PartName.POSITION, PartHealth.GOOD)
    return _part(PartName.POSITION, PartHealth.STARTING, "no-satellite")


def _heading(looked: Looked) -> Part:
    if not looked.has_compass:
        return _part(PartName.HEADING, PartHealth.ABSENT)
    if looked.heading_trouble is not None:
        return _part(PartName.HEADING, PartHealth.TROUBLE, looked.heading_trouble)
    return _part(PartName.HEADING, PartHealth.GOOD)


def _camera(looked: Looked) -> Part:
    if looked.camera is None:
        return _part(PartName.CAMERA, PartHealth.ABSENT)
    failing = _failing(looked, PartName.CAMERA, "photos")
    if failing is not None:
        return failing
    health, code = _CAMERA[looked.camera.health]
    return _part(PartName.CAMERA, health, code, looked.camera.trouble)


def _outbox(looked: Looked) -> Part:
    if looked.outbox_trouble is not None:
        return _part(PartName.OUTBOX, PartHealth.TROUBLE, "outbox-failing", looked.outbox_trouble, kept=looked.in_ram)
    if looked.outbox_late:
        return _part(PartName.OUTBOX, PartHealth.TROUBLE, "outbox-late", kept=looked.in_ram)
    return _part(PartName.OUTBOX, PartHealth.GOOD)


def _delivery(looked: Looked) -> Part:
    """A hub that is not in reach is how a walk is, and no trouble."""
    if looked.offline:
        return _part(PartName.DELIVERY, PartHealth.ABSENT)
    failing = _failing(looked, PartName.DELIVERY, "delivery")
    if failing is not None:
        return failing
    if looked.delivery_trouble is not None:
        return _part(PartName.DELIVERY, PartHealth.GOOD, "delivery-later", looked.delivery_trouble)
    return _part(PartName.DELIVERY, PartHealth.GOOD)


def _power(looked: Looked) -> Part:
    if looked.power_low is None:
        return _part(PartName.POWER, PartHealth.ABSENT)
    if looked.power_low:
        return _part(PartName.POWER, PartHealth.TROUBLE, "power-low")
    return _part(PartName.POWER, PartHealth.GOOD)


def _network(looked: Looked) -> Part:
    if looked.network_up is None:
        return _part(PartName.NETWORK, PartHealth.ABSENT)
    failing = _failing(looked, PartName.NETWORK, "network")
    if failing is not None:
        return failing
    if looked.network_trouble is not None:
        return _part(PartName.NETWORK, PartHealth.TROUBLE, looked.network_trouble, looked.network_detail)
    return _part(PartName.NETWORK, PartHealth.GOOD, None if looked.network_up else "network-hidden")
