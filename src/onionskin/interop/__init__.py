"""Graphs in the formats of other libraries."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door

if TYPE_CHECKING:
    from onionskin.interop.expressions import SymbolicFunction as SymbolicFunction
    from onionskin.interop.expressions import from_sympy as from_sympy
    from onionskin.interop.expressions import graph_from_sympy as graph_from_sympy
    from onionskin.interop.symbolic import Symbolic as Symbolic
    from onionskin.interop.symbolic import to_sympy as to_sympy

_door = Door(
    __name__,
    {
        "onionskin.interop.expressions": "SymbolicFunction from_sympy graph_from_sympy",
        "onionskin.interop.symbolic": "Symbolic to_sympy",
    },
)
__getattr__, __dir__ = _door.find, _door.names
