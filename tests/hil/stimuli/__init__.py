"""Programs that run beside the probe, or on a second machine, and make what it is to notice."""
