"""From windows to the whole map: each atom follows one window, by rules that ask for nothing but the windows it is in.

A camera belongs to the window in whose tile its mean lies, or its group is at home. An atom follows the first window to
which a camera of it belongs; where none does, the first to which one of its windows says that it belongs; else its own.
What follows the same window and is one camera there is one camera. So stitching only ever takes cameras apart: what
never shares a camera in any window never does.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hub.merge.windows.atoms import Atom
from hub.merge.windows.tiles import Tile, tile_of
from hub.merge.windows.window import Piece, PieceKey, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """The piece of a window that an atom follows, and whether the windows were at odds about that."""

    piece: Piece
    at_odds: bool


def followed(atom: Atom, tiles: Iterable[Tile], windows: Mapping[Tile, Window]) -> Followed | None:
    """What an atom follows; None where no window knows a camera of it. `tiles` are those whose windows have it."""
    claims: dict[PieceKey, Piece] = {}
    others: list[Piece] = []
    for tile in tiles:
        window = windows.get(tile)
        for piece in () if window is None else window.pieces:
            numbers = piece.cameras_of(atom.key)
            if any(piece.found[number].camera is not None for number in numbers):
                claims[piece.key] = piece
            elif atom.key in piece.put:
                others.append(piece)
    if claims:
        return Followed(piece=claims[min(claims)], at_odds=len(claims) > 1)
    there = {piece.key: piece for piece in _said(atom, others, windows)}
    there = there or {piece.key: piece for piece in _at(atom, atom.lat, atom.lon, windows)}
    there = there or {piece.key: piece for piece in others}
    return Followed(piece=there[min(there)], at_odds=True) if there else None


def _said(atom: Atom, pieces: Iterable[Piece], windows: Mapping[Tile, Window]) -> Iterator[Piece]:
    for piece in pieces:
        for number in piece.cameras_of(atom.key):
            found = piece.found[number]
            yield from _at(atom, found.lat, found.lon, windows)


def _at(atom: Atom, lat: float, lon: float, windows: Mapping[Tile, Window]) -> list[Piece]:
    """The pieces at a place that know an atom."""
    window = windows.get(tile_of(lat, lon))
    return [] if window is None else [piece for piece in window.pieces_at(lat, lon) if atom.key in piece.put]
