"""Layered layouts of drawn graphs: nothing overlaps, edges lead forward beside all boxes, groups hold theirs."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onionskin.base.errors import ArgumentError, GraphError, UnknownNameError
from onionskin.plot.aligned import Ranked, coordinates
from onionskin.plot.crossings import crossings, ordered
from onionskin.plot.layered import DIRECTIONS, Box, Frame, layout
from onionskin.plot.tracks import Bar, tracks

NEAR = 1e-6


@st.composite
def graphs(draw, grouped=True):
    """Boxes 0 … n, edges from lower to higher numbers, and groups of neighbours, within one another or apart."""
    count = draw(st.integers(0, 12))
    size = st.floats(5, 150)
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count)]
    edges = draw(st.lists(st.sampled_from(pairs), max_size=25)) if pairs else []
    groups, home = [], dict.fromkeys(range(count))
    for number in range(draw(st.integers(0, 3)) if grouped and count else 0):
        start = draw(st.integers(0, count - 1))
        stop = draw(st.integers(start, count - 1))
        parents = {home[one] for one in range(start, stop + 1)}

        if len(parents) > 1:
            continue
        key = f"g{number}"
        groups.append(Frame(key, draw(size), draw(st.floats(0, 30)), parents.pop()))
        home.update(dict.fromkeys(range(start, stop + 1), key))
    boxes = [Box(str(one), draw(size), draw(size), home[one]) for one in range(count)]
    return boxes, [(str(a), str(b)) for a, b in edges], groups


def apart(one, other):
    return (
        one.x + one.width <= other.x + NEAR
        or other.x + other.width <= one.x + NEAR
        or one.y + one.height <= other.y + NEAR
        or other.y + other.height <= one.y + NEAR
    )


def within(one, other):
    low = one.x >= other.x - NEAR and one.y >= other.y - NEAR
    return (
        low
        and one.x + one.width <= other.x + other.width + NEAR
        and one.y + one.height <= other.y + other.height + NEAR
    )


def sampled(laid, route):
    """Points along a route as it is drawn, close enough together to meet whatever it crosses."""
    t = np.linspace(0, 1, 41)[:, None]
    parts = []
    for start, end in itertools.pairwise(route):
        one, other = (np.array(point) for point in laid.curve(start, end))
        start, end = np.array(start), np.array(end)
        parts.append((1 - t) ** 3 * start + 3 * (1 - t) ** 2 * t * one + 3 * (1 - t) * t**2 * other + t**3 * end)
    return np.concatenate(parts)


def inside(points, place):
    x, y = points.T
    return ((x > place.x + 0.01) & (x < place.x + place.width - 0.01)
            & (y > place.y + 0.01) & (y < place.y + place.height - 0.01))  # fmt: skip


def homes(boxes, groups):
    """Box or group → the groups that it is in."""
    parent = {("group", one.key): one.parent for one in groups} | {("box", one.key): one.group for one in boxes}
    found = {}
    for key, one in parent.items():
        line = []
        while one is not None:
            line.append(one)
            one = parent["group", one]
        found[key] = line
    return found


@settings(max_examples=150, deadline=None)
@given(graphs(), st.sampled_from(DIRECTIONS))
def test_nothing_overlaps_and_groups_hold_what_is_theirs(graph, direction):
    boxes, _, groups = graph
    laid = layout(*graph, direction)
    assert sorted(laid.boxes) == sorted(box.key for box in boxes)
    assert sorted(laid.groups) == sorted(group.key for group in groups)
    for box in boxes:
        assert laid.boxes[box.key][2:] == (box.width, box.height)
    for (a, one), (b, other) in itertools.combinations(laid.boxes.items(), 2):
        assert apart(one, other), (a, one, b, other)
    lines = homes(boxes, groups)
    for (kind, key), line in lines.items():
        place = (laid.boxes if kind == "box" else laid.groups)[key]
        assert place.x >= -NEAR and place.x + place.width <= laid.width + NEAR, key
        assert place.y >= -NEAR and place.y + place.height <= laid.height + NEAR, key
        for name, frame in laid.groups.items():
            if name in line:
                assert within(place, frame), (key, place, name, frame)
            elif kind == "box" or (key != name and key not in lines["group", name]):
                assert apart(place, frame), (key, place, name, frame)


@settings(max_examples=150, deadline=None)
@given(graphs(), st.sampled_from(DIRECTIONS), st.booleans())
def test_edges_lead_forward_beside_all_boxes_and_labels(graph, direction, square):
    _, edges, groups = graph
    laid = layout(*graph, direction, square)
    assert len(laid.routes) == len(edges)
    axis, sign = (1 if direction in ("TB", "BT") else 0), (1 if direction in ("TB", "LR") else -1)
    labels = [(one.width, one.height, laid.groups[one.key]) for one in groups if one.height]
    for (source, target), route in zip(edges, laid.routes, strict=True):
        ends = []
        for key, point, side in ((source, route[0], sign > 0), (target, route[-1], sign < 0)):
            place = laid.boxes[key]
            border = place[axis] + (place[axis + 2] if side else 0.0)
            np.testing.assert_allclose(point[axis], border, atol=NEAR, err_msg=f"{source} → {target}")
            across = 1 - axis
            assert place[across] <= point[across] <= place[across] + place[across + 2], (source, target)
            ends.append(border)
        assert sign * (ends[1] - ends[0]) > 0
        points = sampled(laid, route)
        assert (sign * np.diff(points[:, axis]) > -NEAR).all()
        for key, place in laid.boxes.items():
            assert not inside(points, place).any(), (source, target, key)
        for width, height, frame in labels:
            label = frame._replace(x=frame.x + 12, y=frame.y + 6, width=width, height=height)
            assert not inside(points, label).any(), (source, target, label)


@settings(max_examples=60, deadline=None)
@given(graphs(grouped=False))
def test_directions_are_one_drawing_turned(graph):
    boxes, edges, _ = graph
    down, up = layout(boxes, edges), layout(boxes, edges, (), "BT")
    lying = layout([Box(one.key, one.height, one.width) for one in boxes], edges, (), "LR")
    for key, place in down.boxes.items():
        turned = (place.y, place.x, place.height, place.width)
        np.testing.assert_allclose(lying.boxes[key], turned, atol=NEAR)
        mirrored = place._replace(y=down.height - place.y - place.height)
        np.testing.assert_allclose(up.boxes[key], mirrored, atol=NEAR)


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_the_same_graph_gives_the_same_drawing(graph):
    assert layout(*graph) == layout(*graph)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_orders_never_have_more_crossings_and_lose_no_vertex(data):
    sizes = data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    numbers = iter(range(sum(sizes)))
    ranks = [[next(numbers) for _ in range(size)] for size in sizes]
    pairs = [pair for a, b in itertools.pairwise(ranks) for pair in itertools.product(a, b)]
    segments = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    below = {one: [b for a, b in segments if a == one] for rank in ranks for one in rank}
    place = {one: index for rank in ranks for index, one in enumerate(rank)}
    level = {one: index for index, rank in enumerate(ranks) for one in rank}
    counted = sum(
        (place[a] - place[c]) * (place[b] - place[d]) < 0
        for (a, b), (c, d) in itertools.combinations(segments, 2)
        if level[a] == level[c]
    )
    assert crossings(ranks, below) == counted
    found = ordered(ranks, segments)
    assert [sorted(rank) for rank in found] == ranks
    assert crossings(found, below) <= counted


def chain(*names):
    return list(itertools.pairwise(names))


def middles(laid):
    return {key: place.x + place.width / 2 for key, place in laid.boxes.items()}


def test_a_chain_is_straight_however_long():
    names = [str(one) for one in range(3000)]
    laid = layout([Box(name, 30 + 7 * (len(name) % 3), 20) for name in names], chain(*names))
    np.testing.assert_allclose(np.ptp(list(middles(laid).values())), 0, atol=NEAR)


def test_the_main_chain_of_a_residual_network_is_straight():
    names = [str(one) for one in range(31)]
    edges = chain(*names) + [(str(one), str(one + 3)) for one in range(0, 28, 3)]
    laid = layout([Box(name, 60, 20) for name in names], edges)
    np.testing.assert_allclose(np.ptp(list(middles(laid).values())), 0, atol=NEAR)
    routes = dict(zip(edges, laid.routes, strict=True))
    assert all(len(routes[edge]) == 2 for edge in chain(*names))


def test_two_branches_stand_evenly_beside_what_they_join():
    laid = layout([Box(name, 60, 20) for name in "abcd"], [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])
    x = middles(laid)
    np.testing.assert_allclose([x["a"], x["d"]], (x["b"] + x["c"]) / 2)


def test_crossed_inputs_are_uncrossed_and_stand_close_to_their_users():
    edges = [("a", "d"), ("b", "c"), ("c", "e"), ("d", "f"), ("g", "f"), ("e", "f")]
    laid = layout([Box(name, 60, 20) for name in "abcdefg"], edges)
    x, y = middles(laid), {key: place.y for key, place in laid.boxes.items()}
    assert y["g"] == y["e"] and y["d"] == y["e"] and y["a"] == y["c"]
    assert (x["a"] < x["c"]) == (x["d"] < x["e"])


def test_edges_from_one_box_into_a_group_share_their_way():
    boxes = [Box("s", 60, 20), Box("m", 60, 20), *(Box(name, 60, 20, "g") for name in "abc")]
    edges = [("s", "m"), ("m", "a"), ("s", "b"), ("s", "c")]
    routes = layout(boxes, edges, [Frame("g", 20, 10)]).routes
    shared = set(routes[2]) & set(routes[3])
    assert len(shared) >= 3, routes


ERRORS = {
    "direction": (
        lambda: layout([], [], (), "up"),
        ArgumentError,
        "layout, direction: there is no such direction.\n  expected: TB, BT, LR, RL\n  given:    'up'",
    ),
    "boxes": (
        lambda: layout([Box("a", 1, 1), Box("a", 2, 1)], []),
        ArgumentError,
        "layout, boxes: each key names one thing.\n  given:    'a' twice",
    ),
    "groups": (
        lambda: layout([], [], [Frame("g"), Frame("h"), Frame("g")]),
        ArgumentError,
        "layout, groups: each key names one thing.\n  given:    'g' twice",
    ),
    "edge": (
        lambda: layout([Box("dense", 1, 1)], [("dense", "densa")]),
        UnknownNameError,
        "layout, edge ('dense', 'densa'): there is no box of this key.\n  given:    'densa'\n"
        "  to fix:   did you mean 'dense'? Known: dense",
    ),
    "home": (
        lambda: layout([Box("a", 1, 1, "g")], []),
        UnknownNameError,
        "layout, box 'a': there is no group of this key.\n  given:    'g'\n  to fix:   Known: none",
    ),
    "parent": (
        lambda: layout([], [], [Frame("h", parent="g")]),
        UnknownNameError,
        "layout, group 'h': there is no group of this key.\n  given:    'g'\n  to fix:   Known: h",
    ),
    "circle": (
        lambda: layout([Box(name, 1, 1) for name in "abcd"], [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")]),
        GraphError,
        "layout: the edges go round in a circle.\n  given:    b > c > b",
    ),
    "loop": (
        lambda: layout([Box("a", 1, 1)], [("a", "a")]),
        GraphError,
        "layout: the edges go round in a circle.\n  given:    a > a",
    ),
    "groups in each other": (
        lambda: layout([], [], [Frame("g", parent="h"), Frame("h", parent="g")]),
        GraphError,
        "layout: a group is within itself.\n  given:    h > g > h",
    ),
    "back into a group": (
        lambda: layout(
            [Box("a", 1, 1, "g"), Box("b", 1, 1), Box("c", 1, 1, "g")], [("a", "b"), ("b", "c")], [Frame("g")]
        ),
        GraphError,
        "layout: edges leave a group and come back into it.\n  given:    b, g\n"
        "  to fix:   put what lies between into the group too, or divide the group",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_what_cannot_be_laid_out_is_said(name):
    call, kind, words = ERRORS[name]
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == words


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_square_edges_of_other_boxes_never_lie_on_each_other(graph):
    laid = layout(*graph, "TB", True)
    bars = set()
    for (source, _), route in zip(graph[1], laid.routes, strict=True):
        for (x, y), (end, other) in itertools.pairwise(route):
            assert abs(x - end) < NEAR or abs(y - other) < NEAR, (source, route)
            if abs(x - end) > NEAR:
                bars.add((source, y, min(x, end), max(x, end)))
    for one, other in itertools.combinations(sorted(bars), 2):
        if one[0] != other[0] and abs(one[1] - other[1]) < NEAR:
            assert one[3] <= other[2] or other[3] <= one[2], (one, other)


def test_square_edges_cross_no_more_than_they_must():
    """Where one bar leads past the stem of another, it crosses nothing if it runs below that one."""
    assert tracks({"a": Bar(0.0, (50.0,)), "b": Bar(30.0, (80.0,))}) == {"b": 0, "a": 1}
    assert tracks({"a": Bar(80.0, (30.0,)), "b": Bar(50.0, (0.0,))}) == {"b": 0, "a": 1}
    on_it = tracks({"a": Bar(0.0, (50.0,)), "b": Bar(50.0, (90.0,))})
    assert on_it == {"b": 0, "a": 1}, "the leg of a and the stem of b would be one line"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_coordinates_keep_any_order_and_distance(data):
    sizes = data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=5))
    numbers = iter(range(sum(sizes)))
    ranks = [[next(numbers) for _ in range(size)] for size in sizes]
    pairs = [pair for a, b in itertools.pairwise(ranks) for pair in itertools.product(a, b)]
    segments = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    bends = data.draw(st.sets(st.integers(0, sum(sizes) - 1)))
    widths = data.draw(st.lists(st.floats(1, 50), min_size=sum(sizes), max_size=sum(sizes)))

    def distance(a, b):
        return widths[a] + 2 * widths[b]

    x = coordinates(Ranked(ranks, segments, bends), distance)
    assert sorted(x) == list(range(sum(sizes))) and min(x.values()) == 0
    for rank in ranks:
        for a, b in itertools.pairwise(rank):
            assert x[b] - x[a] >= distance(a, b) - NEAR, (a, b, x)


def test_no_edge_passes_a_group_s_label():
    boxes = [Box("a", 40, 20), Box("b", 40, 20, "g"), Box("c", 40, 20)]
    for direction, edge in (("TB", ("a", "b")), ("BT", ("b", "c"))):
        laid = layout(boxes, [edge], [Frame("g", 150, 16)], direction)
        x = laid.routes[0][0][0]
        assert x > laid.groups["g"].x + 12 + 150, (direction, laid)
