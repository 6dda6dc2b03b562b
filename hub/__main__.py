"""`python -m hub` is `contrechamp-hub`."""

from hub.cli import main

main()
