"""What the board does when it has power: listen, and tell what it hears. See firmware/link.md."""

from radio.glue import listen

listen()
