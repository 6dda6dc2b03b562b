"""A probe's processor, emulated: Debian's arm64 kernel and Python, with the probe's own wheel."""
