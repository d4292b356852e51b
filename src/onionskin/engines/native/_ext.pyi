"""The executor, written in C++: what it takes and gives; see `_cpp/module.cpp`."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

class Program:
    def __init__(
        self,
        values: Sequence[tuple[int, Sequence[int], int, int]],
        arena_bytes: int,
        constants: list[np.ndarray],
        name: str,
    ) -> None: ...
    @property
    def name(self) -> str: ...
    def tile(
        self,
        outs: Sequence[int],
        ins: Sequence[int],
        code: Sequence[int],
        consts: Sequence[float],
        shape: Sequence[int],
        strides: Sequence[Sequence[int]],
        dtype: int,
    ) -> None: ...
    def matmul(
        self,
        out: int,
        a: int,
        b: int,
        trans_a: bool = False,
        trans_b: bool = False,
        bias: int = -1,
        epilogue: Sequence[int] = ...,
        epilogue_inputs: Sequence[int] = ...,
        epilogue_consts: Sequence[float] = ...,
        epilogue_outs: Sequence[int] = ...,
        by_rows: bool = False,
        scaling: Sequence[int] = ...,
        factors: Sequence[float] = ...,
    ) -> None: ...
    def reduce(self, out: int, a: int, kind: str, outer: int, length: int, inner: int) -> None: ...
    def rows(self, out: int, a: int, kind: str, rows: int, length: int) -> None: ...
    def copy_strided(
        self,
        out: int,
        a: int,
        shape: Sequence[int],
        strides: Sequence[int],
        offset: int = 0,
        out_strides: Sequence[int] = ...,
        out_offset: int = 0,
    ) -> None: ...
    def take_rows(self, out: int, a: int, indices: int) -> None: ...
    def one_hot(self, out: int, a: int, num_classes: int) -> None: ...
    def random_uniform(self, out: int, seed: int) -> None: ...
    def random_bits(self, out: int, seed: int) -> None: ...
    def lanes(
        self,
        outs: Sequence[int],
        ins: Sequence[int],
        slots: Sequence[tuple[bool, int]],
        loads: Sequence[tuple[int, int]],
        stores: Sequence[int],
        constants: Sequence[tuple[int, Sequence[float]]],
        code: Sequence[Sequence[int]],
        tables: Sequence[Sequence[int]],
    ) -> None: ...
    def call(self, function: Callable[..., Any], outs: Sequence[int], ins: Sequence[int]) -> None: ...
    def in_place(self, positions: Sequence[int]) -> None: ...
    def by_rows(self, positions: Sequence[int]) -> None: ...
    def run(self, inputs: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]: ...
    def run_steps(
        self,
        state: Sequence[np.ndarray],
        fixed: Sequence[np.ndarray],
        columns: Sequence[np.ndarray],
        order: np.ndarray,
        batch: int,
        n_state: int,
    ) -> tuple[list[np.ndarray], list[np.ndarray]]: ...
    def instructions(self) -> int: ...
    def profile(self, on: bool) -> None: ...
    def times(self) -> list[float]: ...

def isa() -> str: ...
def isas() -> list[str]: ...
def set_isa(name: str) -> None: ...
def set_threads(count: int) -> None: ...
def threads() -> int: ...
def read_directly(on: bool) -> None: ...
def opcodes() -> dict[str, int]: ...
def lane_opcodes() -> dict[str, int]: ...
