"""The bench's own hand in the machine: what comes in by the second serial port is run, its output goes back.

A line of JSON each way: a command; its exit code and its output.
"""

import json
import os
import subprocess
import termios
import tty

port = os.open("/dev/ttyS1", os.O_RDWR | os.O_NOCTTY)
tty.setraw(port, termios.TCSANOW)
with os.fdopen(os.dup(port), "rb", buffering=0) as heard, os.fdopen(port, "wb", buffering=0) as said:
    while line := heard.readline():
        try:
            words = json.loads(line)
        except ValueError:
            continue
        done = subprocess.run(
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False
        )
        answer = json.dumps([done.returncode, done.stdout.decode(errors="replace")[-60_000:]])
        data = answer.encode() + b"\n"
        while data:
            data = data[said.write(data) :]
