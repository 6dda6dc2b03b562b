"""`python -m hub` is `contrechamp-hub`."""

from hub.cli.main import main

main()
