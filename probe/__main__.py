"""`python -m probe` is `contrechamp-probe`."""

from probe.cli.main import main

main()
