"""The hub: where an operator gathers the sightings of many walks into one map of cameras."""
