"""Say how much memory a model takes and how much there is, before it is loaded."""

import os
from contextlib import suppress
from pathlib import Path

from models.errors import ModelError
from models.weights import weights

GIB = 2**30
MEMINFO = Path("/proc/meminfo")
GROUP = Path("/sys/fs/cgroup")
SLACK = 1.05  # buffers beside the weights themselves
FOUR_BIT = 0.57  # bytes for one value in NF4, its scales quantised too


def available(device: str) -> int:
    """Return the bytes of memory that are free on a device: cpu, mps, cuda, cuda:1."""
    if device.startswith("cuda"):
        import torch

        free: int = torch.cuda.mem_get_info(device)[0]
        return free
    return min(_of_machine(), _of_group())


def weights_size(folder: Path, *, value_bytes: int, quantize: bool = False) -> int:
    """Return the bytes that a model's weights take in memory."""
    found = weights(folder)
    if not quantize:
        return sum(weight.elements for weight in found) * value_bytes
    total = 0.0
    for weight in found:  # what is embedded, normed or put out keeps its precision
        small = weight.name.endswith("proj.weight")
        total += weight.elements * (FOUR_BIT if small else value_bytes)
    return int(total)


def check_memory(needed: int, *, device: str, what: str) -> None:
    """Raise ModelError where a device has less free memory than is needed."""
    free = available(device)
    if needed * SLACK <= free:
        return
    where = "the GPU" if device.startswith("cuda") else "this machine"
    raise ModelError(
        f"{what} needs about {gib(needed * SLACK)} of memory and {where} has"
        f" {gib(free)} free; free some, take a smaller model, or load it at a lower"
        " precision"
    )


def gib(count: float) -> str:
    """Return bytes as people read them.

    >>> gib(3 * 2**30), gib(5_000_000)
    ('3.0 GiB', '4.8 MiB')
    """
    return f"{count / GIB:.1f} GiB" if count >= GIB else f"{count / 2**20:.1f} MiB"


def _of_machine() -> int:
    with suppress(OSError, ValueError, IndexError):
        for line in MEMINFO.read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")  # where the free is not told


def _of_group() -> int:
    """Return what a container's limit leaves, or more than any machine has."""
    with suppress(OSError, ValueError):
        limit = int((GROUP / "memory.max").read_text("ascii"))
        used = int((GROUP / "memory.current").read_text("ascii"))
        stat = dict(
            line.split() for line in (GROUP / "memory.stat").read_text("ascii").splitlines()
        )
        return limit - used + int(stat.get("inactive_file", 0))
    return 2**62
