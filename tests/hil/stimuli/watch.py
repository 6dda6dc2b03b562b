"""Watches a whole machine for octets that leave memory: files, packets, Unix sockets. Runs where the probe is, as root.

    watch.py    says `ready`; when its input ends it tells, in a JSON line each, what it saw since

Every file system that can be written is watched by fanotify, which hands over each file that is written itself, so
that one that is deleted, or never had a name, is read as well. Devices are known by their names (inotify on /dev): to
read them would be to use them. Packets are taken from all interfaces, the loopback too, but for ssh, which is the
bench's own. Of Unix sockets, and of the families of all sockets, the kernel's tracer tells. What is mapped into memory
is read when the file is closed.
"""

import base64
import ctypes
import json
import os
import select
import socket
import stat
import struct
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

BLOCK = 4096
SETTLE_S = 0.02  # what is written in one go is read once
MOST_BYTES = 64 << 20
PSEUDO = {"proc", "sysfs", "debugfs", "tracefs", "configfs", "devpts", "devtmpfs", "rootfs", "securityfs"}
MODIFY, CLOSE_WRITE, OVERFLOW = 0x2, 0x8, 0x4000  # fanotify's and inotify's alike
CREATE, MOVED_TO = 0x100, 0x80  # inotify's
FAN_INIT = 0x1 | 0x2 | 0x10 | 0x20  # close on exec, do not wait, no limit to what waits, none to marks
FAN_ADD_FILESYSTEM = 0x1 | 0x100
EVENT, NAMED = struct.Struct("=IBBHQii"), struct.Struct("=iIII")
SSH = 22
SOL_PACKET, PACKET_STATISTICS, OUTGOING = 263, 6, 4
TRACING = Path("/sys/kernel/tracing")
SENDS = ("unix_stream_sendmsg", "unix_dgram_sendmsg", "unix_seqpacket_sendmsg")

libc = ctypes.CDLL(None, use_errno=True)


def checked(code: int, what: str) -> int:
    if code < 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")
    return code


class Files:
    """What was written to files, by their path: the blocks of 4 KiB that were not known of that file, in order."""

    def __init__(self) -> None:
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOATIME
        self.fd = checked(libc.fanotify_init(FAN_INIT, flags), "fanotify_init")
        self.mounts: list[str] = []
        for line in Path("/proc/self/mounts").read_text().splitlines():
            _, at, kind, options, *_ = line.split()
            if kind in PSEUDO or "rw" not in options.split(","):
                continue
            mask = ctypes.c_uint64(MODIFY | CLOSE_WRITE)
            checked(libc.fanotify_mark(self.fd, FAN_ADD_FILESYSTEM, mask, -100, at.encode()), f"fanotify_mark {at}")
            self.mounts.append(at)
        self.seen: dict[str, dict[str, Any]] = {}
        self._blocks: dict[tuple[int, int], set[bytes]] = {}
        self.overflowed = False

    def take(self) -> None:
        waiting: dict[tuple[int, int], tuple[int, int]] = {}
        while True:
            try:
                events = os.read(self.fd, 1 << 16)
            except BlockingIOError:
                break
            at = 0
            while at < len(events):
                length, _, _, _, mask, fd, pid = EVENT.unpack_from(events, at)
                at += length
                self.overflowed |= bool(mask & OVERFLOW)
                if fd < 0:
                    continue
                about = os.fstat(fd)
                key = about.st_dev, about.st_ino
                if pid == os.getpid() or key in waiting:
                    os.close(fd)
                else:
                    waiting[key] = fd, pid
        for key, (fd, pid) in waiting.items():
            try:
                self._read(key, fd, pid)
            finally:
                os.close(fd)

    def _read(self, key: tuple[int, int], fd: int, pid: int) -> None:
        path = os.readlink(f"/proc/self/fd/{fd}")
        about = os.fstat(fd)
        seen = self.seen.setdefault(path, {"pids": {}, "new": [], "whole": True})
        if pid not in seen["pids"]:
            seen["pids"][pid] = by(pid)
        if not stat.S_ISREG(about.st_mode):
            return
        known = self._blocks.setdefault(key, set())
        seen["whole"] &= about.st_size <= MOST_BYTES
        for at in range(0, min(about.st_size, MOST_BYTES), 64 * BLOCK):
            piece = os.pread(fd, 64 * BLOCK, at)
            for start in range(0, len(piece), BLOCK):
                block = piece[start : start + BLOCK]
                if block not in known:
                    known.add(block)
                    seen["new"].append(block)

    def told(self) -> list[dict[str, Any]]:
        return [
            {"what": "file", "path": path, "by": [*seen["pids"].values()], "whole": seen["whole"]}
            | {"octets": base64.b64encode(b"".join(seen["new"])).decode()}
            for path, seen in self.seen.items()
        ]


def by(pid: int) -> dict[str, str]:
    """A process: its name, and the largest core dump that it may ever leave."""
    found = {"name": "", "core": ""}
    with suppress(OSError):
        found["name"] = Path(f"/proc/{pid}/comm").read_text().strip()
        limits = Path(f"/proc/{pid}/limits").read_text()
        found["core"] = next(line.split()[5] for line in limits.splitlines() if line.startswith("Max core file size"))
    return found


class Devices:
    """The names of what was written, or closed after it could have been, under /dev."""

    def __init__(self) -> None:
        self.fd = checked(libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC), "inotify_init1")
        self.folders: dict[int, str] = {}
        device = os.stat("/dev").st_dev
        for folder, below, _ in os.walk("/dev"):
            below[:] = [name for name in below if os.lstat(f"{folder}/{name}").st_dev == device]
            mask = MODIFY | CLOSE_WRITE | CREATE | MOVED_TO
            watch = checked(libc.inotify_add_watch(self.fd, folder.encode(), mask), f"inotify_add_watch {folder}")
            self.folders[watch] = folder
        self.seen: set[str] = set()

    def take(self) -> None:
        with suppress(BlockingIOError):
            while True:
                events, at = os.read(self.fd, 1 << 16), 0
                while at < len(events):
                    watch, _, _, length = NAMED.unpack_from(events, at)
                    name = events[at + NAMED.size : at + NAMED.size + length].rstrip(b"\0").decode()
                    at += NAMED.size + length
                    self.seen.add(f"{self.folders.get(watch, '?')}/{name}")


class Packets:
    """What went over each flow of each interface. On the loopback each packet passes twice, and is taken once."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.ntohs(3))
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 16 << 20)  # SO_RCVBUFFORCE
        self.socket.setblocking(False)
        self.flows: dict[str, bytearray] = {}
        self.lost = 0

    def take(self) -> None:
        with suppress(BlockingIOError):
            while True:
                packet, (interface, protocol, kind, *_) = self.socket.recvfrom(1 << 16)
                if not (interface == "lo" and kind == OUTGOING):
                    self._note(interface, protocol, packet)
        _, lost = struct.unpack("II", self.socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        self.lost += lost

    def _note(self, interface: str, protocol: int, packet: bytes) -> None:
        flow, payload = f"{interface} {protocol:#06x}", packet
        if protocol == 0x0800 and len(packet) >= 20:
            kind, start = packet[9], (packet[0] & 15) * 4
            flow = f"{interface} {socket.inet_ntoa(packet[12:16])} > {socket.inet_ntoa(packet[16:20])} {kind}"
            payload = packet[start : struct.unpack("!H", packet[2:4])[0] or None]
            if kind in (6, 17) and len(payload) >= 8:
                ports = struct.unpack("!HH", payload[:4])
                if kind == 6 and SSH in ports:
                    return
                flow += f" {ports[0]} > {ports[1]}"
                payload = payload[(payload[12] >> 4) * 4 :] if kind == 6 else payload[8:]
        self.flows.setdefault(flow, bytearray()).extend(payload)

    def told(self) -> list[dict[str, Any]]:
        flows = self.flows.items()
        return [{"what": "flow", "flow": flow, "octets": base64.b64encode(sent).decode()} for flow, sent in flows]


class Traced:
    """What the kernel's tracer notes: who made a socket of which family, who sent how much over a Unix socket."""

    def __init__(self) -> None:
        if not (TRACING / "kprobe_events").exists():
            checked(libc.mount(b"none", bytes(TRACING), b"tracefs", 0, None), "mount tracefs")
        probes = (TRACING / "kprobe_events").read_text()
        for name in SENDS:
            if f"bench/{name}" not in probes:
                events = os.open(TRACING / "kprobe_events", os.O_WRONLY | os.O_APPEND)  # not to be sought in
                os.write(events, f"p:bench/{name} {name} size=%dx:u64\n".encode())
                os.close(events)
        self._here = TRACING / "instances" / "bench"
        with suppress(FileExistsError):
            self._here.mkdir()
        (self._here / "buffer_size_kb").write_text("2048")
        (self._here / "trace").write_text("")
        self._switch("1")

    def _switch(self, to: str) -> None:
        for events in ("bench", "syscalls/sys_enter_socket"):
            (self._here / "events" / events / "enable").write_text(to)

    def told(self) -> list[dict[str, Any]]:
        self._switch("0")
        lines = (self._here / "trace").read_text().splitlines()
        return [{"what": "traced", "line": line.strip()} for line in lines if not line.startswith("#")]


def main() -> None:
    files, devices, packets, traced = Files(), Devices(), Packets(), Traced()
    took = (files, devices, packets)
    fds = [files.fd, devices.fd, packets.socket.fileno()]
    print("ready", flush=True)
    over = False
    while not over:
        ready, _, _ = select.select([*fds, sys.stdin], [], [])
        over = sys.stdin in ready and not sys.stdin.readline()
        time.sleep(SETTLE_S)
        for each in took:
            each.take()
    told = [
        *files.told(),
        *packets.told(),
        *traced.told(),
        {"what": "devices", "names": sorted(devices.seen)},
        {"what": "machine", "mounts": files.mounts, "swaps": Path("/proc/swaps").read_text().splitlines()[1:]}
        | {"own": os.getpid(), "lost": packets.lost, "overflowed": files.overflowed},
    ]
    for line in told:
        print(json.dumps(line))


if __name__ == "__main__":
    main()
