"""The kits: what they are made of, how they are wired, cased, built, and told."""
