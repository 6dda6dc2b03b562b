"""Drivers of benches."""
