"""Cases of the layers that merge."""

import numpy as np

from tests.cases_keras.layer_rules import case

EQUAL = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")


def cases():
    rng = np.random.default_rng(12)

    def draw(*shape):
        return rng.normal(size=shape).astype("float32")

    masks = [rng.random((2, 3)) < 0.6 for _ in range(3)]
    found = []
    for name in EQUAL:
        found += [
            case(name, {}, [draw(3, 4), draw(3, 4)]),
            case(name, {}, [draw(2, 3, 4), draw(2, 3, 4)], " sequences"),
            case(name, {}, [draw(2, 3, 4), draw(2, 4)], " other ranks"),
            case(name, {}, [draw(2, 4), draw(2, 2, 3, 4)], " ranks that grow by two"),
            case(name, {}, [draw(2, 3, 1), draw(2, 1, 4)], " growing"),
            case(name, {}, [draw(2, 3, 4), draw(2, 3, 4)], " masks of both", mask=masks[:2], skip=MASKED.get(name, [])),
            case(name, {}, [draw(2, 3, 4), draw(2, 3, 4)], " mask of one", mask=[masks[0], None],
                 skip=MASKED.get(name, [])),
            case(name, {}, [rng.integers(0, 5, (3, 4)).astype("int32"), draw(3, 4)], " integers and floats"),
            case(name, {}, [rng.integers(0, 5, (3, 4)).astype("int32") for _ in range(2)], " integers"),
            case(name, {"trainable": False, "activity_regularizer": "l2"}, [draw(3, 4), draw(3, 4)]),
        ]  # fmt: skip
        if name != "Subtract":
            found += [
                case(name, {}, [draw(3, 4), draw(3, 4), draw(3, 4), draw(3, 1)], " four"),
                case(name, {}, [draw(3, 4)], " alone", form="list"),
                case(name, {}, [draw(2, 3, 4) for _ in range(3)], " masks of three", mask=masks,
                     skip=MASKED.get(name, [])),
            ]  # fmt: skip
    found += [
        case("Concatenate", {}, [draw(3, 4), draw(3, 2)]),
        case("Concatenate", {"axis": 1}, [draw(2, 3, 4), draw(2, 1, 4)]),
        case("Concatenate", {"axis": 2}, [draw(2, 3, 4), draw(2, 3, 1), draw(2, 3, 2)]),
        case("Concatenate", {"axis": -2}, [draw(2, 3, 4), draw(2, 2, 4)]),
        case("Concatenate", {"axis": -1}, [draw(2, 2, 2, 3), draw(2, 2, 2, 1)]),
        case("Concatenate", {"axis": 1}, [draw(3, 4)], " alone", form="list"),
        case("Concatenate", {}, [draw(2, 3, 4), draw(2, 3, 2)], " masks", mask=masks[:2]),
        case("Concatenate", {}, [draw(2, 3, 4), draw(2, 3, 2)], " one mask", mask=[None, masks[1]]),
        case("Concatenate", {"axis": 1}, [draw(2, 3, 4), draw(2, 3, 4)], " masks", mask=masks[:2]),
        case("Concatenate", {}, [draw(2, 3, 4), draw(2, 3, 2)], " no masks", mask=[None, None]),
        case("Dot", {"axes": 1}, [draw(3, 4), draw(3, 4)]),
        case("Dot", {"axes": -1}, [draw(3, 4), draw(3, 4)]),
        case("Dot", {"axes": [1, 2]}, [draw(2, 3, 5), draw(2, 4, 3)]),
        case("Dot", {"axes": 2}, [draw(2, 3, 5), draw(2, 4, 5)]),
        case("Dot", {"axes": [2, 1]}, [draw(2, 3, 5), draw(2, 5, 4)]),
        case("Dot", {"axes": [1, 2]}, [draw(2, 3), draw(2, 4, 3)]),
        case("Dot", {"axes": [2, 1]}, [draw(2, 4, 3), draw(2, 3)]),
        case("Dot", {"axes": [3, 1]}, [draw(2, 2, 3, 4), draw(2, 4, 3)]),
        case("Dot", {"axes": [1, 2]}, [draw(2, 3, 2), draw(2, 2, 3, 4)]),
        case("Dot", {"axes": 1, "normalize": True}, [draw(3, 4), draw(3, 4)]),
        case("Dot", {"axes": [1, 2], "normalize": True}, [draw(2, 3, 5), draw(2, 4, 3)]),
        case("Dot", {"axes": -1, "normalize": True}, [draw(2, 3, 5), draw(2, 4, 5)]),
        case("Dot", {"axes": 1}, [draw(3, 4), draw(3, 4)], " masks", mask=[np.ones((3, 4), bool)] * 2),
    ]
    return found


# Keras takes these layers' masks from the tensors that other layers put out, which a single call does not have
MASKED = {name: ["outputs", "inputs", "losses"] for name in ("Multiply", "Maximum", "Minimum")}
