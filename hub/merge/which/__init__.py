"""Which camera a sighting speaks of: a partition of what was seen and heard, and how sure each part of it is. Pure."""
