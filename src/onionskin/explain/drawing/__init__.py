"""What `draw` shows: the computational graph as boxes and arrows, as a page to open and close, and as a tree."""
