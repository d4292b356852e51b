"""Lane programs of the executor: each instruction by hand on each instruction set, and the words of what is refused."""

import numpy as np
import pytest

from tests.engines_native.ext_run import ARENA, CODES, CONSTANT, INPUT, OPS, OUTPUT, _ext, build, isa, run  # noqa: F401

LANES = {**OPS, **_ext.lane_opcodes()}
F, D = "float32", "float64"


def line(name, dst, *operands, carried=0, table=-1, terms=1, detail=0):
    return [LANES[name], dst, *operands, *[-1] * (3 - len(operands)), carried, table, terms, detail]


def lanes(code, inputs, outputs, slots, tables=(), constants=(), loads=None, stores=None):
    """Run a lane program: inputs lie in the first slots, outputs are (slot, shape, dtype)."""
    return run("lanes", inputs, [(shape, dtype) for _, shape, dtype in outputs], **given(
        code, inputs, outputs, slots, tables, constants, loads, stores
    ))  # fmt: skip


def given(code, inputs, outputs, slots, tables=(), constants=(), loads=None, stores=None):
    return {
        "outs": [len(inputs) + index for index in range(len(outputs))],
        "ins": list(range(len(inputs))),
        "slots": list(slots),
        "loads": [(index, index) for index in range(len(inputs))] if loads is None else loads,
        "stores": [slot for slot, _, _ in outputs] if stores is None else stores,
        "constants": list(constants),
        "code": list(code),
        "tables": [list(one) for one in tables],
    }


@pytest.mark.parametrize("dtype", [F, D])
@pytest.mark.parametrize("count", [1, 3, 4, 8, 9, 16, 17, 40, 64])
def test_permutations_merges_and_sums_of_every_width(count, dtype, isa):  # noqa: F811
    rng = np.random.default_rng(count)
    a, b, wide = rng.normal(size=count).astype(dtype), rng.normal(size=count).astype(dtype), dtype == D
    turn, terms = rng.permutation(count), 3
    mix = np.where(rng.random(count) < 0.5, rng.integers(0, count, count), -1)
    first, second = rng.integers(0, count, (2, terms, count))
    slots, out = [(wide, count)] * 9, [(slot, (count,), dtype) for slot in range(2, 9)]
    code = [
        line("PERMUTE", 2, 0, table=0),
        line("MERGE", 3, 0, 1, table=1),
        line("DOT", 4, 0, 1, table=2, terms=terms),
        line("DOTADD", 5, 0, 1, 2, table=2, terms=terms),
        line("FOLD", 6, 0, table=2, terms=terms, detail=OPS["MAX"]),
        line("ARGMAX", 7, 0, table=2, terms=terms),
        line("SUBMUL", 8, 0, 1, 2),
    ]
    found = lanes(code, [a, b], out, slots, [turn, mix, *first, *second])
    dot = (a[first] * b[second]).sum(0)
    near = {"rtol": 1e-5 if dtype == F else 1e-12, "atol": 1e-5 if dtype == F else 1e-12}
    np.testing.assert_array_equal(found[0], a[turn])
    np.testing.assert_array_equal(found[1], np.where(mix < 0, b, a[mix]))
    np.testing.assert_allclose(found[2], dot, **near)
    np.testing.assert_allclose(found[3], dot + a[turn], **near)
    np.testing.assert_array_equal(found[4], a[first].max(0))
    np.testing.assert_array_equal(found[5], a[first].argmax(0))
    np.testing.assert_allclose(found[6], a[turn] - a * b, **near)


UNARY = ("NEG", "ABS", "SQRT", "EXP", "LOG", "TANH", "SIGMOID", "RELU", "FLOOR", "SIN", "SOFTPLUS", "ERF", "RSQRT")
BINARY = ("ADD", "SUB", "MUL", "DIV", "MAX", "MIN", "GT", "EQ", "LE", "POW", "MOD", "AND")


@pytest.mark.parametrize("dtype", [F, D])
@pytest.mark.parametrize("count", [1, 5, 16, 23])
def test_the_bits_are_those_of_tiles(count, dtype, isa):  # noqa: F811
    """One vector, several, and carried in the register: each gives what a tile program gives."""
    rng = np.random.default_rng(count)
    x, y = (rng.uniform(0.1, 3.0, count).astype(dtype) for _ in range(2))
    wide = dtype == D
    for name in (*UNARY, *BINARY):
        operands = [0, 1][: 1 if name in UNARY else 2]
        load = [[OPS["LOAD"], at, at, 0, 0] for at in operands]
        tile = [*load, [OPS[name], 2, *operands, *[0] * (3 - len(operands))], [OPS["STORE"], 0, 2, 0, 0]]
        (wanted,) = run(
            "tile", [x, y], [((count,), dtype)], outs=[2], ins=[0, 1], code=[n for one in tile for n in one], consts=[],
            shape=[count], strides=[[1], [1]], dtype=CODES[dtype],
        )  # fmt: skip
        for carried in range(1 << len(operands)):
            maker = [line("MAX", at, at, at) for at in (0, 1)]  # each writes what it reads, so that it can be carried
            if carried == 1:
                maker.reverse()
            code = [*maker, line(name, 2, *operands, carried=carried)]
            (found,) = lanes(code, [x, y], [(2, (count,), dtype)], [(wide, count)] * 3)
            np.testing.assert_array_equal(found, wanted, err_msg=f"{name}, carried {carried}")


def test_a_number_goes_with_every_width(isa):  # noqa: F811
    x, one = np.arange(40, dtype=F), np.asarray(2.5, F)
    slots = [(False, 40), (False, 1), (False, 40), (False, 40), (False, 1), (False, 40)]
    code = [
        line("MUL", 2, 0, 1), line("FMA", 3, 0, 1, 2), line("POW", 4, 1, 1), line("WHERE", 5, 1, 0, 4),
    ]  # fmt: skip
    found = lanes(code, [x, one], [(2, (40,), F), (3, (40,), F), (4, (), F), (5, (40,), F)], slots)
    np.testing.assert_array_equal(found[0], x * 2.5)
    np.testing.assert_array_equal(found[1], x * 5)
    np.testing.assert_allclose(found[2], 2.5**2.5, rtol=1e-6)
    np.testing.assert_array_equal(found[3], x)


def test_numbers_change_their_lanes_and_wrap_around(isa):  # noqa: F811
    x = np.asarray([2**31 - 1, -(2**31), 7], "int32")
    slots, three = [(True, 3), (True, 3), (True, 3), (False, 3), (True, 3), (False, 3)], (3,)
    code = [
        line("ADD", 1, 0, 0), line("WRAP", 2, 1, detail=-32), line("CONVERT", 3, 0), line("WRAP", 4, 1, detail=8),
        line("TRUNCATE", 5, 3),
    ]  # fmt: skip
    out = [(2, three, "int32"), (3, three, F), (4, three, "uint8"), (5, three, "int32")]
    found = lanes(code, [x], out, slots)
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(found[0], x + x)
        np.testing.assert_array_equal(found[2], (x + x).astype("uint8"))
    np.testing.assert_array_equal(found[1], x.astype(F))
    np.testing.assert_array_equal(found[3], [-(2**31), -(2**31), 7])  # 2^31 is no int32


def test_an_input_may_lie_in_two_slots_and_constants_are_there():
    x = np.asarray([2**24 + 1, 3], "int64")
    code = [line("MUL", 3, 1, 2)]
    slots, constants = [(False, 2), (True, 2), (True, 2), (True, 2)], [(2, [0.5, 2.0])]
    out = [(0, (2,), F), (3, (2,), D)]
    found = lanes(code, [x], out, slots, constants=constants, loads=[(0, 0), (0, 1)])
    np.testing.assert_array_equal(found[0], x.astype(F))
    np.testing.assert_array_equal(found[1], x * np.asarray([0.5, 2.0]))


# --- what does not fit ---

X = np.zeros(3, F)
SLOTS = [(False, 3), (False, 3), (True, 3), (False, 2), (False, 1)]
WRONG = {
    "lanes: a slot holds 1 to 64 elements. given: 65": {"slots": [(False, 65)]},
    "lanes: a slot holds 1 to 64 elements. given: 0": {"slots": [(False, 0)]},
    "lanes: there are too many slots": {"slots": [(True, 64)] * 40000},
    "lanes: there is no slot 9": {"code": [line("NEG", 9, 0)]},
    "lanes: there is no slot -1": {"code": [line("ADD", 1, 0)]},
    "lanes: there is no instruction 999": {"code": [[999, 1, 0, -1, -1, 0, -1, 1, 0]]},
    "lanes: there is no such instruction": {"code": [line("LOAD", 1, 0)]},
    "lanes: an instruction has nine numbers": {"code": [[LANES["NEG"], 1, 0]]},
    "lanes: an operand and the result differ in size": {"code": [line("ADD", 1, 0, 3)]},
    "lanes: an operand and the result differ in their dtype": {"code": [line("ADD", 1, 0, 2)]},
    "lanes: an instruction has 1 to 64 terms": {"code": [line("DOT", 1, 0, 0, table=0, terms=0)]},
    "lanes: there are too few tables": {"code": [line("DOT", 1, 0, 0, table=0, terms=2)], "tables": [[0, 1, 2]] * 3},
    "lanes: a table has an index for each element of the result": {
        "code": [line("PERMUTE", 1, 0, table=0)], "tables": [[0, 1]]
    },
    "lanes: an index lies outside its operand. given: 3": {
        "code": [line("PERMUTE", 1, 0, table=0)], "tables": [[0, 1, 3]]
    },
    "lanes: an index lies outside its operand. given: -1": {
        "code": [line("PERMUTE", 1, 0, table=0)], "tables": [[0, 1, -1]]
    },
    "lanes: an index lies outside its operand. given: -2": {
        "code": [line("MERGE", 1, 0, 0, table=0)], "tables": [[0, 1, -2]]
    },
    "lanes: an integer has 1 to 32 bits": {"code": [line("WRAP", 2, 2, detail=33)]},
    "lanes: a constant is of another size than its slot": {"constants": [(1, [1.0])]},
    "lanes: there is no input 1": {"loads": [(1, 0)]},
    "lanes: an input is of another size than its slot": {"loads": [(0, 3)]},
    "lanes: each output needs a slot": {"stores": []},
    "lanes: an output is of another size than its slot": {"stores": [3]},
    "lanes: inputs and constants cannot be written": {"outs": [0], "stores": [0]},
}  # fmt: skip


@pytest.mark.parametrize("words", WRONG)
def test_what_does_not_fit_together_is_refused(words):
    arguments = {**given([], [X], [(1, (3,), F)], SLOTS), **WRONG[words]}
    with pytest.raises(ValueError) as error:
        build("lanes", [X], [((3,), F)], **arguments)
    assert str(error.value) == words


def test_an_index_of_two_operands_is_held_against_its_own():
    tables = [[0, 1, 2], [0, 0, 1]]
    found = lanes([line("DOT", 2, 0, 1, table=0)], [X + 2, np.asarray([3, 4], F)], [(2, (3,), F)],
                  [(False, 3), (False, 2), (False, 3)], tables)  # fmt: skip
    np.testing.assert_array_equal(found[0], [6, 6, 8])
    with pytest.raises(ValueError) as error:
        lanes([line("DOT", 2, 0, 1, table=0)], [X, X[:2]], [(2, (3,), F)], [(False, 3), (False, 2), (False, 3)],
              [[0, 1, 2], [0, 1, 2]])  # fmt: skip
    assert str(error.value) == "lanes: an index lies outside its operand. given: 2"


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        ((CONSTANT, OUTPUT), "lanes: only inputs can be read in a chunk of steps"),
        ((INPUT, ARENA), "lanes: only outputs can be written in a chunk of steps"),
    ],
)
def test_a_part_of_a_plan_is_no_chunk_of_steps(kinds, words):
    values = [(CODES[F], [3], kind, 0) for kind in kinds]
    program = _ext.Program(values, 64, [X], "part")
    program.lanes(**given([line("NEG", 1, 0)], [X], [(1, (3,), F)], SLOTS))
    with pytest.raises(ValueError) as error:
        program.run_steps([], [X] if kinds[0] == INPUT else [], [], np.zeros(2, np.int64), 1, 0)
    assert str(error.value) == words


def test_a_state_that_moves_is_refused_before_the_first_step():
    program = build("lanes", [X], [((3,), F)], **given([line("NEG", 1, 0)], [X], [(1, (3,), F)], SLOTS))
    with pytest.raises(ValueError) as error:
        program.run_steps([X], [], [], np.zeros(2, np.int64), 1, 1)
    assert str(error.value) == "lanes: a state does not stay in its slot"
