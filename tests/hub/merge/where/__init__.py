"""Where a camera stands."""
