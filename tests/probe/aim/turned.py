"""Readings of a drawn compass and accelerometer on a device that is turned every way, or in one plane only."""

from dataclasses import dataclass

import numpy as np

from probe.aim.compass import Reading

SOFT = np.array(((1.15, 0.08, -0.03), (0.08, 0.9, 0.05), (-0.03, 0.05, 1.02)))
HARD = np.array((38.0, -22.0, 11.0))
FIELD_UT, DIP_DEG = 48.0, 64.0
_LEVEL = np.array(((1.0, 0, 0), (0, 0, -1.0), (0, 1.0, 0)))


@dataclass(frozen=True)
class Held:
    """How the lens was really held at a reading, in degrees from magnetic north."""

    heading: float
    pitch: float
    roll: float


def field_and_up(held: Held) -> tuple[np.ndarray, np.ndarray]:
    """The field and up in the lens's axes, without any iron."""
    h, p, r = np.radians((held.heading, held.pitch, held.roll))
    about_up = np.array(((np.cos(h), np.sin(h), 0), (-np.sin(h), np.cos(h), 0), (0, 0, 1)))
    about_east = np.array(((1, 0, 0), (0, np.cos(p), -np.sin(p)), (0, np.sin(p), np.cos(p))))
    about_north = np.array(((np.cos(r), 0, np.sin(r)), (0, 1, 0), (-np.sin(r), 0, np.cos(r))))
    world_to_lens = _LEVEL @ (about_up @ about_east @ about_north).T
    dip = np.radians(DIP_DEG)
    field = FIELD_UT * np.array((0.0, np.cos(dip), -np.sin(dip)))
    return world_to_lens @ field, world_to_lens @ np.array((0.0, 0.0, 9.81))


def reading(held: Held, rng: np.random.Generator, noise: float = 0.3) -> Reading:
    field, up = field_and_up(held)
    field = SOFT @ field + HARD + rng.normal(0, noise, 3)
    up = up + rng.normal(0, 0.05, 3)
    return Reading((field[0], field[1], field[2]), (up[0], up[1], up[2]))


def turned(number: int = 600, *, noise: float = 0.3, flat: bool = False, seed: int = 1) -> list[Reading]:
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(number):
        pitch = 0.0 if flat else float(np.degrees(np.arcsin(rng.uniform(-1, 1))))
        roll = 0.0 if flat else rng.uniform(-180, 180)
        made.append(reading(Held(rng.uniform(0, 360), pitch, roll), rng, noise))
    return made


def csv_of(readings: list[Reading]) -> str:
    lines = [",".join(f"{value:.4f}" for value in (*one.field, *one.up)) for one in readings]
    return "mx,my,mz,ax,ay,az\n" + "\n".join(lines) + "\n"
