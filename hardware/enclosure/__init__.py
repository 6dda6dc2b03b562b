"""The case, as a parametric model, and what is checked of it."""
