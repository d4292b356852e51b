"""Pictures of training, predictions and data, drawn from plain arrays and dictionaries; models are never seen here."""

from onionskin.plot.boundary import color_boundary as color_boundary
from onionskin.plot.confusion import confusion_matrix as confusion_matrix
from onionskin.plot.grids import images as images
from onionskin.plot.grids import wrong_images as wrong_images
from onionskin.plot.history import curves as curves
from onionskin.plot.screen import digit as digit
from onionskin.plot.screen import show_window as show_window
from onionskin.plot.terminal import digit_text as digit_text
