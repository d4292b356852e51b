"""The tool that makes the lessons' pictures: it reaches whatever draws, in folders within the rooms too."""

from __future__ import annotations

import pytest

pytest.importorskip("PIL")

from tools import lesson_pictures


def test_functions_of_folders_within_a_room_are_reached() -> None:
    files = {one.__module__ for one in lesson_pictures.functions()}
    for file in ("explain.surfaces.model", "explain.tensors.moves", "explain.peeling.derivation", "plot.history"):
        assert f"onionskin.{file}" in files
