"""The command line: train, evaluate, predict, datasets and demo; `__main__` is its door, and needs the extra "cli"."""
