"""The systems and figures of the sources that the project starts from, on real data."""
