"""Which bodies, arrows and view make the picture of each step, the exploded view, and the kit as it is done."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import trimesh

from hardware.enclosure import boards
from hardware.enclosure.cameras import CAMERAS
from hardware.enclosure.lid import camera_back
from hardware.pictures.cables import strip
from hardware.pictures.laid import laid
from hardware.pictures.pieces import PLUG, Pieces, moved, pin_place, turned, turned_lid, wire_ends
from hardware.pictures.places import shift, turn
from hardware.pictures.render import Arrow, Body, Label, Mark, Vector, View
from hardware.pictures.steps import Step, load
from hardware.wiring.harness import load_wiring, printed

Scene = tuple[list[Body], list[Mark], View]
FRONT: Vector = (0.3, -0.55, 1.0)
LID_DONE = ("lid", "window", "bar nuts", "camera", "bar", "bar screws")


def middle(bodies: Iterable[Body]) -> Any:
    """The middle of the box around bodies."""
    boxes = np.array([body.mesh.bounds for body in bodies])
    return (boxes[:, 0].min(axis=0) + boxes[:, 1].max(axis=0)) / 2


def _vector(at: Any) -> Vector:
    return float(at[0]), float(at[1]), float(at[2])


def _arrow(bodies: list[Body], lift: Vector) -> list[Mark]:
    """From a lifted piece to its place: through the middle of a small one, beside a large one that would hide it."""
    if not bodies or not any(lift):
        return []
    by, at = np.array(lift), middle(bodies)
    half = (at - np.array([body.mesh.bounds[0] for body in bodies]).min(axis=0))[0]
    beside = half + 4.0 if at[0] < 48 else -half - 4.0  # towards the middle of the case
    begin = at + np.array([beside if half > 9 and not lift[0] else 0.0, 0.0, 0.0])
    return [Arrow(_vector(begin + by * 0.97), _vector(begin + by * 0.2))]


def _arrow_before(bodies: list[Body], lift: Vector) -> list[Mark]:
    """From a lifted piece to its place, on the side towards the eye, where the piece cannot hide it."""
    if not bodies:
        return []
    at, low = middle(bodies), np.array([body.mesh.bounds[0] for body in bodies]).min(axis=0)
    begin = np.array([at[0], low[1] - 3.0, at[2]])
    return [Arrow(_vector(begin + lift), _vector(begin + np.array(lift) * 0.3))]


def _before(step: Step) -> list[str]:
    """What earlier steps have put into the open case."""
    names = ["case", "pi nuts", "lid nuts"]
    for one in load():
        if one.number < step.number and one.scene == "case":
            names += one.adds
    return names


def in_case(kit: Pieces, step: Step) -> Scene:
    """The open case; the step's pieces lifted off."""
    if "lid done" in step.adds:
        return closing(kit, step)
    hidden = {"ribbon up"} if {"gnss", "button"} & set(step.adds) else set()  # it would stand before what is put in
    bodies = kit.of([name for name in _before(step) if name not in hidden], faint=True)
    marks: list[Mark] = []
    if "button" in step.adds:
        added, marks = _in_left_wall(kit, step)
        return [*bodies, *added], marks, View(step.eye or FRONT)
    if "wires" in step.adds:  # their plugs are what the eye is to find
        wires = kit.of(["wires"])
        bodies += [replace(body, new=body.colour == PLUG) for body in wires]
        return bodies, pin_names(kit), View(step.eye or FRONT, room=1.16)
    for name in step.adds:
        new = kit.of([name], new=True)
        if name == "board tie":  # where it will lie
            bodies += new
            continue
        lift = (step.lift[0], step.lift[1], step.lift[2] + (22.0 if name.endswith("screws") else 0.0))
        bodies += moved(new, lift)
        if name in {"board", "buzzer", "motor"}:
            marks += _arrow_before(new, lift)
        elif name != "ribbon up":
            marks += _arrow(new, lift)
    return bodies, marks, View(step.eye or FRONT)


def _in_left_wall(kit: Pieces, step: Step) -> tuple[list[Body], list[Mark]]:
    """The button with its ring outside, its nut inside; the LED inside."""
    ring, head, cap, thread, nut, tail = kit.of(["button"], new=True)
    led = kit.of(["led"], new=True)
    out = step.lift
    groups: list[tuple[list[Body], Vector]] = [
        ([head, cap, thread, tail], out),
        ([ring], (out[0] * 0.35, 0.0, 0.0)),
        ([nut], (24.0, 0.0, 0.0)),
        (led, (30.0, 0.0, 0.0)),
    ]
    bodies: list[Body] = []
    marks: list[Mark] = []
    for number, (group, by) in enumerate(groups, 1):
        there = moved(group, by)
        bodies += there
        at = middle(there)
        away = {1: (-50, -60), 2: (-10, -90), 3: (60, 50), 4: (60, -40)}[number]
        marks.append(Label(str(number), _vector(at), away))
        if number != 2:
            edge = np.array([[body.mesh.bounds[0][0], body.mesh.bounds[1][0]] for body in there])
            wall = -kit.p.wall
            if number == 1:
                begin, end = edge[:, 1].max() - 6.0, wall - 3.0
            else:
                begin, end = edge[:, 0].min() - 1.0, 3.0
            beside = 11.0 if number == 1 else 0.0
            marks.append(
                Arrow((begin - (12.0 if number == 1 else 0.0), at[1] - beside, at[2]), (end, at[1] - beside, at[2]))
            )
    return bodies, marks


def pin_names(kit: Pieces) -> list[Mark]:
    """The names of the pins in use beside the board's rows as it lies, and the compass's."""
    p, wiring = kit.p, load_wiring()
    board = wiring.boards[p.board]
    marks: list[Mark] = []
    high = p.radio.z + 18.0
    for row, pins in enumerate(board.rows):
        side = 1 if row == 0 else -1
        for pin in pins:
            if any(wire.board == pin for wire in wiring.kits[p.kit]):
                x, y, _ = pin_place(p, pin)
                marks.append(Label(printed(pin), (x, y, high), (side * 30.0, 0.0), 15, ring=False))
        x, y, _ = pin_place(p, pins[0])
        marks.append(Label("1", (x, y, high), (side * 34.0, 44.0), 18))
    compass = [wire.pin for wire in wiring.kits[p.kit] if wire.part == p.compass]
    for nth, pin in enumerate(compass):
        begin, _ = wire_ends(p, "compass", nth)
        marks.append(Label(pin, begin, ((nth - 1.5) * 52.0, -150.0), 18, ring=False))
    return marks


def closing(kit: Pieces, step: Step) -> Scene:
    """The lid's top edge under the roof, its lower edge still up; the screws above their holes."""
    p = kit.p
    bodies = kit.of([name for name in _before(step) if name != "ribbon up"] + ["ribbon"], faint=True)
    over = turn(-np.radians(32.0), 0, (0.0, p.height, p.depth))
    bodies += turned(kit.of(LID_DONE), over)
    screws = kit.of(["lid screws"], new=True)
    bodies += turned(moved(screws, (0, 0, 16.0)), over)
    low = turn(-np.radians(30.0), 0, (0.0, p.height, p.depth))
    tip = (low @ np.array([p.width / 2, 0.0, p.depth + 1.0, 1.0]))[:3]
    return (
        bodies,
        [Arrow(_vector(tip - np.array([0.0, 4.0, 0.0])), (p.width / 2, -7.0, p.depth + 4.0))],
        View(step.eye or FRONT),
    )


def in_lid(kit: Pieces) -> Scene:
    """The lid from inside with its nuts and window on their way, the case beside it with all its nuts on theirs."""
    p = kit.p
    bodies = turned_lid(kit, kit.of(["lid"]))
    marks: list[Mark] = []
    for group in [kit.of(["window"], new=True), *([body] for body in kit.of(["bar nuts"], new=True))]:
        lift: Vector = (0.0, 16.0, 0.0) if marks else (0.0, 0.0, 30.0)
        there = turned_lid(kit, group)
        bodies += moved(there, lift)
        marks += _arrow(there, lift)
    aside = (-p.width - 46.0, 0.0, 0.0)
    bodies += moved(kit.of(["case"]), aside)
    for name in ("pi nuts", "lid nuts"):
        for body in kit.of([name], new=True):
            at = middle([body])
            way = (0.0, 15.0 if at[1] < p.pi.y + 30 else -15.0, 0.0) if name == "pi nuts" else None
            way = way or (15.0 if at[0] < p.width / 2 else -15.0, 0.0, 0.0)
            there = moved([body], aside)
            bodies += moved(there, way)
            marks += _arrow(there, way)
    return bodies, marks, View((0.1, -0.45, 1.0))


def with_camera(kit: Pieces, step: Step) -> Scene:
    """The lid behind the case, its inside up; the ribbon, which sits in the Pi, runs flat into the camera."""
    p = kit.p
    bodies = kit.of([name for name in _before(step) if name != "ribbon up"], faint=True)
    beyond: Vector = (-25.0, p.height + 14.0, -p.depth)
    bodies += moved(turned_lid(kit, kit.of(["lid", "window", "bar nuts"])), beyond)
    marks: list[Mark] = []
    lifts = {"camera": 26.0, "bar": 48.0, "bar screws": 66.0}
    for number, name in enumerate(step.adds, 1):
        lift: Vector = (0.0, 0.0, lifts[name])
        there = moved(turned_lid(kit, kit.of([name], new=True)), beyond)
        bodies += moved(there, lift)
        marks += _arrow(there, lift)
        at = middle(moved(there[:2] if name == "bar screws" else there, lift))
        marks.append(Label(str(number), _vector(at), (-150.0, -10.0)))
    x, y, low = p.pi.x + 15.0, p.pi.y + 66.0, p.pi.z + 2.2
    end = p.width - p.lens_x + beyond[0]
    into = p.lens_y - CAMERAS[p.camera].below + beyond[1]
    high = 2 * p.depth - camera_back(p) + 1.4 + beyond[2] + lifts["camera"]
    line = [(x, y - 3, low), (x, y + 6, low), (x + 1, y + 13, 24.0), (x + 4, y + 25, 46.0)]
    line += [(end - 2, y + 42, high + 2.0), (end, into - 12.0, high), (end, into + 4.0, high)]
    bodies.append(Body(strip(line, (1, 0, 0), 16.0, narrow=11.5), "#e9e6da", new=True))
    marks.append(Label("4", line[3], (-120.0, -20.0)))
    return bodies, marks, View((-0.25, -0.8, 0.9))


def with_ribbon(kit: Pieces) -> Scene:
    """The Pi on the table; ribbon and card on their way in. Beside it the ribbon's narrow end turned over."""
    p = kit.p
    over = turn(-np.pi / 2, 2)
    pi = turned(kit.of(["pi"]), over)
    y = -(p.pi.x + 15.0)
    x, z = p.pi.y + p.pi.height, p.pi.z + 2.0
    ends = [(x + 9.0, y, z), (x + 24.0, y, z), (x + 45.0, y, z + 3.0), (x + 66.0, y, z + 1.0), (x + 74.0, y, z)]
    white, gold, stiff = "#e9e6da", "#d9a520", "#6f93c4"
    ribbon = [
        Body(strip(ends, (0, 1, 0), 16.0, narrow=11.5), white, new=True),
        Body(strip([(x + 9.0, y, z + 0.5), (x + 15.0, y, z + 0.5)], (0, 1, 0), 11.5), stiff, new=True),
        Body(strip([(x + 69.0, y, z + 0.5), (x + 75.0, y, z + 0.5)], (0, 1, 0), 16.0), stiff, new=True),
    ]
    back = y + 36.0
    ribbon.append(
        Body(strip([(x + 9.0, back, z), (x + 24.0, back, z), (x + 38.0, back, z)], (0, 1, 0), 16.0, narrow=11.5), white)
    )
    contacts = [
        trimesh.creation.box((5.0, 0.34, 0.3), shift(x + 11.6, back + (i - 10.5) * 0.5, z + 0.5)) for i in range(22)
    ]
    ribbon.append(Body(trimesh.util.concatenate(contacts), gold, edges=False))
    card_y, left = -(p.pi.x + 30.0 - 16.9), p.pi.y
    box = shift(left - 24.0, card_y, z + 0.2)
    card = Body(trimesh.creation.box((15.0, 11.0, 1.0), box), "#2b2d31", new=True)
    marks: list[Mark] = [
        Arrow((x + 27.0, y - 16.0, z), (x + 4.0, y - 16.0, z)),
        Arrow((left - 30.0, card_y - 14.0, z), (left - 8.0, card_y - 14.0, z)),
        Label("1", (x - 0.2, y + 6.0, z + 1.0), (14.0, -90.0)),
        Label("2", (x + 12.0, y, z + 1.0), (30.0, -90.0)),
        Label("3", (x + 11.0, back, z + 1.0), (-50.0, -40.0)),
        Label("4", (left - 24.0, card_y, z + 1.0), (0.0, -70.0)),
        Label("5", (x + 71.0, y, z + 1.0), (0.0, 90.0)),
    ]
    bodies = [body for body in pi if not (body.colour == boards.BLACK and body.mesh.bounds[0][0] < left - 1)]
    return [*bodies, *ribbon, card], marks, View((0.1, -0.9, 1.0))


def worn(kit: Pieces, *, new: bool) -> Scene:
    """Closed, upright, strap and bank at it."""
    shown = ["case", *LID_DONE, "lid screws", "button", "led", "grommet"]
    bodies = kit.of(shown) + kit.of(["strap", "bank"], new=new)
    return bodies, [], View((-0.95, 0.12, 0.75))


def exploded(kit: Pieces) -> Scene:
    """All of it, drawn apart along the way it goes together."""
    lifts = {
        "case": 0.0,
        "pi": 62.0,
        "pi screws": 78.0,
        "compass": 62.0,
        "gnss": 70.0,
        "buzzer": 62.0,
        "motor": 52.0,
        "board": 66.0,
        "bar screws": 92.0,
        "bar": 104.0,
        "camera": 120.0,
        "window": 138.0,
        "lid": 168.0,
        "lid screws": 186.0,
    }
    bodies = [body for name, lift in lifts.items() for body in moved(kit.of([name]), (0.0, 0.0, lift))]
    bodies += moved(kit.of(["button"]), (-34.0, 0, 0)) + moved(kit.of(["led"]), (-20.0, 0, 0))
    return bodies, [], View((-0.9, -0.42, 0.62), up=(0.0, 1.0, 0.15))


def scene(kit: Pieces, step: Step) -> Scene:
    """The picture of a step."""
    if step.scene == "layout":
        return laid(kit)
    if step.scene == "pi":
        return with_ribbon(kit)
    if step.scene == "lid":
        return with_camera(kit, step) if "camera" in step.adds else in_lid(kit)
    if step.scene == "worn":
        return worn(kit, new=True)
    return in_case(kit, step)
