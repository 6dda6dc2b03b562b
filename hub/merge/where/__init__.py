"""Where a camera stands: from hearings, silences, bearings and places to regions of doubt. Pure."""
