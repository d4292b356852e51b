"""Lists what is compared with Keras, with counts: `python -m tools.compared` rewrites docs/compared.md."""

from __future__ import annotations

import importlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RECORDS = ROOT / "tests" / "cases_keras"
PAGE = ROOT / "docs" / "compared.md"

# The kinds of recorded cases, in the order of the page: title, what is compared of each.
KINDS = {
    "layer": (
        "Layers",
        "outputs, masks, added losses, gradients by inputs and weights, state after the call, names and shapes of "
        "weights, described shapes, configuration",
    ),
    "lookup": ("Layers that look up text and numbers", "vocabularies, outputs, configuration"),
    "activation": ("Activations", "values and gradients"),
    "loss": ("Losses", "values under each reduction, weights and masks; gradients"),
    "loss_function": ("Loss functions", "values and gradients"),
    "metric": ("Metrics", "results and state after several batches, weights and masks"),
    "weights": ("Initializers, regularizers and constraints", "statistics of what is drawn; values; configuration"),
    "optimizer": ("Optimizers", "weights and all variables after each of five steps"),
    "schedule": ("Schedules", "learning rates over the steps"),
    "config": ("Configurations", "what `get_config` and `serialize` say"),
    "model": ("Whole models", "predictions, losses, weights and histories after `fit`"),
    "resolve": ("Names of metrics", 'which metric "accuracy" stands for'),
    "story": ("The interface of models", "what a program prints: names, shapes, masks, summaries, refusals"),
    "file": (
        "Files",
        "models that go to Keras and back and the other way round: predictions, and training that is continued",
    ),
    "operation": ("Operations", "values, dtypes and shapes, computed at once and in a trace"),
}
_KIND_OF = {"initializer": "weights", "regularizer": "weights", "constraint": "weights", "fans": "weights"}
_FORMS = re.compile("^(whole|masked|values)_|_with_gradient$")  # of one kind, asked in another way


def _name(case: dict[str, Any]) -> str:
    if "name" in case:
        return str(case["name"])
    found = re.match(r"(?:\d+ )?\W*([A-Za-z_]+)", case["id"])
    return found[1] if found else str(case["id"])


def recorded() -> dict[str, Counter[str]]:
    """Return how often each name is met in the recorded answers of Keras, by kind."""
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for path in sorted(RECORDS.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
            kind = _FORMS.sub("", case.get("kind", "lookup"))
            counts.setdefault(_KIND_OF.get(kind, kind), Counter())[_name(case)] += 1
    return counts


def operations() -> Counter[str]:
    """Return how many cases of each operation are asked of `keras.ops` as well."""
    cases = importlib.import_module("tests.ops.op_cases_more").CASES
    return Counter(case.name for case in cases if case.peer)


def files() -> Counter[str]:
    """Return the models that go through files between the two."""
    recipes = importlib.import_module("tests.peers.file_models").RECIPES
    return Counter(recipes.keys())


def page() -> str:
    """Return the page."""
    counts = {**recorded(), "file": files(), "operation": operations()}
    unknown = sorted(set(counts) - set(KINDS))
    if unknown:
        raise SystemExit(f"tools/compared.py does not know these kinds of cases: {', '.join(unknown)}")
    total = sum(sum(one.values()) for one in counts.values())
    lines = [
        "# What is compared with Keras",
        "",
        "Made by `python -m tools.compared` from the cases themselves; a test holds the page to them.",
        "",
        f"{total:,} cases are asked of Keras 3.15 on JAX and of onionskin. Most answers of Keras are recorded, and "
        "every run of the tests compares with them; `make test-peers` asks Keras itself. Numbers agree to 1e-5 in "
        "float32 and 1e-10 in float64.",
        "",
        "| what | names | cases |",
        "| --- | --- | --- |",
    ]
    lines += [f"| {KINDS[kind][0]} | {len(one)} | {sum(one.values()):,} |" for kind, one in counts.items()]
    for kind, one in counts.items():
        title, what = KINDS[kind]
        lines += ["", f"## {title}", "", f"{what[0].upper()}{what[1:]}.", ""]
        told = [name if count == 1 else f"{name} {count}" for name, count in sorted(one.items())]
        lines += [", ".join(told) + "."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
