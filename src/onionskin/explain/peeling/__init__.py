"""What `peel` shows: formulas of whole arrays and of single numbers, cut into stages with names, and their forms."""
