"""`gradient_check`: the number to differentiate, central differences, the verdicts, and what is to blame."""
