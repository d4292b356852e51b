"""What is written on arrows: its place meets no box, no other such place and no other arrow; its own passes it."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onionskin.plot.diagram import Diagram, Edge, Group, Node, scene
from onionskin.plot.layered import DIRECTIONS, Box, Room, layout
from tests.legible import check_legible, labels_of, overlap
from tests.plot.test_plot_layered import NEAR, apart, graphs, homes, inside, sampled, within


@st.composite
def written(draw):
    """A graph, and room on some of its edges."""
    boxes, edges, groups = draw(graphs())
    numbers = draw(st.sets(st.sampled_from(range(len(edges))))) if edges else set()
    size = st.floats(4, 120)
    return (boxes, edges, groups), {one: Room(draw(size), draw(size), draw(st.floats(0, 4))) for one in numbers}


@settings(max_examples=150, deadline=None)
@given(written(), st.sampled_from(DIRECTIONS))
def test_rooms_meet_nothing_and_stay_in_the_picture_and_in_their_groups(graph, direction):
    (boxes, edges, groups), rooms = graph
    laid = layout(boxes, edges, groups, direction, rooms=rooms)
    assert sorted(laid.rooms) == sorted(rooms)
    assert sorted(laid.boxes) == sorted(box.key for box in boxes)
    for (a, one), (b, other) in itertools.combinations([*laid.boxes.items(), *laid.rooms.items()], 2):
        assert apart(one, other), (a, one, b, other)
    lines = homes(boxes, groups)
    for number, place in laid.rooms.items():
        assert place[2:] == (rooms[number].width, rooms[number].height)
        assert within(place, (whole := place._replace(x=0.0, y=0.0, width=laid.width, height=laid.height))), whole
        source, target = edges[number]
        shared = set(lines["box", source]) & set(lines["box", target])
        for key, frame in laid.groups.items():
            assert within(place, frame) if key in shared else apart(place, frame), (number, key)


@settings(max_examples=150, deadline=None)
@given(written(), st.sampled_from(DIRECTIONS))
def test_an_edge_passes_its_own_room_where_it_says_and_no_other(graph, direction):
    (boxes, edges, groups), rooms = graph
    laid = layout(boxes, edges, groups, direction, rooms=rooms)
    lying = direction in ("LR", "RL")
    assert len(laid.routes) == len(edges)
    for number, route in enumerate(laid.routes):
        points = sampled(laid, route)
        for key, place in laid.boxes.items():
            assert not inside(points, place).any(), (edges[number], key)
        for other, place in laid.rooms.items():
            if other != number:
                assert not inside(points, place).any(), (edges[number], other)
                continue
            low, size = (place.x, place.width) if lying else (place.y, place.height)
            along, across = (points[:, 0], points[:, 1]) if lying else (points[:, 1], points[:, 0])
            beside = across[(along > low + NEAR) & (along < low + size - NEAR)]
            start = place.y if lying else place.x
            np.testing.assert_allclose(beside, start + rooms[number].at, atol=1e-3)


def test_an_edge_without_room_is_laid_out_as_before():
    boxes, edges = [Box(name, 60, 20) for name in "abc"], [("a", "b"), ("b", "c")]
    assert layout(boxes, edges, rooms={}) == layout(boxes, edges)


TEXTS = st.sampled_from(["", "0.42", "float32 (100, 784)", "[0.1 0.2]", "두 줄\n값", "‖∂‖ 0.031"])


@settings(max_examples=60, deadline=None)
@given(graphs(), st.sampled_from(DIRECTIONS), st.data())
def test_random_diagrams_are_legible(graph, direction, data):
    boxes, edges, groups = graph
    looks = [Edge(data.draw(TEXTS), data.draw(TEXTS), data.draw(st.booleans())) for _ in edges]
    nodes = [
        Node(box.key, f"box {box.key}", (), data.draw(st.sampled_from(["forward", "layer"])), box.group)
        for box in boxes
    ]
    frames = [Group(one.key, f"group {one.key}", one.parent) for one in groups]
    check_legible(Diagram("random", tuple(nodes), tuple(edges), tuple(frames), direction, written=tuple(looks)))


def test_overlapping_labels_are_found_by_the_check():
    nodes = Node("a", "a"), Node("b", "b")
    diagram = Diagram("plain", nodes, (("a", "b"),), written=(Edge("over", "under"),))
    drawn = scene(diagram)
    places = dict(labels_of(drawn))
    over, under = (place for one, place in places.items() if one.text in ("over", "under"))
    assert over[2] < under[0] and not overlap(over, under)
    assert overlap(over, (over[0] + 1, over[1] + 1, over[2] + 1, over[3] + 1))


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_values_stand_before_the_arrow_and_derivatives_behind(direction):
    nodes = Node("a", "a"), Node("b", "b")
    drawn = scene(Diagram("plain", nodes, (("a", "b"),), (), direction, written=(Edge("2", "∂ 3", True),)))
    found = {one.text: one for one in drawn.labels}
    value, back = found["2"], found["∂ 3"]
    lying = direction in ("LR", "RL")
    assert (value.y < back.y) if lying else (value.x + value.width < back.x)
    assert (value.look, back.look) == ("", "derivative")
    forward, backward = (next(one for one in drawn.shapes if one.look == look) for look in ("edge", "backward-edge"))
    axis = 0 if lying else 1
    ways = [one.path[-1][1][axis - 2] - one.path[0][1][axis] for one in (forward, backward)]
    assert (ways[0] > 0) == (direction in ("TB", "LR")) and (ways[0] > 0) != (ways[1] > 0)
