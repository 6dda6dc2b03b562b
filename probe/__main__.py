"""`python -m probe` is `contrechamp-probe`."""

from probe.cli import main

main()
