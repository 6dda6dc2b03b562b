"""Takes the place of a phone's camera: a picture of the code that `contrechamp-hub enroll` shows.

python -m tests.house.code_picture OUTPUT-OF-ENROLL PICTURE
"""

import io
import re
import sys
import time
from pathlib import Path

import segno
from PIL import Image

from hub.config import default_data
from hub.data import open_hub
from hub.enroll.pairing import Pairing


def main(shown: Path, picture: Path) -> None:
    assert re.search(r"contrechamp-probe pair ([\w-]+)", shown.read_text())
    with open_hub(default_data()) as hub:
        pairing = Pairing(hub.keys, hub.registry)
        (code,) = [code for one in pairing.open_now(time.time()) if (code := pairing.code_of(one)) is not None]
    drawn = io.BytesIO()
    segno.make(code.qr, error="m", micro=False).save(drawn, kind="png", scale=8, border=4)
    Image.open(drawn).convert("RGB").save(picture, quality=90)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
