"""A machine that has a stock card and nothing of ours, as a Pi has it that was just unpacked."""
