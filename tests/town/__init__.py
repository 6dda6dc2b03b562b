"""A plainly fictional town, its cameras, its air, and three walks through it. All of it is composed."""
