"""Whether the machine was busy, hot or slowed down while it was measured."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OTHERS_LIMIT = 0.15
"""CPUs that other programs may use before a run is called loaded."""
STEAL_LIMIT = 0.02
"""Fraction of CPU time that a hypervisor may take."""
DRIFT_LIMIT = 0.25
"""How far the rounds of one row may lie apart, as stats.drift puts it."""
THROTTLED_NOW = 0xF
"""Bits of vcgencmd get_throttled for the moment: under-voltage, capped, throttled, soft limit."""


@dataclass(frozen=True)
class Sample:
    """Counters at one moment; None for what this system does not tell."""

    wall: float
    """Seconds."""
    own: float
    """CPU seconds of this process and its finished children."""
    busy: float | None
    """CPU seconds of all processes, over all CPUs."""
    stolen: float | None
    """CPU seconds the hypervisor kept."""
    load: float | None
    """Load average over a minute."""
    temperature: float | None
    """Degrees Celsius."""
    throttled: int | None
    """Bits of vcgencmd get_throttled."""


def sample() -> Sample:
    """Reads the counters now."""
    times = os.times()
    busy, stolen = _cpu_seconds()
    return Sample(
        wall=time.monotonic(),
        own=sum(times[:4]),
        busy=busy,
        stolen=stolen,
        load=os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        temperature=_temperature(),
        throttled=_throttled(),
    )


def between(before: Sample, after: Sample) -> dict[str, Any]:
    """What happened between two samples.

    Args:
        before: At the start of the timing.
        after: At its end.

    Returns:
        seconds; own_cpus and other_cpus, the average number of CPUs this
        process and all others used; steal, a fraction of one CPU's time;
        load_before, load_after; temperature_before_c, temperature_c; throttled (hexadecimal).
    """
    seconds = max(after.wall - before.wall, 1e-9)
    own = (after.own - before.own) / seconds
    others = steal = None
    if before.busy is not None and after.busy is not None:
        others = max(0.0, (after.busy - before.busy) / seconds - own)
    if before.stolen is not None and after.stolen is not None:
        steal = (after.stolen - before.stolen) / seconds
    throttled = None if after.throttled is None else after.throttled | (before.throttled or 0) & THROTTLED_NOW
    return {
        "seconds": round(seconds, 1),
        "own_cpus": round(own, 3),
        "other_cpus": None if others is None else round(others, 3),
        "steal": None if steal is None else round(steal, 4),
        "load_before": None if before.load is None else round(before.load, 2),
        "load_after": None if after.load is None else round(after.load, 2),
        "temperature_before_c": before.temperature,
        "temperature_c": after.temperature,
        "throttled": None if throttled is None else hex(throttled),
    }


def warnings(record: dict[str, Any], *, cores: int, governor: str | None, drift: float | None) -> list[str]:
    """What a reader of the figures has to know.

    Args:
        record: By `between`.
        cores: CPUs this process may use.
        governor: The frequency governor, None where unknown.
        drift: By stats.drift, of the middle row; None where nothing was timed.

    Returns:
        Sentences; none for a quiet, cool machine.
    """
    found = []
    others, steal = record["other_cpus"], record["steal"]
    if others is not None and others > OTHERS_LIMIT:
        found.append(
            f"Loaded machine: other programs used {others:.1f} CPUs meanwhile; this one may use {cores}."
        )
    if steal is not None and steal > STEAL_LIMIT:
        found.append(f"Shared machine: the hypervisor kept {100 * steal:.0f} % of a CPU's time for others.")
    if record["throttled"] is not None and int(record["throttled"], 16):
        state = "is" if int(record["throttled"], 16) & THROTTLED_NOW else "has been since it was started"
        found.append(f"Throttled machine: it {state} slowed down (get_throttled {record['throttled']}).")
    if governor is not None and governor != "performance":
        found.append(f"The CPU governor is {governor}: the clock follows the load.")
    if drift is not None and drift > DRIFT_LIMIT:
        found.append(f"Unsteady machine: the medians of a row's rounds lie {100 * drift:.0f} % apart.")
    return found


def _cpu_seconds() -> tuple[float | None, float | None]:
    """Busy and stolen CPU seconds since the start, over all CPUs (proc(5))."""
    try:
        fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
        ticks = os.sysconf("SC_CLK_TCK")
    except (OSError, AttributeError, ValueError, IndexError):
        return None, None
    user, nice, system, _idle, _iowait, irq, softirq, steal = (int(field) / ticks for field in fields[:8])
    return user + nice + system + irq + softirq, steal


def _temperature() -> float | None:
    try:
        return int(Path("/sys/class/thermal/thermal_zone0/temp").read_text()) / 1000
    except (OSError, ValueError):
        return None


def _throttled() -> int | None:
    """Bits of the Raspberry Pi's firmware, where there is one."""
    if shutil.which("vcgencmd") is None:
        return None
    try:
        done = subprocess.run(
            ["vcgencmd", "get_throttled"], capture_output=True, text=True, timeout=5, check=True
        )
        return int(done.stdout.partition("=")[2], 16)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
