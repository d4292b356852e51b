"""The cases, one file for each family: the work and what must hold, as data."""

from benchmarks.cases import digits, memory, prediction, program, shade, sweep, table

CASES = {
    case.name: case
    for case in (
        shade.CASE,
        digits.SMALL,
        digits.LARGE,
        table.CASE,
        prediction.ONE_ROW,
        prediction.MANY_ROWS,
        program.CASE,
        sweep.CASE,
        memory.CASE,
    )
}
