"""The probe's own camera adapter, frame by frame. Runs where the probe is.

    eye.py picamera2|v4l2 COUNT S    a line for each picture: width, height, mean; then `end`, or `refused` and why;
                                     a picture is waited for S seconds
    eye.py picamera2|v4l2 pair ...   the probe's command, which reads the hub's code with that camera
    eye.py CAMERA sees               what `photo --camera` is given: width, height, then all of it packed, in base 64

`v4l2` is a machine without picamera2.
"""

import sys


def main() -> None:
    kind, *words = sys.argv[1:]
    if kind == "v4l2":
        sys.modules["picamera2"] = None  # type: ignore[assignment]
    if words[0] == "sees":
        sees(sys.argv[1])
        return
    if words[0] == "pair":
        from probe.cli.main import main as command

        sys.argv[1:] = words
        command()
        return
    from probe.camera.frames import frames
    from probe.errors import BadInput

    print("ready", flush=True)
    try:
        for number, frame in enumerate(frames(float(words[1])), start=1):
            print(frame.shape[1], frame.shape[0], round(float(frame.mean())), flush=True)
            if number >= int(words[0]):
                break
        print("end", flush=True)
    except BadInput as problem:
        print("refused", problem, flush=True)


def sees(spec: str) -> None:
    """A picture as the probe's shutter takes it, before anything was taken out of it."""
    import base64
    import zlib

    from probe.camera.choose import camera_at
    from probe.camera.shutter import Shutter

    shutter = Shutter(camera_at(spec), patience_s=120)
    shot = shutter.take(1)
    print(shot.pixels.shape[1], shot.pixels.shape[0])
    print(base64.b64encode(zlib.compress(shot.pixels.tobytes(), 1)).decode(), flush=True)
    shutter.close()


if __name__ == "__main__":
    main()
