"""A chart as a page whose layers open and close by a click; all layouts are in it, and nothing is loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from html import escape
from itertools import combinations

from onionskin.explain.drawing.boxes import Boxes
from onionskin.explain.drawing.chart import Chart
from onionskin.explain.drawing.clusters import line_of
from onionskin.plot.svg import svg
from onionskin.plot.theme import theme

_ALL_TOGETHER = 4  # layers of which every combination may have a layout
_WORK = 3000  # nodes in all layouts of a page; one takes some ten seconds where there are more
_SCRIPT = """(function () {
  const root = document.getElementById(%s), known = %s, parents = %s;
  let open = new Set(%s);
  const views = Object.fromEntries([...root.querySelectorAll("[data-open]")].map(e => [e.dataset.open, e]));
  const name = set => JSON.stringify([...set].sort());
  const path = key => known.includes(key) ? key.slice(key.indexOf(":") + 1) : null;
  const line = one => { const all = []; for (; one; one = parents[one]) all.push(one); return all; };
  function show(set) {
    if (!(name(set) in views)) return false;
    for (const [key, view] of Object.entries(views)) view.hidden = key !== name(set);
    open = set;
    return true;
  }
  function toggle(one) {
    const opening = !open.has(one), next = new Set(open);
    if (opening) next.add(one);
    else for (const other of open) if (line(other).includes(one)) next.delete(other);
    show(next) || show(new Set(line(opening ? one : parents[one])));
  }
  for (const part of root.querySelectorAll("[data-key]")) {
    const one = path(part.dataset.key);
    if (one === null) continue;
    part.style.cursor = "pointer";
    part.addEventListener("click", () => toggle(one));
    if (part.tagName === "rect") {
      part.setAttribute("tabindex", "0");
      part.setAttribute("role", "button");
      part.setAttribute("aria-label", one);
      part.addEventListener("keydown", e => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); toggle(one); } });
    }
  }
  for (const button of root.querySelectorAll("button"))
    button.addEventListener("click", () => show(new Set(JSON.parse(button.dataset.show))));
})();"""  # noqa: E501 - one line of script


def fragment(chart: Chart, opened: Collection[str], name: str, style: str, where: str) -> str:
    """Return the part of a page that holds the picture.

    Args:
        chart: what is drawn.
        opened: keys of the clusters that are open at first.
        name: what it is a picture of.
        style: "light", "dark", or "auto".
        where: the function that asks, for errors.
    """
    paths = list(dict.fromkeys(one.path for one in chart.clusters.values()))
    now = tuple(path for path in paths if any(chart.clusters[key].path == path for key in opened))
    states = dict.fromkeys(tuple(sorted(state)) for state in [now, *_states(chart, paths)])
    views = []
    for state in states:
        keys = [key for key, one in chart.clusters.items() if one.path in state]
        picture = svg(Boxes(chart, keys).diagram(name), style, where, keyed=True)
        hidden = "" if state == tuple(sorted(now)) else " hidden"
        views.append(f'<div data-open="{escape(_json(state))}"{hidden}>\n{picture}</div>')
    mark = "o" + hashlib.sha256("\n".join([*views, str(now)]).encode()).hexdigest()[:12]
    words, bar = chart.words, ""
    if paths:
        buttons = [("all", sorted(paths)), ("none", [])]
        bar = "".join(f'<button type="button" data-show="{escape(_json(s))}">{words[b]}</button> ' for b, s in buttons)
        bar = f"<p>{words['hint']} {bar}</p>\n"
    parents = {one.path: chart.clusters[one.parent].path for one in chart.clusters.values() if one.parent is not None}
    script = _SCRIPT % tuple(map(_json, (mark, list(chart.clusters), parents, sorted(now))))
    legend = f"<p>{words['legend']}</p>\n" if chart.manner.backward == "edges" else ""
    return (
        f'<div id="{mark}">\n{_style(mark, style, where)}{bar}{legend}'
        + "\n".join(views)
        + f"\n<script>\n{script}\n</script>\n</div>\n"
    )


def page(inner: str, name: str, language: str, style: str, where: str) -> str:
    """Return a whole page around what `fragment` returned."""
    looks = ["light", "dark"] if style == "auto" else [style]
    rules = [f"body {{background: {theme(looks[0], where).background}; margin: 12px}}"]
    if style == "auto":
        dark = theme("dark", where).background
        rules.append(f"@media (prefers-color-scheme: dark) {{body {{background: {dark}}}}}")
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n<title>{escape(name)}</title>\n'
        f"<style>\n{chr(10).join(rules)}\n</style>\n</head>\n<body>\n{inner}</body>\n</html>\n"
    )


def _states(chart: Chart, paths: list[str]) -> list[tuple[str, ...]]:
    """Return the sets of open layers that have a layout: none, all, and of those between what is no burden."""
    lines: dict[str, tuple[str, ...]] = {}
    for key, one in chart.clusters.items():
        lines[one.path] = tuple(chart.clusters[other].path for other in line_of(key, chart.clusters))
    found: list[tuple[str, ...]] = [(), tuple(paths)]
    single = list(lines.values())
    others = [tuple(one for one in paths if path not in lines[one]) for path in paths]
    some: list[tuple[str, ...]] = []
    if len(paths) <= _ALL_TOGETHER:
        every = [one for count in range(len(paths) + 1) for one in combinations(paths, count)]
        some = [one for one in every if all(set(lines[path]) <= set(one) for path in one)]
    for more in (single, others, some):
        together = dict.fromkeys(tuple(sorted(one)) for one in (*found, *more))
        if len(together) * len(chart.nodes) > _WORK:
            break
        found = list(together)
    return found


def _style(mark: str, style: str, where: str) -> str:
    looks = ["light", "dark"] if style == "auto" else [style]
    rules = [f"#{mark} {{overflow-x: auto}}"]
    for place, look in enumerate(theme(one, where) for one in looks):
        own = [
            f"#{mark} p {{color: {look.ink}; font: 13px sans-serif; margin: 6px 16px; white-space: pre-wrap}}",
            f"#{mark} button {{color: {look.ink}; background: {look.grid}; border: 1px solid {look.muted}; "
            f"border-radius: 4px; font: 12px sans-serif; margin-left: 6px}}",
            f"#{mark} rect[role=button]:focus-visible {{outline: 2px solid {look.right}}}",
        ]
        rules += ["@media (prefers-color-scheme: dark) {", *own, "}"] if place else own
    return "<style>\n" + "\n".join(rules) + "\n</style>\n"


def _json(value: object) -> str:
    """Return a value as JSON that may stand in a script."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
