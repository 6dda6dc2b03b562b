"""Drawings of kinds of cameras, by code."""

from hardware.drawings.drawing import NAMES, make, svg, words_of

__all__ = ["NAMES", "make", "svg", "words_of"]
