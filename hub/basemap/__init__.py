"""The street map: made on this machine of an extract of OpenStreetMap, and shown with no internet."""

TILES, STREETS = "basemap.pmtiles", "streets.db"
WALKERS = "walkers.streets"  # what probes take along
INCOMING = "incoming"  # where extracts are laid for the page to find
ATTRIBUTION = "© OpenStreetMap contributors, ODbL"
EXTENSION = ".osm.pbf"
