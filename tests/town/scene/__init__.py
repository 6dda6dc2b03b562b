"""Street pictures of the fictional town, drawn by the real geometry of a lens. Nobody and nothing in them is real."""
