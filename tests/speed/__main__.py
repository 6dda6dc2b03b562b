"""`make speed`: frames per CPU-second of the probe's whole path beside scapy, dpkt and tshark, all in one run; and what
taking people out of a picture costs beside others, with its recall where the labelled photos are.

User and system time of whole processes, imports included; readers take turns, and the median of the rounds counts.
Only ratios of one run mean anything: rates depend on the machine.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.speed import homecoming, redaction, small
from tests.speed.frames import write, write_walk

FIELDS = ("frame.time_epoch", "wlan.sa", "wlan.fc.type_subtype", "wlan.ssid", "radiotap.dbm_antsignal", "wlan.bssid")
SCAPY_SHARE, PEERS_SHARE = 50, 5  # slow readers get a part of the frames, so that a round stays bearable


@dataclass(slots=True)
class Reader:
    """One reader and its runs: CPU seconds and peak megabytes."""

    command: list[str]
    frames: int
    runs: list[tuple[float, float]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return median(self.frames / seconds for seconds, _ in self.runs)

    @property
    def peak_mb(self) -> float:
        return max(peak for _, peak in self.runs)


def _homecoming(probes: int) -> dict[str, float | str]:
    """Probes that come home at once, beside a bare loop."""
    found = homecoming.measure(probes, 500, 20)
    print(f"\n{found['delivery.input']}, beside paho, mosquitto and SQLite without seals:")
    for name, value in found.items():
        print(f"  {name:40} {value}")
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--frames", type=int, default=400_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--probes", type=int, default=20, help="How many come home at once; the long form has 200.")
    options.add_argument("--json", type=Path, default=Path("build/speed.json"))
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        readers, made_of = _prepare(Path(folder), asked.frames)
        print(f"{asked.frames:,} frames: {made_of}; {asked.rounds} rounds, {os.cpu_count()} cores")
        for _ in range(asked.rounds):
            for reader in readers.values():
                reader.runs.append(_run(reader.command))
    result: dict[str, float | str] = {"radio.input": made_of, **_compare(readers)}
    result |= _on_a_small_machine(readers["ours"])
    result |= redaction.measure(_run)
    if shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin"):
        result |= _homecoming(asked.probes)
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps(result, indent=1) + "\n")
    print(f"written to {asked.json}")


def _prepare(folder: Path, frames: int) -> tuple[dict[str, Reader], str]:
    """The captures and the readers. Peers read a part of the same mix: their rates do not depend on how much it is."""
    whole, fresh = folder / "whole.pcap", folder / "fresh.pcap"
    part, little = folder / "part.pcap", folder / "little.pcap"
    made_of = write(whole, frames)
    write(fresh, frames // 2, all_new=True)
    write(part, frames // PEERS_SHARE)
    write(little, frames // SCAPY_SHARE)
    write_walk(whole.with_suffix(".nmea"), frames // 500)

    def ours(name: str, path: Path, count: int) -> Reader:
        return Reader([sys.executable, "-m", "tests.speed.readers", name, str(path)], count)

    readers = {
        "ours": ours("ours", whole, frames),
        "all new": ours("ours", fresh, frames // 2),
        "memo off": ours("forgetful", whole, frames),
        "dpkt": ours("dpkt", part, frames // PEERS_SHARE),
        "scapy": ours("scapy", little, frames // SCAPY_SHARE),
    }
    if shutil.which("tshark") is None:
        print("no tshark on this machine: left out")
    else:
        fields = [word for name in FIELDS for word in ("-e", name)]
        command = ["tshark", "-r", str(part), "-T", "fields", *fields]
        readers["tshark"] = Reader(command, frames // PEERS_SHARE)
    return readers, made_of


_METER = """
import json, os, sys
to_nowhere = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=to_nowhere)
_, status, usage = os.wait4(pid, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]))
"""


def _run(command: list[str]) -> tuple[float, float]:
    """CPU seconds and peak megabytes of a whole process.

    Started by a little one: the kernel counts the memory of who starts a process as its peak, until there is more.
    """
    metered = [sys.executable, "-I", "-S", "-c", _METER, *command]
    done = subprocess.run(metered, capture_output=True, text=True, check=False)
    code, cpu_s, peak_mb = json.loads(done.stdout) if done.returncode == 0 else (1, 0.0, 0.0)
    if code:
        sys.exit(f"{' '.join(command[:4])} failed: {done.stderr[-500:]}")
    return float(cpu_s), float(peak_mb)


def _compare(readers: dict[str, Reader]) -> dict[str, float | str]:
    mine, forgetful = readers["ours"], readers["memo off"]
    peers = [name for name in ("dpkt", "tshark", "scapy") if name in readers]
    print(f"{'reader':9} {'frames':>9} {'frames/CPU-s':>13} {'ours is':>9} {'memo off is':>12} {'peak MB':>8}")
    for name, reader in readers.items():
        print(
            f"{name:9} {reader.frames:>9,} {reader.rate:>13,.0f} {mine.rate / reader.rate:>8.1f}x "
            f"{forgetful.rate / reader.rate:>11.1f}x {reader.peak_mb:>8.0f}"
        )
    result: dict[str, float | str] = {
        "radio.frames_per_cpu_s": round(mine.rate),
        "radio.all_new_frames_per_cpu_s": round(readers["all new"].rate),
        "radio.memo_off_frames_per_cpu_s": round(forgetful.rate),
        "radio.peak_rss_mb": round(mine.peak_mb, 1),
    }
    for name in peers:
        result[f"radio.ratio_to_{name}"] = round(mine.rate / readers[name].rate, 2)
        result[f"radio.memo_off_ratio_to_{name}"] = round(forgetful.rate / readers[name].rate, 2)
    return result


def _on_a_small_machine(mine: Reader) -> dict[str, float | str]:
    slow, fast = small.beacons_per_s_dsss(), small.beacons_per_s_ofdm()
    print(f"airtime of one radio: {slow:,.0f} beacons/s at 1 Mb/s, {fast:,.0f} at 6 Mb/s (300 octets each)")
    print(f"  of one core here, the fuller of these takes {fast / mine.rate:.2%}")
    result: dict[str, float | str] = {"radio.airtime_dsss_per_s": round(slow), "radio.airtime_ofdm_per_s": round(fast)}
    count = small.instructions_per_frame()
    if count is None:
        print("instructions per frame: not counted, no valgrind on this machine")
    else:
        share = count * fast * small.A53_CYCLES_PER_INSTRUCTION / small.A53_HZ
        print(
            f"instructions per frame: {count:,.0f} (x86-64, valgrind); ESTIMATE for a Zero 2 W: {share:.1%} of a core"
        )
        result |= {
            "radio.instructions_per_frame": round(count),
            "radio.estimated_share_of_zero2w_core": round(share, 4),
        }
    flat = small.memory_over_millions()
    told = ", ".join(f"{megabytes:.1f}" for megabytes in flat)
    print(f"resident MB after each million of {small.MILLIONS} million frames, {small.ADDRESSES:,} addresses: {told}")
    if flat:
        result |= {"radio.rss_mb_after_1m": flat[0], "radio.rss_mb_after_5m": flat[-1]}
    return result


if __name__ == "__main__":
    main()
