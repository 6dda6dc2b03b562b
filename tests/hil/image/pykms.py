"""Stands in for the display library that picamera2 imports for previews: not in Debian, and no bench has a display."""


class _Any(type):
    def __getattr__(cls, name: str) -> str:
        return name


class PixelFormat(metaclass=_Any):
    """Has whatever format is asked for."""
