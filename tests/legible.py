"""Whether a drawn diagram can be read: what is written meets nothing else that is written, and stays in the picture."""

import itertools

from onionskin.plot.diagram import scene


def labels_of(drawn):
    """Text → its rectangle as (left, top, right, bottom), of letters with their longest strokes."""
    for one in drawn.labels:
        left = one.x - one.width / 2 if one.middle else one.x
        yield one, (left, one.y - 0.78 * one.size, left + one.width, one.y + 0.24 * one.size)


def overlap(one, other):
    return (
        one[0] < other[2] - 0.01 and other[0] < one[2] - 0.01 and one[1] < other[3] - 0.01 and other[1] < one[3] - 0.01
    )


def check_legible(diagram):
    """No text meets another or leaves the picture, and what is written on arrows meets no box."""
    drawn = scene(diagram)
    boxes = [(*one.corner, one.corner[0] + one.size[0], one.corner[1] + one.size[1])
             for one in drawn.shapes if one.size is not None and one.look != "group"]  # fmt: skip
    texts = list(labels_of(drawn))
    for one, place in texts:
        assert place[0] >= 0 and place[1] >= 0 and place[2] <= drawn.width and place[3] <= drawn.height, one
        if not one.key:
            assert not [box for box in boxes if overlap(place, box)], one
    for (one, place), (other, second) in itertools.combinations(texts, 2):
        assert not overlap(place, second), (one, other)
