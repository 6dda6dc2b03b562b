"""Cameras of a neighbourhood alone: the map in windows, each resolved by itself, and stitched to the same whole."""
