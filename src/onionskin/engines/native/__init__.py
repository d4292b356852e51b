"""The native engine: a planner in Python and an executor in C++."""
