"""What the tests of plots share: whether a font with Hangul is there, and whether every text lies on the sheet."""

import pytest


@pytest.fixture
def korean():
    from onionskin.plot.fonts import hangul_family

    if hangul_family() is None:
        pytest.skip("no installed font has Hangul")


@pytest.fixture
def cut_off():
    """Returns the texts of a figure that reach beyond its edges."""

    def beyond(axis):
        """The labels of ticks outside of what is shown, which are never drawn."""
        low, high = sorted(axis.get_view_interval())
        return [tick.label1 for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high]

    def texts(figure):
        from matplotlib.text import Text

        figure.draw_without_rendering()
        sheet = figure.bbox.padded(0.5)
        unseen = {label for axes in figure.axes for axis in axes._axis_map.values() for label in beyond(axis)}
        boxes = [
            (t.get_text(), t.get_window_extent())
            for t in figure.findobj(Text)
            if t.get_visible() and t.get_text() and t not in unseen
        ]
        return [text for text, box in boxes if not (sheet.contains(*box.min) and sheet.contains(*box.max))]

    return texts
