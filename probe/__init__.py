"""The probe: what a volunteer carries. It listens, looks and hands sightings over; it never transmits as it listens."""

__version__ = "0.1.0"
