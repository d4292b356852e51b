"""The build: with the native engine where there is a C++ compiler, else pure Python; called by pip.

ONIONSKIN_NATIVE=require fails where the native engine cannot be built; ONIONSKIN_NATIVE=skip leaves it out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hatchling import build as plain

ROOT = Path(__file__).resolve().parent.parent
MODULE = ROOT / "src" / "onionskin" / "engines" / "native"
COMPILERS = ("c++", "g++", "clang++", "cl")
Settings = dict[str, Any] | None


def wanted() -> bool:
    """Tell whether to try to build the native engine."""
    choice = os.environ.get("ONIONSKIN_NATIVE", "")
    if choice not in ("", "require", "skip"):
        raise SystemExit(f"ONIONSKIN_NATIVE is 'require' or 'skip', not {choice!r}")
    if choice == "skip":
        return False
    if choice == "require" or os.environ.get("CXX") or any(map(shutil.which, COMPILERS)):
        return True
    _say("there is no C++ compiler here")
    return False


def _say(reason: str) -> None:
    """Tell the person who installs what is missing; pip shows it with -v, and asking for the engine says it again."""
    print(f"onionskin: {reason}; it is installed without the native engine.", file=sys.stderr)


def _tried(native: Callable[[], str | None]) -> str | None:
    """Return what the native build gives; None where it is not wanted or fails."""
    if not wanted():
        return None
    try:
        return native()
    except (Exception, SystemExit) as error:
        if os.environ.get("ONIONSKIN_NATIVE") == "require":
            raise
        _say(f"the native engine could not be compiled ({type(error).__name__}: {error})")
        return None


def build_wheel(wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None) -> str:
    """Build a wheel."""

    def native() -> str:
        from scikit_build_core import build

        return str(build.build_wheel(wheel_directory, config_settings, metadata_directory))

    return _tried(native) or str(plain.build_wheel(wheel_directory, config_settings, metadata_directory))


def build_editable(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None
) -> str:
    """Build the native engine into the source tree, and a wheel that points there."""
    for old in MODULE.glob("_ext.*.so"):
        old.unlink()

    def native() -> None:
        options = [f"-DPython_EXECUTABLE={sys.executable}", "-DONIONSKIN_INPLACE=ON", "-DCMAKE_BUILD_TYPE=Release"]
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["cmake", "-S", str(ROOT), "-B", folder, "-G", "Ninja", *options], check=True)
            subprocess.run(["cmake", "--build", folder], check=True)

    _tried(native)
    return str(plain.build_editable(wheel_directory, config_settings, metadata_directory))


def build_sdist(sdist_directory: str, config_settings: Settings = None) -> str:
    """Build an archive of the source."""
    return str(plain.build_sdist(sdist_directory, config_settings))


def _tools(config_settings: Settings) -> list[str]:
    if not wanted():
        return []
    from scikit_build_core import build

    return list(build.get_requires_for_build_wheel(config_settings))


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    """Return what else a wheel needs: CMake and Ninja where there is a compiler and they are missing."""
    return [*plain.get_requires_for_build_wheel(config_settings), *_tools(config_settings)]


def get_requires_for_build_editable(config_settings: Settings = None) -> list[str]:
    """Return what else an editable installation needs."""
    return [*plain.get_requires_for_build_editable(config_settings), *_tools(config_settings)]
