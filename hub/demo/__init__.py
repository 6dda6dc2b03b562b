"""The demo: a fictional town's cameras, found by a real probe and mapped by a real hub. `data/` is all composed."""
