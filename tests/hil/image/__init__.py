"""The virtual bench's machine: a Debian image made by script, kept under a key of its recipe."""
