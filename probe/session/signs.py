"""What a probe says without a screen: few signs, by touch, sound or light.

How each of them feels is in `probe/device/signals.py`.
"""

from enum import StrEnum


class Sign(StrEnum):
    """One thing that a walker is told with eyes on the street."""

    LISTENING = "listening"  # all that is plugged in listens
    HEARD = "heard"  # a camera that was not heard before on this walk
    PHOTO_KEPT = "photo-kept"
    PHOTO_REFUSED = "photo-refused"  # a pin at best, or nothing
    NO_FIX = "no-fix"
    PAUSED = "paused"
    RESUMED = "resumed"
    LOW_POWER = "low-power"
    DELIVERED = "delivered"  # at home, and the hub has all of it
    TROUBLE = "trouble"  # a part has failed: the page says which
