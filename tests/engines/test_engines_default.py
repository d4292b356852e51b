"""Which engine runs where none is named: the native one, without it the reference engine with one warning."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings

import pytest

import onionskin
from onionskin import engines
from onionskin.base import config
from onionskin.base.errors import UnknownNameError
from onionskin.engines import lookup
from tests.conftest import NATIVE

MENDED = (
    "install a C++20 compiler (g++ 12, clang 16 or later) and then onionskin again: "
    "pip install --force-reinstall --no-deps --no-cache-dir onionskin"
)


@pytest.fixture
def no_compiled_part(monkeypatch):
    monkeypatch.setattr(config, "_settings", dict(config._settings))
    monkeypatch.setattr(lookup, "_ENGINES", {"reference": engines.get("reference")})
    monkeypatch.setitem(sys.modules, "onionskin.engines.native._ext", None)


def fresh(code, **environment):
    """Run code in a fresh interpreter, by default with no engine named; return what it printed and said."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("ONIONSKIN_")}
    known = {**known, "PYTHONPATH": os.pathsep.join(sys.path), **environment}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=known)
    return done.stdout, done.stderr


@pytest.mark.skipif(not NATIVE, reason="the native engine's compiled part is not built")
def test_the_native_engine_runs_where_none_is_named():
    code = "from onionskin import engines; print(engines.get().name)"
    assert fresh(code) == ("native\n", "")
    assert fresh(code, ONIONSKIN_ENGINE="") == ("native\n", "")
    assert fresh(code, ONIONSKIN_ENGINE="auto") == ("native\n", "")
    assert fresh(code, ONIONSKIN_ENGINE="reference") == ("reference\n", "")
    onionskin.set_engine("reference")
    onionskin.set_engine("auto")
    assert engines.get() is engines.get("native")


def test_importing_onionskin_loads_no_engine():
    code = "import sys, onionskin; print([name for name in sys.modules if name.startswith('onionskin.engines.')])"
    assert fresh(code) == ("[]\n", "")


def test_without_the_compiled_part_the_reference_engine_runs_and_says_so_once(no_compiled_part):
    onionskin.base.config.set_engine("auto")
    with pytest.warns(RuntimeWarning) as caught:
        assert engines.get() is engines.get("reference")
    assert [str(one.message) for one in caught] == [
        "onionskin runs on its reference engine, in NumPy: the native engine's compiled part cannot be used (import of "
        f"onionskin.engines.native._ext halted; None in sys.modules). To mend it, {MENDED}. To do without it, set "
        "ONIONSKIN_ENGINE=reference."
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert engines.get() is engines.get("reference")
        onionskin.set_engine("auto")


def test_who_chose_the_reference_engine_is_not_told_of_another(no_compiled_part):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        onionskin.set_engine("reference")
        assert engines.get().name == "reference"
    blocked = "import sys; sys.modules['onionskin.engines.native._ext'] = None; "
    used = blocked + "import onionskin; print(onionskin.jit(onionskin.ops.tanh)(0.0))"
    assert fresh(used, ONIONSKIN_ENGINE="reference") == ("0.0\n", "")
    printed, said = fresh(used)
    assert printed == "0.0\n"
    assert said.count("RuntimeWarning: onionskin runs on its reference engine, in NumPy") == 1


def test_a_wrong_variable_is_said_at_first_use():
    code = (
        "import onionskin\n"
        "for _ in range(2):\n"
        "    try:\n"
        "        onionskin.jit(onionskin.ops.tanh)(0.0)\n"
        "    except Exception as error:\n"
        "        print(type(error).__name__, error)\n"
    )
    wanted = (
        "UnknownNameError ONIONSKIN_ENGINE: there is no engine of this name.\n"
        "  given:    'nativ'\n"
        "  to fix:   did you mean 'native'? Known: auto, native, reference\n"
    )
    assert fresh(code, ONIONSKIN_ENGINE="nativ") == (2 * wanted, "")
    with pytest.raises(UnknownNameError) as caught:
        onionskin.set_engine("nativ")
    assert str(caught.value) == (
        "there is no engine of this name.\n"
        "  given:    'nativ'\n"
        "  to fix:   did you mean 'native'? Known: auto, native, reference"
    )


@pytest.mark.skipif(not NATIVE, reason="the native engine's compiled part is not built")
def test_a_wrong_instruction_set_is_said_at_first_use():
    run = "try:\n    onionskin.jit(onionskin.ops.tanh)(0.0)\nexcept ValueError as error:\n    print(error)"
    code = f"import onionskin\n{run}"
    from onionskin.engines.native import _ext

    assert fresh(code, ONIONSKIN_ISA="avx1024") == (
        "ONIONSKIN_ISA: this processor has no instruction set of this name.\n"
        f"  expected: {_ext.isas()}\n"
        "  given:    'avx1024'\n",
        "",
    )
