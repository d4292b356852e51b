"""What a measurement ran on: processor, cores and versions; no name of a host, a user or a path."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from typing import Any

import numpy as np


def facts(engines: tuple[str, ...], peers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what to know of the machine and of the software, as plain data."""
    versions = {"numpy": np.__version__}
    versions |= {name: str(getattr(peer.LIBRARY, "__version__", "?")) for name, peer in peers.items()}
    found: dict[str, Any] = {
        "processor": processor(),
        "architecture": platform.machine(),
        "cores": _cores(),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": versions,
        "engines": list(engines),
    }
    if "native" in engines:
        from onionskin.engines.native import _ext

        found |= {"instructions": _ext.isa(), "threads": _ext.threads()}
    return found


def processor(path: str = "/proc/cpuinfo") -> str:
    """Return the model of the processor, as the system names it."""
    try:
        with open(path, encoding="utf-8") as file:
            named = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        named = []
    return named[0] if named else platform.processor() or platform.machine()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def line(found: dict[str, Any]) -> str:
    """Return the facts as one line or two of text."""
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    native = f", {found['instructions']}, {found['threads']} threads" if "instructions" in found else ""
    return (
        f"{found['processor']} ({found['architecture']}, {found['cores']} cores{native}), {found['system']}\n"
        f"Python {found['python']}, {versions}"
    )
