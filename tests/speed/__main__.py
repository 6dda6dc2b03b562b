"""`make speed`: frames per CPU-second of the replay path beside scapy, dpkt and tshark, all in one run.

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
from pathlib import Path
from statistics import median

from tests.speed.frames import write

FIELDS = ("frame.time_epoch", "wlan.sa", "wlan.fc.type_subtype", "wlan.ssid", "radiotap.dbm_antsignal", "wlan.bssid")
SCAPY_SHARE = 10  # scapy's full dissection is so slow that it gets a tenth of the frames


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--frames", type=int, default=40_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--json", type=Path, default=Path("build/speed.json"))
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        whole, part = Path(folder) / "whole.pcap", Path(folder) / "part.pcap"
        made_of = write(whole, asked.frames)
        write(part, max(1, asked.frames // SCAPY_SHARE))
        print(f"{asked.frames} frames, made of {made_of}; {asked.rounds} rounds, {os.cpu_count()} cores")
        commands = _commands(whole, part)
        runs: dict[str, list[tuple[float, int, float]]] = {name: [] for name in commands}
        for _ in range(asked.rounds):
            for name, (command, frames) in commands.items():
                runs[name].append(_run(command, frames))
    _report(runs, {name: frames for name, (_, frames) in commands.items()}, made_of, asked.json)


def _commands(whole: Path, part: Path) -> dict[str, tuple[list[str], int]]:
    def reader(name: str, path: Path) -> tuple[list[str], int]:
        return [sys.executable, "-m", "tests.speed.readers", name, str(path)], _frames_in(path)

    commands = {"ours": reader("ours", whole), "dpkt": reader("dpkt", whole), "scapy": reader("scapy", part)}
    tshark = shutil.which("tshark")
    if tshark is None:
        print("no tshark on this machine: left out")
    else:
        fields = [word for field in FIELDS for word in ("-e", field)]
        commands["tshark"] = ([tshark, "-r", str(whole), "-T", "fields", *fields], _frames_in(whole))
    return commands


def _frames_in(path: Path) -> int:
    data, at, count = path.read_bytes(), 24, 0
    while at < len(data):
        at += 16 + int.from_bytes(data[at + 8 : at + 12], "little")
        count += 1
    return count


def _run(command: list[str], frames: int) -> tuple[float, int, float]:
    """CPU seconds, frames and peak megabytes of a whole process."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    complaint = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command[:4])} failed: {complaint.decode(errors='replace')[-500:]}")
    return usage.ru_utime + usage.ru_stime, frames, usage.ru_maxrss / 1024


def _report(
    runs: dict[str, list[tuple[float, int, float]]], frames: dict[str, int], made_of: str, target: Path
) -> None:
    rates = {name: median(count / seconds for seconds, count, _ in rounds) for name, rounds in runs.items()}
    memory = {name: max(peak for _, _, peak in rounds) for name, rounds in runs.items()}
    print(f"{'reader':8} {'frames':>8} {'frames/CPU-s':>14} {'ours is':>9} {'peak MB':>8}")
    for name, rate in rates.items():
        print(f"{name:8} {frames[name]:>8} {rate:>14,.0f} {rates['ours'] / rate:>8.1f}x {memory[name]:>8.0f}")
    result: dict[str, float | str] = {"radio.frames_per_cpu_s": round(rates["ours"]), "radio.input": made_of}
    result |= {
        f"radio.ratio_to_{name}": round(rates["ours"] / rate, 2) for name, rate in rates.items() if name != "ours"
    }
    result["radio.peak_rss_mb"] = round(memory["ours"], 1)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=1) + "\n")
    print(f"written to {target}")


if __name__ == "__main__":
    main()
