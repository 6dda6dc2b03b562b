"""The pages as a site and as PDF: Sphinx, MyST and furo, with words of our own for parts, steps, wires."""
