"""The kits are one: parts, pins, prices, wiring, case and pages agree."""
