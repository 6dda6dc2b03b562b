"""A walker's phone: signs in to the page with the code of the kit's card, looks, and taps. Runs where the probe is.

    phone.py PAGE CODE_FILE   then line by line: `view`, or what to do and its JSON, such as `pin {"words": ["dome"]}`

Says `ready` once it is in, and what the page answers in one line each.
"""

import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any


def ask(url: str, body: str | None = None, token: str | None = None) -> Any:
    """What a page answers, or its refusal."""
    origin, headers = "/".join(url.split("/")[:3]), {"Content-Type": "application/json"}
    if body is not None:
        headers["Origin"] = origin
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    asked = urllib.request.Request(url, None if body is None else body.encode(), headers)
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        return {"refused": refused.code, "why": refused.read().decode(errors="replace")}


def main() -> None:
    page, code_file = sys.argv[1].rstrip("/"), Path(sys.argv[2])
    until_s = time.monotonic() + 60
    while True:
        try:
            signed = ask(f"{page}/sign-in", json.dumps({"code": code_file.read_text().strip()}))
            break
        except OSError:
            if time.monotonic() > until_s:
                raise
            time.sleep(0.3)
    token = signed["token"]
    print("ready", flush=True)
    for line in sys.stdin:
        name, _, body = line.strip().partition(" ")
        told = ask(f"{page}/view", None, token) if name == "view" else ask(f"{page}/do/{name}", body or "{}", token)
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
