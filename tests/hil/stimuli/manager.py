"""What a service tells its manager, as systemd would hear it. Runs where the probe is.

    manager.py SOCKET SECONDS   until a service says that it is ready, so long at most

Says `ready` once it hears, then the status that came with the service's own READY=1.
"""

import socket
import sys
from pathlib import Path


def main() -> None:
    path = Path(sys.argv[1])
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(path))
        heard.settimeout(float(sys.argv[2]))
        print("ready", flush=True)
        while True:
            told = dict(line.partition("=")[::2] for line in heard.recv(65536).decode().splitlines())
            if told.get("READY") == "1":
                print(told.get("STATUS", ""), flush=True)
                return


if __name__ == "__main__":
    main()
