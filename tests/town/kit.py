"""A recorded walk with a whole kit: two adapters, each on its band, and a radio board, out of one walk of the town."""

from pathlib import Path
from struct import pack

from probe.radio.capture import open_capture
from probe.radio.channels import channel_of
from probe.radio.link import Heard, write_heard, write_message
from tests.probe.radio.compose import radiotap

_BODY = {0: 28, 2: 34, 4: 24, 5: 36, 8: 36}


def record(walk: Path, folder: Path) -> list[Path]:
    """Write wlan1.pcap (2.4 GHz), wlan2.pcap (5 GHz) and board.log from a walk's frames; the board loses a line now
    and then, and there is some noise on its cable."""
    low, high, lines = [], [], []
    hello = {"type": "hello", "seq": 0, "protocol": 1, "board": "composed", "uid": "00", "channels": [1], "ble": False}
    seq, began_s = 1, None
    for number, frame in enumerate(open_capture(walk / "frames.pcap").frames()):
        began_s = began_s or frame.captured_at_s
        control = bytes([frame.subtype << 4, 0, 0, 0])
        raw = (
            control + b"\xff" * 6 + frame.transmitter + frame.bssid + bytes(_BODY[frame.subtype] - 22) + frame.elements
        )
        packet = radiotap(raw, signal_dbm=frame.signal_dbm or -90, mhz=frame.channel_mhz or 2412)
        if (frame.channel_mhz or 0) > 3000:
            high.append((frame.captured_at_s, packet))
        elif number % 3:
            low.append((frame.captured_at_s, packet))
        else:
            seq += 1
            if number % 50:
                channel = channel_of(frame.channel_mhz or 2412) or 0
                told = Heard(1, seq & 0xFFFF, 0, channel, frame.signal_dbm or -90, 1, seq & 0xFFFF, len(raw), raw[:400])
                lines.append(b"%.3f %s" % (frame.captured_at_s, write_heard(told)))
            if not number % 400:
                lines.append(b"%.3f >>> noise" % frame.captured_at_s)
    for name, packets in (("wlan1.pcap", low), ("wlan2.pcap", high)):
        with (folder / name).open("wb") as file:
            file.write(pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 127))
            for at_s, packet in packets:
                file.write(pack("<IIII", int(at_s), int(at_s % 1 * 1e6), len(packet), len(packet)) + packet)
    start = b"%.3f %s" % (began_s or 0.0, write_message(hello))
    (folder / "board.log").write_bytes(b"\n".join([start, *lines]) + b"\n")
    return [folder / "wlan1.pcap", folder / "wlan2.pcap", folder / "board.log"]
