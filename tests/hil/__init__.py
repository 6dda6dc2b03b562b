"""The bench: the real probe on a machine of its own, with radios, cables and power that tests control."""
