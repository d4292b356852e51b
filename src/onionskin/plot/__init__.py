"""Pictures of training, predictions and data, drawn from plain arrays and dictionaries; models are never seen here."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door

if TYPE_CHECKING:
    from onionskin.plot.animated_paths import animate as animate
    from onionskin.plot.boundary import color_boundary as color_boundary
    from onionskin.plot.confusion import confusion_matrix as confusion_matrix
    from onionskin.plot.decisions import decision_lines as decision_lines
    from onionskin.plot.decisions import decision_regions as decision_regions
    from onionskin.plot.geometry import transformations as transformations
    from onionskin.plot.grids import images as images
    from onionskin.plot.grids import wrong_images as wrong_images
    from onionskin.plot.history import curves as curves
    from onionskin.plot.panels import functions as functions
    from onionskin.plot.screen import digit as digit
    from onionskin.plot.screen import show_window as show_window
    from onionskin.plot.searches import annealing as annealing
    from onionskin.plot.searches import search_paths as search_paths
    from onionskin.plot.searches import starts as starts
    from onionskin.plot.skins import onion as onion
    from onionskin.plot.stretching import broadcasting as broadcasting
    from onionskin.plot.surfaces import contour as contour
    from onionskin.plot.surfaces import steps_on_curve as steps_on_curve
    from onionskin.plot.surfaces import surface as surface
    from onionskin.plot.terminal import digit_text as digit_text
    from onionskin.plot.unfolded import animate_unfolding as animate_unfolding
    from onionskin.plot.unfolded import unfolding as unfolding

_door = Door(
    __name__,
    {
        "onionskin.plot.animated_paths": "animate",
        "onionskin.plot.boundary": "color_boundary",
        "onionskin.plot.confusion": "confusion_matrix",
        "onionskin.plot.decisions": "decision_lines decision_regions",
        "onionskin.plot.panels": "functions",
        "onionskin.plot.geometry": "transformations",
        "onionskin.plot.grids": "images wrong_images",
        "onionskin.plot.history": "curves",
        "onionskin.plot.screen": "digit show_window",
        "onionskin.plot.searches": "annealing search_paths starts",
        "onionskin.plot.skins": "onion",
        "onionskin.plot.stretching": "broadcasting",
        "onionskin.plot.surfaces": "contour steps_on_curve surface",
        "onionskin.plot.terminal": "digit_text",
        "onionskin.plot.unfolded": "animate_unfolding unfolding",
    },
)
__getattr__, __dir__ = _door.find, _door.names
