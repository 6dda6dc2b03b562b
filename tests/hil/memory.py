"""How much memory a bench's machine has to spare, and how much a program took."""

from tests.hil.bench import Bench

SPARE_MB = 234


def available_mb(bench: Bench) -> float:
    return int(bench.run("sh", "-c", "sed -n 's/MemAvailable: *\\([0-9]*\\).*/\\1/p' /proc/meminfo").out) / 1000


def peak_mb(bench: Bench, pid: str) -> float:
    """The peak memory of a process; 0 where it has ended meanwhile."""
    told = bench.run("sed", "-n", "s/VmHWM:[^0-9]*\\([0-9]*\\).*/\\1/p", f"/proc/{pid}/status", check=False)
    return int(told.out or 0) / 1000


def shrink(bench: Bench) -> float:
    """Leave as much memory as a small machine has to spare: pages that nobody can use are set aside. MB to spare."""
    if bench.kind != "virtual":
        return available_mb(bench)
    bench.run("sh", "-c", "echo 3 > /proc/sys/vm/drop_caches; echo 1 > /proc/sys/vm/compact_memory")
    pages = round((available_mb(bench) - SPARE_MB) / 2.097)
    bench.run("sysctl", "-q", f"vm.nr_hugepages={pages}")
    return available_mb(bench)


def large_again(bench: Bench) -> None:
    """Give back what `shrink` set aside."""
    bench.run("sysctl", "-q", "vm.nr_hugepages=0", check=False)
